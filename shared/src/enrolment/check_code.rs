//! The code that a person compares on two screens: digits, since they read the same in Chinese and English.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Token;
use crate::chain::{Hash, PublicKey, sha256};
use crate::ids::TerminalId;

/// Eight decimal digits, written `1234-5678`. They agree only where both sides saw the same CA, token, terminal and key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckCode(u32);

/// The text is no check code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a check code is eight digits, such as 1234-5678, as the terminal's screen shows it")]
pub struct CheckCodeError;

impl CheckCode {
    /// The code of one asking. `ca` is the SHA-256 of the CA certificate (DER) that was seen.
    #[must_use]
    pub fn of(ca: Hash, token: &Token, terminal: TerminalId, key: &PublicKey) -> Self {
        let parts =
            [b"tallyman/words/1", ca.as_bytes().as_slice(), token.as_bytes(), terminal.as_bytes(), key.as_bytes()];
        let hash = sha256(&parts);
        let number = hash.as_bytes().iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        Self(u32::try_from(number % 100_000_000).unwrap_or(0))
    }
}

impl fmt::Display for CheckCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:04}", self.0 / 10_000, self.0 % 10_000)
    }
}

impl FromStr for CheckCode {
    type Err = CheckCodeError;
    fn from_str(text: &str) -> Result<Self, CheckCodeError> {
        let digits: String = text.chars().filter(|c| *c != '-' && !c.is_whitespace()).collect();
        if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(CheckCodeError);
        }
        digits.parse().map(Self).map_err(|_| CheckCodeError)
    }
}

impl Serialize for CheckCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CheckCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn agrees_only_where_everything_does() {
        let (terminal, other) = (TerminalId::new(Uuid::from_u128(1)), TerminalId::new(Uuid::from_u128(2)));
        let (ca, key) = (Hash::new([1; 32]), PublicKey::new([2; 32]));
        let token = Token::new([3; 10]);
        let code = CheckCode::of(ca, &token, terminal, &key);
        // Computed with another implementation (Python's hashlib) from the formula of this folder's head.
        assert_eq!(code.to_string(), "7881-4025");
        assert_ne!(code, CheckCode::of(Hash::new([4; 32]), &token, terminal, &key));
        assert_ne!(code, CheckCode::of(ca, &Token::new([4; 10]), terminal, &key));
        assert_ne!(code, CheckCode::of(ca, &token, other, &key));
        assert_ne!(code, CheckCode::of(ca, &token, terminal, &PublicKey::new([4; 32])));
    }

    #[test]
    fn is_read_as_people_type_it() {
        assert_eq!("0012-0034".parse::<CheckCode>().unwrap().to_string(), "0012-0034");
        assert_eq!("0012 0034".parse::<CheckCode>(), "00120034".parse());
        for wrong in ["", "1234-567", "1234-56789", "1234-567x", "+2345678", "１２３４５６７８"] {
            assert_eq!(wrong.parse::<CheckCode>(), Err(CheckCodeError), "{wrong}");
        }
    }
}
