//! Percent-encoding of one path segment (RFC 3986, section 2.1), for links and for the canonical form of opaque codes.

use std::borrow::Cow;
use std::fmt;

use super::error::{CodeError, Field};

/// Writes `text` with every byte but letters, digits and `-._` as `%XX`, when displayed.
pub(super) struct Encoded<'a>(pub &'a str);

impl fmt::Display for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
                write!(f, "{}", char::from(byte))?;
            } else {
                write!(f, "%{byte:02X}")?;
            }
        }
        Ok(())
    }
}

/// What a segment stands for; borrowed when nothing is encoded. `+` stands for itself: this is a path, no form.
pub(super) fn decode(field: Field, segment: &str) -> Result<Cow<'_, str>, CodeError> {
    let Some(first) = segment.find('%') else { return Ok(Cow::Borrowed(segment)) };
    let bytes = segment.as_bytes();
    let broken = |at: usize| CodeError::PercentEncoding { field, position: chars_before(bytes, at) + 1 };
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte == b'%' {
            let hex = |place: usize| bytes.get(place).and_then(|digit| char::from(*digit).to_digit(16));
            let value = hex(at + 1).zip(hex(at + 2)).and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
            out.push(value.ok_or_else(|| broken(at))?);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    String::from_utf8(out).map(Cow::Owned).map_err(|_| broken(first))
}

/// Characters that begin in the first `at` bytes.
fn chars_before(bytes: &[u8], at: usize) -> usize {
    bytes.iter().take(at).filter(|byte| **byte & 0xC0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn says_where_it_is_broken() {
        let broken = |position| Err(CodeError::PercentEncoding { field: Field::Serial, position });
        assert_eq!(decode(Field::Serial, "A%2fb"), Ok("A/b".into()));
        assert_eq!(decode(Field::Serial, "A+b"), Ok("A+b".into()));
        for (text, position) in [("%", 1), ("A%4", 2), ("A%zz", 2), ("烟%41%G1", 5), ("A%+1", 2), ("A%FF", 2)] {
            assert_eq!(decode(Field::Serial, text), broken(position), "{text}");
        }
    }

    proptest! {
        #[test]
        fn round_trips(text in any::<String>()) {
            let encoded = Encoded(&text).to_string();
            prop_assert_eq!(decode(Field::Opaque, &encoded).unwrap(), text);
        }
    }
}
