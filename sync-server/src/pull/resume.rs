//! Progress within a position: one import or issue may bring a million codes at once.

use std::fmt;
use std::str::FromStr;

/// Everything up to `position` was delivered but its codes with keys beyond `key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resume {
    /// The position.
    pub position: u64,
    /// Key of the last code of it that was delivered.
    pub key: [u8; 16],
}

impl Resume {
    /// All of a position was delivered.
    pub(super) const fn end_of(position: u64) -> Self {
        Self { position, key: [0xff; 16] }
    }
}

impl fmt::Display for Resume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.position, hex::encode(self.key))
    }
}

/// The text is not what a page said.
#[derive(Debug, thiserror::Error)]
#[error("`resume` is not what a page said: send it to the letter, or leave it out to start the position again")]
pub struct ResumeError;

impl FromStr for Resume {
    type Err = ResumeError;
    fn from_str(text: &str) -> Result<Self, ResumeError> {
        let (position, key) = text.split_once('-').ok_or(ResumeError)?;
        let key = hex::decode(key).map_err(|_| ResumeError)?;
        Ok(Self { position: position.parse().map_err(|_| ResumeError)?, key: key.try_into().map_err(|_| ResumeError)? })
    }
}
