//! Compressed GS1 Digital Links (GS1 Digital Link URI compression): identifiers and values as bits, six to a character of the
//! base64url alphabet.
//!
//! ```text
//! 0000 1100          a sequence of identifiers that often go together: here (01) and (21); digits only = one identifier
//! 47 bits            14 digits as one number
//! 011 01100 6 × 12   an encoding (0 digits, 1 lower hex, 2 upper hex, 3 base64url, 4 ASCII), a length, so many characters
//! 0…                 up to a full character
//! ```

use super::PackageCode;
use super::ai::{Ai, Part};
use super::bits::Bits;
use super::check_digit;
use super::error::{CodeError, CompressionFault, Field};

use CompressionFault::{Ambiguous, LeftOver, Reserved, Truncated, Value};

/// The elements of a compressed segment that name a package. Others are read over.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// (01), 14 digits.
    pub gtin: Option<String>,
    /// (00), 18 digits.
    pub sscc: Option<String>,
    /// (21).
    pub serial: Option<String>,
}

impl Found {
    /// The package that a fully compressed link names.
    pub fn package(&self) -> Result<PackageCode, CodeError> {
        match (&self.gtin, &self.sscc, &self.serial) {
            (Some(_), Some(_), _) => Err(CodeError::TwoPackages),
            (None, Some(sscc), _) => PackageCode::logistic(sscc),
            (Some(gtin), None, Some(serial)) => PackageCode::item(gtin, serial),
            (Some(gtin), None, None) => {
                check_digit::verify(gtin, 14)?;
                Err(CodeError::Missing(Field::Serial))
            }
            (None, None, _) => Err(CodeError::NoPackage),
        }
    }

    fn names_a_package(&self) -> bool {
        self.gtin.as_ref().is_some_and(|gtin| check_digit::verify(gtin, 14).is_ok())
            || self.sscc.as_ref().is_some_and(|sscc| check_digit::verify(sscc, 18).is_ok())
    }
}

/// Why a segment cannot be read, and whether a key with a right check digit had been read before: else it may be any word.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// What is wrong.
    pub fault: CompressionFault,
    /// Whether a package was named before.
    pub named: bool,
}

/// Reads one path segment. Where the two orders of sequence 1A lead to two packages, neither is believed.
pub(super) fn read(segment: &str) -> Result<Found, Failure> {
    match (read_in(segment, STANDARD), read_in(segment, SORTED)) {
        (Ok(standard), Ok(sorted)) if standard != sorted => Err(Failure { fault: Ambiguous, named: true }),
        (Ok(found), _) | (Err(_), Ok(found)) => Ok(found),
        (Err(failure), Err(_)) => Err(failure),
    }
}

/// Sequence 1A as the standard has it, and as GS1's own toolkit writes it since it sorts the table (its issue 1). Bits that fit
/// one order seldom fit the other: the date, the encodings and the end would all have to agree by chance.
const STANDARD: &[u16] = &[1, 10, 21, 17];
const SORTED: &[u16] = &[1, 10, 17, 21];

fn read_in(segment: &str, sequence_1a: &[u16]) -> Result<Found, Failure> {
    let mut found = Found::default();
    let mut bits = Bits::new(segment);
    match read_all(&mut bits, sequence_1a, &mut found) {
        Ok(()) => Ok(found),
        Err(fault) => Err(Failure { fault, named: found.names_a_package() }),
    }
}

fn read_all(bits: &mut Bits<'_>, sequence_1a: &[u16], found: &mut Found) -> Result<(), CompressionFault> {
    bits.check_alphabet()?;
    if bits.at_padding() {
        return Err(Truncated);
    }
    while !bits.at_padding() {
        if bits.left() < 8 {
            return Err(LeftOver);
        }
        let (high, low) = (bits.take_u16(4)?, bits.take_u16(4)?);
        if high <= 9 && low <= 9 {
            let ai = identifier(bits, high * 10 + low)?;
            element(bits, ai, found)?;
        } else if high == 0xF {
            foreign(bits, low)?;
        } else {
            let code = high * 16 + low;
            let (fixed, stepped) = if code == 0x1A { (sequence_1a, None) } else { sequence(code)? };
            for number in fixed.iter().copied().chain(stepped) {
                element(bits, known(number)?, found)?;
            }
        }
    }
    Ok(())
}

