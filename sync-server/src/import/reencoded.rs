//! The text of a file of any length as UTF-8, piece by piece: UTF-8 itself, UTF-16 with a mark at its start, or GB18030.

use std::io::{Error, ErrorKind, Read, Result};

use encoding_rs::{Decoder, DecoderResult, GB18030, UTF_16BE, UTF_16LE};

/// Bytes that are read at once.
const PIECE: usize = 1 << 16;

/// What is said of bytes that are no text.
const NO_TEXT: &str = "it is neither UTF-8 nor GB18030; save it as one of these";

/// Reads a file as UTF-8. The first piece with anything beyond ASCII decides: it is UTF-8 as a whole, or the file is GB18030, some of whose
/// characters are UTF-8 by chance.
pub struct Reencoded<R> {
    input: R,
    /// None: UTF-8, or ASCII so far.
    decoder: Option<Decoder>,
    /// Read, and not decoded yet.
    raw: Vec<u8>,
    /// Decoded, and handed out up to `given`.
    text: Vec<u8>,
    given: usize,
    /// Whether something was read yet; whether it was more than ASCII, and UTF-8.
    is_begun: bool,
    is_utf_8: bool,
    is_ended: bool,
}

impl<R: Read> Reencoded<R> {
    /// Reads nothing yet.
    pub const fn new(input: R) -> Self {
        Self {
            input,
            decoder: None,
            raw: Vec::new(),
            text: Vec::new(),
            given: 0,
            is_begun: false,
            is_utf_8: false,
            is_ended: false,
        }
    }

    fn piece(&mut self) -> Result<()> {
        let before = self.raw.len();
        (&mut self.input).take(PIECE as u64).read_to_end(&mut self.raw)?;
        self.is_ended = self.raw.len() - before < PIECE;
        if !self.is_begun {
            self.is_begun = true;
            let marks = [(UTF_16LE, [0xff, 0xfe]), (UTF_16BE, [0xfe, 0xff])];
            if let Some((encoding, _)) = marks.into_iter().find(|(_, mark)| self.raw.starts_with(mark)) {
                self.raw.drain(..2);
                self.decoder = Some(encoding.new_decoder_without_bom_handling());
            }
        }
        self.text.clear();
        self.given = 0;
        if self.decoder.is_none() {
            self.plain()?;
        }
        self.decode()
    }

    /// Takes what is UTF-8, up to a character that the piece cuts in two, or finds that the file is of the other encoding.
    fn plain(&mut self) -> Result<()> {
        let valid = match std::str::from_utf8(&self.raw) {
            Ok(_) => Some(self.raw.len()),
            Err(error) if error.error_len().is_none() && !self.is_ended => Some(error.valid_up_to()),
            // The file ends in the middle of a character of what is UTF-8 before.
            Err(error) if error.error_len().is_none() && !self.raw[..error.valid_up_to()].is_ascii() => {
                return Err(Error::new(ErrorKind::InvalidData, NO_TEXT));
            }
            Err(_) => None,
        };
        if let Some(valid) = valid {
            self.text.extend(self.raw.drain(..valid));
            self.is_utf_8 |= !self.text.is_ascii();
        } else if self.is_utf_8 {
            return Err(Error::new(ErrorKind::InvalidData, NO_TEXT));
        } else {
            self.decoder = Some(GB18030.new_decoder_without_bom_handling());
        }
        Ok(())
    }

    fn decode(&mut self) -> Result<()> {
        let Some(decoder) = &mut self.decoder else { return Ok(()) };
        let room = decoder.max_utf8_buffer_length_without_replacement(self.raw.len()).unwrap_or(usize::MAX);
        let mut text = String::with_capacity(room);
        let (done, _) = decoder.decode_to_string_without_replacement(&self.raw, &mut text, self.is_ended);
        if !matches!(done, DecoderResult::InputEmpty) {
            return Err(Error::new(ErrorKind::InvalidData, NO_TEXT));
        }
        self.raw.clear();
        self.text.extend(text.into_bytes());
        Ok(())
    }
}

impl<R: Read> Read for Reencoded<R> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        while self.given == self.text.len() {
            if self.is_ended {
                return Ok(0);
            }
            self.piece()?;
        }
        let len = into.len().min(self.text.len() - self.given);
        into[..len].copy_from_slice(&self.text[self.given..self.given + len]);
        self.given += len;
        Ok(len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String> {
        let mut text = String::new();
        Reencoded::new(bytes).read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn a_long_file_is_read_in_every_usual_encoding_wherever_a_piece_ends() {
        for spaces in 0..4 {
            let text = format!("{}父码,子码\n{}", " ".repeat(spaces), "箱一,条一\n".repeat(20_000));
            let utf16: Vec<u8> =
                std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
            let gb = GB18030.encode(&text).0.into_owned();
            assert!(gb.len() > 2 * PIECE && gb != text.as_bytes());
            for bytes in [text.as_bytes().to_vec(), utf16, gb] {
                assert!(read(&bytes).unwrap() == text, "{spaces}");
            }
        }
        assert_eq!(read(b"").unwrap(), "");
    }

    /// 母 and 模 in GB18030 are two bytes that are a character of UTF-8, too.
    #[test]
    fn characters_that_are_utf_8_by_chance_do_not_decide() {
        let text = "母码,子码\n模一,条一\n";
        let gb = GB18030.encode(text).0.into_owned();
        assert!(std::str::from_utf8(&gb[..2]).is_ok());
        assert_eq!(read(&gb).unwrap(), text);
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for bytes in [&[0x41, 0xff, 0xff, 0x80][..], "码\u{ff}".as_bytes().split_last().unwrap().1, b"\xe7\xa0\x81\xff"]
        {
            assert_eq!(read(bytes).unwrap_err().to_string(), NO_TEXT, "{bytes:?}");
        }
    }
}
