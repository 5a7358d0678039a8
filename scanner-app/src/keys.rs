//! The terminal's own key: Ed25519, PKCS#8, readable by its owner only, made on the device and never sent.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};
use shared::chain::PublicKey;

/// Why the key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("the terminal's key {path} cannot be used: {source}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file holds no key.
    #[error("{0} holds no Ed25519 key; the terminal must be enrolled again")]
    Damaged(String),
    /// The system gives no random numbers.
    #[error("the system's random source failed; no key was made")]
    Random,
}

/// Makes a key where there is none; keeps the one that is there.
pub fn open_or_make(path: &Path) -> Result<Ed25519KeyPair, KeyError> {
    if !path.exists() {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| KeyError::Random)?;
        let file = |source| KeyError::File { path: path.display().to_string(), source };
        let mut new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(file)?;
        new.write_all(pkcs8.as_ref()).and_then(|()| new.sync_all()).map_err(file)?;
    }
    open(path)
}

/// Opens the key.
pub fn open(path: &Path) -> Result<Ed25519KeyPair, KeyError> {
    let shown = path.display().to_string();
    let bytes = fs::read(path).map_err(|source| KeyError::File { path: shown.clone(), source })?;
    Ed25519KeyPair::from_pkcs8(&bytes).map_err(|_| KeyError::Damaged(shown))
}

/// The key of an encrypted store: derived from the terminal's key each time, never written anywhere.
#[cfg(feature = "encryption")]
pub struct StoreKey([u8; 32]);

#[cfg(feature = "encryption")]
impl StoreKey {
    /// HKDF-SHA256 over the terminal's PKCS#8 file, for one terminal.
    pub fn derive(path: &Path, terminal: shared::ids::TerminalId) -> Result<Self, KeyError> {
        let file = |source| KeyError::File { path: path.display().to_string(), source };
        let secret = fs::read(path).map_err(file)?;
        let salt = ring::hkdf::Salt::new(ring::hkdf::HKDF_SHA256, b"tallyman/store/1");
        let extracted = salt.extract(&secret);
        let info = [terminal.as_bytes().as_slice()];
        let mut key = [0; 32];
        // Fails only for a length beyond 255 hashes, and this is one.
        let filled = extracted.expand(&info, ring::hkdf::HKDF_SHA256).and_then(|expanded| expanded.fill(&mut key));
        filled.map_err(|_| KeyError::Damaged(path.display().to_string()))?;
        Ok(Self(key))
    }

    /// Sixty-four hex digits, as SQLCipher takes a raw key.
    pub(crate) fn hex(&self) -> String {
        shared::chain::Hash::new(self.0).to_string()
    }
}

#[cfg(feature = "encryption")]
impl std::fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoreKey(..)")
    }
}

/// The public half.
#[must_use]
pub fn public(key: &Ed25519KeyPair) -> PublicKey {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(key.public_key().as_ref());
    PublicKey::new(bytes)
}
