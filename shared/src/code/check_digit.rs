//! The check digit of GS1 keys (GS1 General Specifications, section 7.9): weights 3 and 1 from the right, modulo 10.

use super::error::{CodeError, Field};

/// Digits of an SSCC.
const SSCC_LEN: usize = 18;

/// The check digit for `digits` (without it). Anything but ASCII digits counts as zero, so check those first.
#[must_use]
pub fn compute(digits: &str) -> u8 {
    let weighted = digits.bytes().rev().enumerate().fold(0_u32, |sum, (place, byte)| {
        let digit = if byte.is_ascii_digit() { u32::from(byte - b'0') } else { 0 };
        (sum + digit * if place % 2 == 0 { 3 } else { 1 }) % 10
    });
    u8::try_from((10 - weighted) % 10).unwrap_or(0)
}

/// Whether `key` is `len` digits whose last is right. Keys of 18 digits are reported as SSCC, others as GTIN.
pub fn verify(key: &str, len: usize) -> Result<(), CodeError> {
    let field = if len == SSCC_LEN { Field::Sscc } else { Field::Gtin };
    if let Some((place, found)) = key.chars().enumerate().find(|(_, c)| !c.is_ascii_digit()) {
        return Err(CodeError::Character { field, found, position: place + 1 });
    }
    let length = CodeError::Length { field, len: key.len(), min: len, max: len };
    if key.len() != len {
        return Err(length);
    }
    let Some((body, last)) = len.checked_sub(1).and_then(|body| key.split_at_checked(body)) else {
        return Err(length);
    };
    let right = compute(body);
    if last.as_bytes() == [b'0' + right] {
        Ok(())
    } else {
        Err(CodeError::CheckDigit { field, key: key.to_owned(), right })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_published_keys() {
        // GS1 General Specifications: GTIN-13 example 6291041500213; SSCC example 106141412345678908.
        assert_eq!(compute("629104150021"), 3);
        assert!(verify("6291041500213", 13).is_ok());
        assert!(verify("106141412345678908", 18).is_ok());
        let wrong = "106141412345678909";
        assert_eq!(
            verify(wrong, 18),
            Err(CodeError::CheckDigit { field: Field::Sscc, key: wrong.to_owned(), right: 8 })
        );
    }

    #[test]
    fn says_what_is_no_key() {
        let field = Field::Gtin;
        assert_eq!(verify("", 0), Err(CodeError::Length { field, len: 0, min: 0, max: 0 }));
        assert_eq!(verify("", 14), Err(CodeError::Length { field, len: 0, min: 14, max: 14 }));
        assert_eq!(verify("123", 14), Err(CodeError::Length { field, len: 3, min: 14, max: 14 }));
        assert_eq!(verify("12O", 14), Err(CodeError::Character { field, found: 'O', position: 3 }));
        assert_eq!(verify("１2", 14), Err(CodeError::Character { field, found: '１', position: 1 }));
    }

    #[test]
    fn every_single_digit_slip_is_caught() {
        let key = format!("1690123456789{}", compute("1690123456789"));
        for place in 0..14 {
            for digit in b'0'..=b'9' {
                let mut slipped = key.clone().into_bytes();
                slipped[place] = digit;
                let slipped = String::from_utf8(slipped).unwrap();
                assert_eq!(verify(&slipped, 14).is_ok(), slipped == key, "{slipped}");
            }
        }
    }
}
