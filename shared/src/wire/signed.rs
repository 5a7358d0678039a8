//! What the server signs: its exact text travels and is kept, so that a later version's further fields break no signature.

use ring::signature::Ed25519KeyPair;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::chain::{PublicKey, Signature, sha256, sign};

/// Something that the server signs. Each kind has a prefix of its own, so that no signature fits two of them.
pub trait Signable: Serialize + DeserializeOwned {
    /// Stands before the digest of the text in what is signed.
    const DOMAIN: &'static [u8];
}

/// A value, the JSON text that was signed, and the signature: `Ed25519(DOMAIN ‖ SHA-256(text))`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed<T> {
    value: T,
    text: String,
    signature: Signature,
}

impl<T: Signable> Signed<T> {
    /// Signs a value.
    pub fn sign(value: T, key: &Ed25519KeyPair) -> Result<Self, serde_json::Error> {
        let text = serde_json::to_string(&value)?;
        let signature = sign(key, &[T::DOMAIN, sha256(&[text.as_bytes()]).as_bytes()]);
        Ok(Self { value, text, signature })
    }

    /// What was said.
    #[must_use]
    pub const fn value(&self) -> &T {
        &self.value
    }

    /// Whether the text is the one that this version writes: only then may the value travel as an object.
    pub(super) fn is_as_written(&self) -> bool {
        serde_json::to_string(&self.value).is_ok_and(|text| text == self.text)
    }

    /// The exact text that was signed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature.
    #[must_use]
    pub const fn signature(&self) -> Signature {
        self.signature
    }

    /// Whether the server with this key signed it.
    #[must_use]
    pub fn verifies(&self, key: &PublicKey) -> bool {
        key.verifies(&[T::DOMAIN, sha256(&[self.text.as_bytes()]).as_bytes()], &self.signature)
    }
}

#[derive(Serialize)]
struct Written<'a> {
    signed: &'a str,
    signature: Signature,
}

impl<T> Serialize for Signed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written { signed: &self.text, signature: self.signature }.serialize(serializer)
    }
}

/// Form 3 carries the text; form 1 the value as an object, whose text is the one that this version writes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Read<T> {
    Text { signed: String, signature: Signature },
    Object { range: T, signature: Signature },
}

impl<'de, T: Signable> Deserialize<'de> for Signed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wrong = <D::Error as serde::de::Error>::custom::<serde_json::Error>;
        match Read::<T>::deserialize(deserializer)? {
            Read::Text { signed, signature } => {
                let value = serde_json::from_str(&signed).map_err(wrong)?;
                Ok(Self { value, text: signed, signature })
            }
            Read::Object { range, signature } => {
                let text = serde_json::to_string(&range).map_err(wrong)?;
                Ok(Self { value: range, text, signature })
            }
        }
    }
}
