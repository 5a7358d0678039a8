//! The check digit of GS1 keys (GS1 General Specifications, section 7.9): weights 3 and 1 from the right, modulo 10.

use super::CodeError;

/// The check digit for `digits` (without it). Anything but ASCII digits counts as zero, so check those first.
#[must_use]
pub fn compute(digits: &str) -> u8 {
    let weighted: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| u32::from(byte.saturating_sub(b'0')) * if place % 2 == 0 { 3 } else { 1 })
        .sum();
    u8::try_from((10 - weighted % 10) % 10).unwrap_or(0)
}

/// Whether `key` is `len` digits whose last is right.
pub fn verify(key: &str, len: usize) -> Result<(), CodeError> {
    if key.len() != len || !key.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(CodeError::NotDigits { text: key.to_owned(), digits: len });
    }
    let (body, last) = key.split_at(len - 1);
    let right = char::from(b'0' + compute(body));
    if last.starts_with(right) { Ok(()) } else { Err(CodeError::CheckDigit { text: key.to_owned(), right }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_published_keys() {
        // GS1 General Specifications: GTIN-13 example 6291041500213; SSCC example 106141412345678908.
        assert_eq!(compute("629104150021"), 3);
        assert!(verify("106141412345678908", 18).is_ok());
        assert_eq!(
            verify("106141412345678909", 18),
            Err(CodeError::CheckDigit { text: "106141412345678909".into(), right: '8' })
        );
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
