//! Pack files that came encrypted (age): opened as they are read, with what the importer has for it.

use age::secrecy::SecretString;
use age::{Decryptor, Identity, scrypt, x25519};

/// How an encrypted file starts.
pub(super) const SEALED: &[u8] = b"age-encryption.org/";

/// What may open an encrypted file: keys, and a passphrase.
#[derive(Default)]
pub struct PackKeys(Vec<Box<dyn Identity + Send>>);

/// The text is no key.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("this is no age key: one is a line that starts with `AGE-SECRET-KEY-1`; give that line alone")]
pub struct NoKey;

/// The file cannot be opened.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error(
    "the file is encrypted, and nothing that was given opens it: give the key that it was made for, or its passphrase; where that is right, it was changed or cut off on its way"
)]
pub struct Sealed;

impl PackKeys {
    /// Also this key: the server's own, that the platform may encrypt for.
    #[must_use]
    pub fn with_own(mut self, key: x25519::Identity) -> Self {
        self.0.push(Box::new(key));
        self
    }

    /// Also the key of a text, as `age-keygen` writes it: remarks (`#`) and empty lines may stand around it.
    pub fn with_key(self, text: &str) -> Result<Self, NoKey> {
        let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
        let key: x25519::Identity = line.ok_or(NoKey)?.parse().map_err(|_| NoKey)?;
        Ok(self.with_own(key))
    }

    /// Also a passphrase.
    #[must_use]
    pub fn with_passphrase(mut self, text: String) -> Self {
        self.0.push(Box::new(scrypt::Identity::new(SecretString::from(text))));
        self
    }

    /// What is inside a file, as it is read.
    pub(super) fn open<'a, R: std::io::BufRead + 'a>(
        &self,
        input: R,
    ) -> Result<impl std::io::Read + use<'a, R>, Sealed> {
        let opener = Decryptor::new_buffered(input).map_err(|_| Sealed)?;
        let keys = self.0.iter().map(|key| key.as_ref() as &dyn Identity);
        opener.decrypt(keys).map_err(|_| Sealed)
    }
}

impl std::fmt::Debug for PackKeys {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "PackKeys({})", self.0.len())
    }
}
