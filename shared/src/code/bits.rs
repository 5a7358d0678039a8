//! A base64url text read as bits, and the values of compressed links in them (GS1 Digital Link URI compression).

use std::fmt::Write as _;

use super::error::CompressionFault;

use CompressionFault::{Alphabet, Reserved, Truncated, Value};

/// Six bits of a character, in order.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Digits of the longest number that is read as one; longer ones, which no key has, are read over.
const NUMBER_DIGITS_MAX: usize = 38;

/// A cursor over the bits of a text.
pub(super) struct Bits<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    /// Before the first bit.
    pub const fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), at: 0 }
    }

    /// Whether every character stands for bits.
    pub fn check_alphabet(&self) -> Result<(), CompressionFault> {
        if self.text.iter().all(|byte| sextet(*byte).is_some()) { Ok(()) } else { Err(Alphabet) }
    }

    /// Bits not read yet.
    pub const fn left(&self) -> usize {
        (self.text.len() * 6).saturating_sub(self.at)
    }

    /// Whether only the zero bits are left that fill up the last character or byte: too few for any element.
    pub fn at_padding(&self) -> bool {
        self.left() < 16 && (self.at..self.text.len() * 6).all(|at| self.bit(at) == Some(false))
    }

    fn bit(&self, at: usize) -> Option<bool> {
        let bits = sextet(*self.text.get(at / 6)?)?;
        Some((bits >> (5 - at % 6)) & 1 == 1)
    }

    /// The next bits as a number, 128 at most.
    pub fn take(&mut self, bits: usize) -> Result<u128, CompressionFault> {
        if bits > self.left() || bits > 128 {
            return Err(Truncated);
        }
        let mut number = 0;
        for at in self.at..self.at + bits {
            number = (number << 1) | u128::from(self.bit(at).ok_or(Alphabet)?);
        }
        self.at += bits;
        Ok(number)
    }

    /// The next bits as a number, 16 at most.
    pub fn take_u16(&mut self, bits: usize) -> Result<u16, CompressionFault> {
        u16::try_from(self.take(bits)?).map_err(|_| Value)
    }

    /// Passes over bits.
    pub const fn skip(&mut self, bits: usize) -> Result<(), CompressionFault> {
        if bits > self.left() {
            return Err(Truncated);
        }
        self.at += bits;
        Ok(())
    }

    /// The length of a value that has at most so many characters.
    pub fn length(&mut self, most: u8) -> Result<usize, CompressionFault> {
        let len = self.take_u16((u8::BITS - most.leading_zeros()) as usize)?;
        if len > u16::from(most) { Err(Value) } else { Ok(usize::from(len)) }
    }

    /// So many digits, written as one number.
    pub fn digits(&mut self, len: usize, out: &mut String) -> Result<(), CompressionFault> {
        let bits = number_bits(len);
        if len > NUMBER_DIGITS_MAX {
            return self.skip(bits);
        }
        let number = self.take(bits)?;
        let limit = u32::try_from(len).ok().and_then(|len| 10_u128.checked_pow(len)).ok_or(Value)?;
        if number >= limit {
            return Err(Value);
        }
        if len > 0 {
            write!(out, "{number:0len$}").map_err(|_| Value)?;
        }
        Ok(())
    }

    /// So many characters in one of the encodings 0 to 4.
    pub fn chars(&mut self, encoding: u16, len: usize, out: &mut String) -> Result<(), CompressionFault> {
        if encoding == 0 {
            return self.digits(len, out);
        }
        for _ in 0..len {
            let c = match encoding {
                1 => hex(self.take_u16(4)?)?,
                2 => hex(self.take_u16(4)?)?.to_ascii_uppercase(),
                3 => ALPHABET.get(usize::from(self.take_u16(6)?)).copied().map(char::from).ok_or(Alphabet)?,
                4 => char::from(u8::try_from(self.take_u16(7)?).map_err(|_| Value)?),
                _ => return Err(Reserved),
            };
            out.push(c);
        }
        Ok(())
    }
}

fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'-' => Some(62),
        b'_' => Some(63),
        _ => None,
    }
}

fn hex(digit: u16) -> Result<char, CompressionFault> {
    char::from_digit(u32::from(digit), 16).ok_or(Value)
}

/// Bits of a number of `len` digits: ⌈len · log₂10 + 0.01⌉, one for none, as GS1's toolkit has it.
pub(super) const fn number_bits(len: usize) -> usize {
    (len * 332_193 + 1_000).div_ceil(100_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_the_bits_of_the_standard() {
        for (digits, bits) in [(0, 1), (1, 4), (2, 7), (3, 10), (6, 20), (13, 44), (14, 47), (18, 60), (20, 67)] {
            assert_eq!(number_bits(digits), bits, "{digits}");
        }
    }

    #[test]
    fn ends_where_the_text_ends() {
        let mut bits = Bits::new("_-");
        assert_eq!(bits.take(6), Ok(63));
        assert_eq!(bits.take(7), Err(Truncated));
        assert_eq!(bits.take(6), Ok(62));
        assert!(bits.at_padding());
        assert_eq!(bits.skip(1), Err(Truncated));
        assert_eq!(Bits::new("A*").check_alphabet(), Err(Alphabet));
    }
}
