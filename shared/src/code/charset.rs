//! The characters that GS1 elements may have.

use super::error::{CodeError, Field};

/// GS1's set 82 (GS1 AI encodable character set 82: General Specifications, figure 7.11-1), which serials and lots have.
#[must_use]
pub const fn is_set_82(c: char) -> bool {
    matches!(c, '!' | '"' | '%'..='?' | 'A'..='Z' | '_' | 'a'..='z')
}

/// The most characters of a serial.
const SERIAL_CHARS_MAX: usize = 20;

/// Whether `serial` has 1 to 20 characters of set 82.
pub fn check_serial(serial: &str) -> Result<(), CodeError> {
    let field = Field::Serial;
    if let Some((place, found)) = serial.chars().enumerate().find(|(_, c)| !is_set_82(*c)) {
        return Err(CodeError::Character { field, found, position: place + 1 });
    }
    let len = serial.len();
    if len == 0 || len > SERIAL_CHARS_MAX {
        return Err(CodeError::Length { field, len, min: 1, max: SERIAL_CHARS_MAX });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_82_has_82_characters() {
        let all: String = (0..=255_u8).map(char::from).filter(|c| is_set_82(*c)).collect();
        assert_eq!(all, "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");
        assert_eq!(all.len(), 82);
    }
}
