//! The key that parcels are sealed for: an age identity (X25519), kept beside the server's other keys and in its backups.

use age::secrecy::ExposeSecret;

/// The private key. Its public half is what terminals seal for.
#[derive(Clone)]
pub struct SealedKey(age::x25519::Identity);

/// The text is no such key.
#[derive(Debug, thiserror::Error)]
#[error("no age identity: {0}")]
pub struct SealedKeyError(&'static str);

impl std::fmt::Debug for SealedKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "SealedKey({})", self.recipient())
    }
}

impl SealedKey {
    /// A new key, from the system's random source.
    #[must_use]
    pub fn generate() -> Self {
        Self(age::x25519::Identity::generate())
    }

    /// Reads the text that [`Self::to_text`] wrote.
    pub fn from_text(text: &str) -> Result<Self, SealedKeyError> {
        text.trim().parse().map(Self).map_err(SealedKeyError)
    }

    /// The private key as a line of text, `AGE-SECRET-KEY-1…`.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{}\n", self.0.to_string().expose_secret())
    }

    /// The public half, `age1…`: what terminals are told.
    #[must_use]
    pub fn recipient(&self) -> String {
        self.0.to_public().to_string()
    }

    /// The key itself: for pack files that were encrypted for this server.
    #[must_use]
    pub fn identity(&self) -> age::x25519::Identity {
        self.0.clone()
    }

    /// Opens one age file; none where it was sealed for another key, changed or cut off. What comes out is never longer than what went
    /// in, so the caller's bound on the file is the bound on memory.
    pub(super) fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        age::decrypt(&self.0, sealed).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_the_key() {
        let key = SealedKey::generate();
        let again = SealedKey::from_text(&key.to_text()).unwrap();
        assert_eq!(again.recipient(), key.recipient());
        assert!(key.recipient().starts_with("age1"));
        assert!(!format!("{key:?}").contains("SECRET"));
        assert!(SealedKey::from_text("age1nothing").is_err());
    }
}
