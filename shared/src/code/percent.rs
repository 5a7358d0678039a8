//! Percent-encoding of serials and texts in paths (RFC 3986).

use std::borrow::Cow;

use super::CodeError;

/// Encodes every byte that a path segment cannot hold as it is.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let digit = |half: u8| char::from(b"0123456789ABCDEF"[usize::from(half & 15)]);
            out.extend(['%', digit(byte >> 4), digit(byte)]);
        }
    }
    out
}

/// Decodes a segment; one without `%` is borrowed.
pub(super) fn decode(segment: &str) -> Result<Cow<'_, str>, CodeError> {
    if !segment.contains('%') {
        return Ok(Cow::Borrowed(segment));
    }
    let wrong = || CodeError::PercentEncoding(segment.to_owned());
    let mut out = Vec::with_capacity(segment.len());
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let (high, low) = (digit(bytes.next()), digit(bytes.next()));
        let value = high.zip(low).and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        out.push(value.ok_or_else(wrong)?);
    }
    String::from_utf8(out).map(Cow::Owned).map_err(|_| wrong())
}
