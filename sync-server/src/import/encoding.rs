//! The text of a file: UTF-8 with or without a mark at its start, UTF-16 with one, or GB18030 as Chinese spreadsheets write it.

use std::borrow::Cow;

use encoding_rs::{GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// The text; none where the bytes are of no known encoding.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let marked = [(UTF_8, &[0xef, 0xbb, 0xbf][..]), (UTF_16LE, &[0xff, 0xfe]), (UTF_16BE, &[0xfe, 0xff])];
    for (encoding, mark) in marked {
        if let Some(rest) = bytes.strip_prefix(mark) {
            return encoding.decode_without_bom_handling_and_without_replacement(rest);
        }
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(Cow::Borrowed(text)),
        Err(_) => GB18030.decode_without_bom_handling_and_without_replacement(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_in_every_usual_encoding() {
        let text = "会员,名称\nW,广州批发\n";
        let utf16: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let gb = GB18030.encode(text).0.into_owned();
        assert_ne!(gb, text.as_bytes());
        for bytes in [text.as_bytes().to_vec(), format!("\u{feff}{text}").into_bytes(), utf16, gb] {
            assert_eq!(decode(&bytes).unwrap(), text);
        }
        assert_eq!(decode(&[0x41, 0xff, 0xff, 0x80]), None);
    }
}