/// An identifier written digit by digit, whose first two have been read.
fn identifier(bits: &mut Bits<'_>, first_two: u16) -> Result<Ai, CompressionFault> {
    let digits = Ai::digits_after(first_two).ok_or(Reserved)?;
    let mut number = first_two;
    for _ in 2..digits {
        let digit = bits.take_u16(4)?;
        if digit > 9 {
            return Err(Reserved);
        }
        number = number * 10 + digit;
    }
    Ai::new(number, digits).ok_or(Reserved)
}

/// The identifier with this number; each sequence has only such as their number tells the digits of.
fn known(number: u16) -> Result<Ai, CompressionFault> {
    let digits = match number {
        0..100 => 2,
        100..1000 => 3,
        _ => 4,
    };
    Ai::new(number, digits).ok_or(Reserved)
}

/// The standard's table of sequences: numbers of the identifiers, the last of which may grow with the code's low digit.
fn sequence(code: u16) -> Result<(&'static [u16], Option<u16>), CompressionFault> {
    Ok(match code {
        0x0A => (&[1, 22], None),
        0x0B => (&[1, 10], None),
        0x0C => (&[1, 21], None),
        0x0D => (&[1, 17], None),
        0x0E => (&[1, 7003], None),
        0x0F => (&[1, 30], None),
        0x1B => (&[1, 15], None),
        0x1C => (&[1, 11], None),
        0x1D => (&[1, 16], None),
        0x1E => (&[1, 91], None),
        0x1F => (&[1, 10, 15], None),
        0x2A..=0x2F => (&[1], Some(3100 + code - 0x2A)),
        0x3A..=0x3F => (&[1], Some(3200 + code - 0x3A)),
        0x9A => (&[8010, 8011], None),
        0x9B => (&[8017, 8019], None),
        0x9C => (&[8018, 8019], None),
        0x9D => (&[414, 254], None),
        0xA0..=0xA9 => (&[1], Some(3920 + code - 0xA0)),
        0xC0..=0xC9 => (&[255], Some(3900 + code - 0xC0)),
        0xCA..=0xCD => (&[255], Some(3940 + code - 0xCA)),
        _ => return Err(Reserved),
    })
}

/// A key and value of the query that are not GS1's: `F`, seven bits of length, the key, encoding, seven bits of length, the value.
fn foreign(bits: &mut Bits<'_>, low: u16) -> Result<(), CompressionFault> {
    let len = (low << 3) | bits.take_u16(3)?;
    bits.skip(usize::from(len) * 6)?;
    let encoding = bits.take_u16(3)?;
    let len = bits.take_u16(7)?;
    bits.chars(encoding, usize::from(len), &mut String::new())
}

fn element(bits: &mut Bits<'_>, ai: Ai, found: &mut Found) -> Result<(), CompressionFault> {
    let value = value(bits, ai)?;
    let place = match ai {
        Ai::GTIN => &mut found.gtin,
        Ai::SSCC => &mut found.sscc,
        Ai::SERIAL => &mut found.serial,
        _ => return if is_possible(ai, &value) { Ok(()) } else { Err(Value) },
    };
    // The same element twice is no valid message.
    if place.replace(value).is_some() { Err(Value) } else { Ok(()) }
}

fn value(bits: &mut Bits<'_>, ai: Ai) -> Result<String, CompressionFault> {
    let mut out = String::new();
    for part in ai.parts().unwrap_or_default() {
        match *part {
            Part::Digits(n) => bits.digits(usize::from(n), &mut out)?,
            Part::DigitsTo(most) => {
                let len = bits.length(most)?;
                bits.digits(len, &mut out)?;
            }
            Part::Chars(n) => {
                let encoding = bits.take_u16(3)?;
                bits.chars(encoding, usize::from(n), &mut out)?;
            }
            Part::CharsTo(most) => {
                let encoding = bits.take_u16(3)?;
                let len = bits.length(most)?;
                bits.chars(encoding, len, &mut out)?;
            }
        }
    }
    Ok(out)
}

/// Dates (11) to (17) have a month and at most 31 days: the test that tells the two orders of sequence 1A apart.
fn is_possible(ai: Ai, value: &str) -> bool {
    if !ai.is_date() {
        return true;
    }
    let number = |range| value.get(range).and_then(|digits: &str| digits.parse::<u8>().ok());
    number(2..4).is_some_and(|month| (1..=12).contains(&month)) && number(4..6).is_some_and(|day| day <= 31)
}
