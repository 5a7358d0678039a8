//! What no grammar wants to see, said before any of them looks: over-long texts, control characters, look-alikes.

use super::error::CodeError;
use super::{TEXT_LEN_MAX, lookalike};

/// The separator between element strings: FNC1 as a scanner sends it (GS1 General Specifications, section 7.8).
pub(super) const GS: char = '\u{1d}';

/// What a text that may be looked at has besides printable ASCII.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Contents {
    /// Where the first separator stands, counted from 1.
    pub separator: Option<usize>,
    /// The error for the first character outside ASCII that looks like no other, should no opaque pattern accept it.
    pub foreign: Option<CodeError>,
}

impl Contents {
    /// The text must do without separators: everything but an element string.
    pub(super) const fn without_separator(&self) -> Result<(), CodeError> {
        match self.separator {
            Some(position) => Err(CodeError::Control { found: GS, position }),
            None => Ok(()),
        }
    }

    /// The text must be ASCII: everything but an opaque text.
    pub(super) fn ascii(&self) -> Result<(), CodeError> {
        self.foreign.clone().map_or(Ok(()), Err)
    }
}

/// Looks at every character once. Errors: [`CodeError::Empty`], `TooLong`, `Control`, `LookAlike`.
pub(super) fn inspect(text: &str) -> Result<Contents, CodeError> {
    if text.is_empty() {
        return Err(CodeError::Empty);
    }
    if text.len() > TEXT_LEN_MAX {
        return Err(CodeError::TooLong { len: text.len(), max: TEXT_LEN_MAX });
    }
    // The common case, without decoding.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Ok(Contents::default());
    }
    let mut contents = Contents::default();
    for (place, found) in text.chars().enumerate() {
        let position = place + 1;
        match found {
            ' '..='~' => {}
            GS => contents.separator = contents.separator.or(Some(position)),
            _ if is_unseen(found) => return Err(CodeError::Control { found, position }),
            _ => match lookalike::means(found) {
                Some(means) => return Err(CodeError::LookAlike { found, means, position }),
                None if contents.foreign.is_none() => {
                    contents.foreign = Some(CodeError::NotAscii { found, position });
                }
                None => {}
            },
        }
    }
    Ok(contents)
}

/// Control characters, and format characters that leave no mark: zero-width ones, directions, the byte order mark.
pub(super) const fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_which_character_and_where() {
        assert_eq!(inspect(""), Err(CodeError::Empty));
        assert_eq!(
            inspect(&"A".repeat(TEXT_LEN_MAX + 1)),
            Err(CodeError::TooLong { len: TEXT_LEN_MAX + 1, max: TEXT_LEN_MAX })
        );
        assert!(inspect(&"A".repeat(TEXT_LEN_MAX)).is_ok());
        assert_eq!(inspect("AB\0"), Err(CodeError::Control { found: '\0', position: 3 }));
        assert_eq!(inspect("\u{feff}A"), Err(CodeError::Control { found: '\u{feff}', position: 1 }));
        assert_eq!(inspect("烟Ａ"), Err(CodeError::LookAlike { found: 'Ａ', means: 'A', position: 2 }));
        let contents = inspect("A\u{1d}烟\u{1d}").unwrap();
        assert_eq!(contents.without_separator(), Err(CodeError::Control { found: GS, position: 2 }));
        assert_eq!(contents.ascii(), Err(CodeError::NotAscii { found: '烟', position: 3 }));
    }
}
