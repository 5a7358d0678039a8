//! The badge: a QR with a random text. Records carry its hash, so that nobody can print a badge from them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::seal::SEAL_LEN;
use super::{CredentialError, SealedElsewhere, SealingKey};

/// What every badge's text begins with; a reading that does is a badge and nothing else.
pub const BADGE_PREFIX: &str = "TALLYMAN-BADGE/";

const PURPOSE: &str = "badge";

/// The text of a badge, from 16 random bytes: too many to try, so a plain hash of it is enough.
#[must_use]
pub fn badge_text(random: [u8; 16]) -> String {
    format!("{BADGE_PREFIX}{}", hex::encode_upper(random))
}

/// What a record says of a badge: `sha256:HEX`, or on a terminal `sealed:KEY:HEX`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BadgeMark {
    sealed_by: Option<[u8; 4]>,
    mark: [u8; SEAL_LEN],
}

impl BadgeMark {
    /// The hash of a badge's text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let hash = crate::chain::sha256(&[b"tallyman/badge/1", text.trim().as_bytes()]);
        Self { sealed_by: None, mark: *hash.as_bytes() }
    }

    /// The form that a terminal keeps; one that is sealed already stays as it is.
    #[must_use]
    pub fn sealed(self, key: &SealingKey) -> Self {
        match self.sealed_by {
            Some(_) => self,
            None => Self { sealed_by: Some(key.id()), mark: key.seal(PURPOSE, &self.mark) },
        }
    }

    /// Whether a text is this badge's, in constant time. Fails where the mark was sealed with another key.
    pub fn is_of(&self, text: &str, key: &SealingKey) -> Result<bool, SealedElsewhere> {
        let kept = self.sealed(key);
        if kept.sealed_by != Some(key.id()) {
            return Err(SealedElsewhere);
        }
        Ok(key.holds(PURPOSE, &Self::of(text).mark, &kept.mark))
    }
}

impl fmt::Display for BadgeMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sealed_by {
            None => write!(f, "sha256:{}", hex::encode(self.mark)),
            Some(key) => write!(f, "sealed:{}:{}", hex::encode(key), hex::encode(self.mark)),
        }
    }
}

impl fmt::Debug for BadgeMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BadgeMark(hidden)")
    }
}

impl FromStr for BadgeMark {
    type Err = CredentialError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || CredentialError { what: "a badge is not `sha256:` and 64 hex digits" };
        let words: Vec<&str> = text.split(':').collect();
        let (sealed_by, mark) = match words[..] {
            ["sha256", mark] => (None, mark),
            ["sealed", key, mark] => {
                let mut id = [0; 4];
                hex::decode_to_slice(key, &mut id).map_err(|_| wrong())?;
                (Some(id), mark)
            }
            _ => return Err(wrong()),
        };
        let mut bytes = [0; SEAL_LEN];
        hex::decode_to_slice(mark, &mut bytes).map_err(|_| wrong())?;
        Ok(Self { sealed_by, mark: bytes })
    }
}

impl Serialize for BadgeMark {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BadgeMark {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
