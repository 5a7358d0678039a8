//! The name of a mismatch in addresses: its kind, subject and scope, packed so that any subject fits. Whoever has one still needs the
//! right to see what it names.

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use shared::mismatch::Mismatch;

use crate::store::step::Key;

/// What tells one mismatch from all others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MismatchId {
    /// Its kind's slug.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// What is judged again together, as stored.
    pub scope: String,
}

/// The text names no mismatch.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("this names no mismatch; take the `id` that the list of mismatches shows")]
pub struct NoMismatchId;

impl MismatchId {
    /// Kind, subject and scope.
    #[must_use]
    pub fn key(&self) -> Key<'_> {
        (&self.kind, &self.subject, &self.scope)
    }

    /// The name of this mismatch.
    #[must_use]
    pub fn of(mismatch: &Mismatch) -> Self {
        let (kind, subject, scope) = crate::store::verdict::key(mismatch);
        Self { kind, subject, scope }
    }
}

impl fmt::Display for MismatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = serde_json::json!([self.kind, self.subject, self.scope]).to_string();
        f.write_str(&Base64UrlUnpadded::encode_string(plain.as_bytes()))
    }
}

impl FromStr for MismatchId {
    type Err = NoMismatchId;

    fn from_str(text: &str) -> Result<Self, NoMismatchId> {
        let plain = Base64UrlUnpadded::decode_vec(text).map_err(|_| NoMismatchId)?;
        let [kind, subject, scope]: [String; 3] = serde_json::from_slice(&plain).map_err(|_| NoMismatchId)?;
        if [&kind, &subject, &scope].iter().any(|part| part.contains('\0')) {
            return Err(NoMismatchId);
        }
        Ok(Self { kind, subject, scope })
    }
}

impl Serialize for MismatchId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MismatchId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
