//! Compressed GS1 Digital Links (GS1 Digital Link Standard: compression 1.0): a path segment of base64url whose bits are application
//! identifiers and values, each value in as few bits as its characters need.

use super::CodeError;
use super::ai::{fixed_value_len, identifier_len};
use super::package_parts::PackageParts;

/// Pairs of hexadecimal digits that stand for often used sequences of identifiers, as far as they name a package.
const SEQUENCES: [(&str, &[&str]); 8] = [
    ("0A", &["01", "22"]),
    ("0B", &["01", "10"]),
    ("0C", &["01", "21"]),
    ("0D", &["01", "17"]),
    ("0E", &["01", "7003"]),
    ("0F", &["01", "30"]),
    ("1A", &["01", "10", "21", "17"]),
    ("1B", &["01", "15"]),
];

/// The longest value of an identifier that we read or skip (GS1 General Specifications: 90 characters for 91 to 99).
const VALUE_LEN_MAX: usize = 90;

const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Reads a compressed segment into the parts of a package.
pub(super) fn read(segment: &str, parts: &mut PackageParts) -> Result<(), CodeError> {
    let mut bits = Bits { text: segment.as_bytes(), at: 0 };
    while bits.left() >= 8 {
        let (high, low) = (bits.take(4)?, bits.take(4)?);
        let pair = format!("{high:X}{low:X}");
        if high == 15 {
            // A key of the query, not of GS1: nothing of ours follows it.
            return Ok(());
        }
        if low >= 10 || high >= 10 {
            let known = SEQUENCES.iter().find(|(key, _)| *key == pair);
            let (_, identifiers) = known.ok_or_else(|| CodeError::UnknownAi(pair.clone()))?;
            for identifier in *identifiers {
                let value = bits.value(identifier)?;
                parts.take(identifier, &value)?;
            }
            continue;
        }
        let mut identifier = pair.clone();
        let len = identifier_len(&pair).ok_or_else(|| CodeError::UnknownAi(pair.clone()))?;
        for _ in 2..len {
            identifier.extend(char::from_digit(u32::try_from(bits.take(4)?).unwrap_or(0), 16));
        }
        let value = bits.value(&identifier)?;
        parts.take(&identifier, &value)?;
    }
    Ok(())
}

struct Bits<'t> {
    text: &'t [u8],
    at: usize,
}

impl Bits<'_> {
    fn left(&self) -> usize {
        (self.text.len() * 6).saturating_sub(self.at)
    }

    fn take(&mut self, count: usize) -> Result<u128, CodeError> {
        let short = || CodeError::Short("compressed link".to_owned());
        if count > 128 || self.left() < count {
            return Err(short());
        }
        let mut value = 0;
        for _ in 0..count {
            let letter = self.text.get(self.at / 6).ok_or_else(short)?;
            let six = BASE64URL.iter().position(|known| known == letter).ok_or_else(short)?;
            value = (value << 1) | (six as u128 >> (5 - self.at % 6)) & 1;
            self.at += 1;
        }
        Ok(value)
    }

    /// One value: fixed lengths are plain numbers, others tell their alphabet and length first.
    fn value(&mut self, identifier: &str) -> Result<String, CodeError> {
        if let Some(digits) = fixed_value_len(identifier) {
            return self.number(digits, identifier);
        }
        let max = if identifier == "21" || identifier == "10" || identifier == "22" { 20 } else { VALUE_LEN_MAX };
        let alphabet = self.take(3)?;
        let len = usize::try_from(self.take(bits_for(max + 1))?).unwrap_or(usize::MAX);
        if len > max {
            return Err(CodeError::Short(identifier.to_owned()));
        }
        match alphabet {
            0 => self.number(len, identifier),
            1 => self.letters(len, 4, b"0123456789abcdef"),
            2 => self.letters(len, 4, b"0123456789ABCDEF"),
            3 => self.letters(len, 6, BASE64URL),
            4 => (0..len).map(|_| Ok(char::from(u8::try_from(self.take(7)?).unwrap_or(0)))).collect(),
            _ => Err(CodeError::Short(identifier.to_owned())),
        }
    }

    fn letters(&mut self, len: usize, bits: usize, alphabet: &[u8]) -> Result<String, CodeError> {
        let letter = |place: u128| usize::try_from(place).ok().and_then(|place| alphabet.get(place).copied());
        (0..len).map(|_| Ok(char::from(letter(self.take(bits)?).unwrap_or(b'?')))).collect()
    }

    fn number(&mut self, digits: usize, identifier: &str) -> Result<String, CodeError> {
        // 38 digits fit in 128 bits; no identifier of ours is longer.
        if digits > 38 {
            return Err(CodeError::Short(identifier.to_owned()));
        }
        let value = self.take(bits_for_digits(digits))?;
        let text = format!("{value:0>digits$}");
        if text.len() > digits { Err(CodeError::Short(identifier.to_owned())) } else { Ok(text) }
    }
}

/// Bits that tell `count` values apart.
fn bits_for(count: usize) -> usize {
    (usize::BITS - count.saturating_sub(1).leading_zeros()) as usize
}

/// Bits that hold every number of so many digits.
fn bits_for_digits(digits: usize) -> usize {
    let most = 10_u128.checked_pow(u32::try_from(digits).unwrap_or(0)).map_or(u128::MAX, |power| power - 1);
    (u128::BITS - most.leading_zeros()) as usize
}
