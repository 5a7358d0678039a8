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

/// The public half.
#[must_use]
pub fn public(key: &Ed25519KeyPair) -> PublicKey {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(key.public_key().as_ref());
    PublicKey::new(bytes)
}
