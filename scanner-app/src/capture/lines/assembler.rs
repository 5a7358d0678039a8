//! Bytes to lines: bounded, whatever comes.

use super::CaptureError;

/// Bytes of the longest line; longer ones are no label's text.
pub const LINE_BYTES_MAX: usize = 4_096;

/// Collects a line.
#[derive(Debug, Default)]
pub(super) struct LineAssembler {
    line: Vec<u8>,
    is_too_long: bool,
}

impl LineAssembler {
    /// Takes a byte; a line when it ends one. CR, LF and Tab end a line; empty lines are none.
    pub(super) fn push(&mut self, byte: u8) -> Option<Result<String, CaptureError>> {
        match byte {
            b'\r' | b'\n' | b'\t' => self.finish(),
            // Scanners frame their texts with STX and ETX; only the separators (FS, GS, RS, US) belong to one.
            0..0x1c | 0x7f => None,
            _ if self.line.len() == LINE_BYTES_MAX => {
                self.is_too_long = true;
                None
            }
            _ => {
                self.line.push(byte);
                None
            }
        }
    }

    /// What was begun, as a line.
    pub(super) fn finish(&mut self) -> Option<Result<String, CaptureError>> {
        let bytes = std::mem::take(&mut self.line);
        if std::mem::take(&mut self.is_too_long) {
            return Some(Err(CaptureError::LongLine));
        }
        // Bytes that are no UTF-8 stay visible as such, so that the clerk is told of a text and not of nothing.
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim();
        (!text.is_empty()).then(|| Ok(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<Result<String, String>> {
        let mut assembler = LineAssembler::default();
        let mut lines: Vec<_> = bytes.iter().filter_map(|byte| assembler.push(*byte)).collect();
        lines.extend(assembler.finish());
        lines.into_iter().map(|line| line.map_err(|error| error.to_string())).collect()
    }

    fn texts(bytes: &[u8]) -> Vec<String> {
        lines(bytes).into_iter().map(Result::unwrap).collect()
    }

    #[test]
    fn every_terminator_ends_a_line_and_the_last_needs_none() {
        assert_eq!(texts(b"A\nB\r\nC\rD\tE\n\n\r\n\tF"), ["A", "B", "C", "D", "E", "F"]);
    }

    #[test]
    fn the_separator_stays_and_framing_goes() {
        assert_eq!(texts(b"\x02010123\x1d21AB\x03\0\r\n  \n"), ["010123\u{1d}21AB"]);
    }

    #[test]
    fn rubbish_is_a_text_that_no_grammar_reads() {
        assert_eq!(texts(b"\xff\xfe\xfdAB\n"), ["\u{fffd}\u{fffd}\u{fffd}AB"]);
        assert_eq!(texts("箱\n".as_bytes()), ["箱"]);
    }

    #[test]
    fn a_long_line_is_skipped_by_itself() {
        let long = [&vec![b'x'; LINE_BYTES_MAX + 1][..], b"\nGOOD\n"].concat();
        let found = lines(&long);
        assert!(found[0].as_ref().unwrap_err().contains("4096"));
        assert_eq!(found[1], Ok("GOOD".to_owned()));
        let longest = vec![b'x'; LINE_BYTES_MAX];
        assert_eq!(texts(&longest)[0].len(), LINE_BYTES_MAX);
        let mut assembler = LineAssembler::default();
        for _ in 0..10_000_000 {
            assert!(assembler.push(b'x').is_none());
        }
        assert!(assembler.line.capacity() <= 2 * LINE_BYTES_MAX, "memory is bounded");
    }
}
