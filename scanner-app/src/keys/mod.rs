//! The terminal's own key: Ed25519, PKCS#8, readable by its owner only, made on the device and never sent. It lies in a folder of its
//! own, outside the store, its backups and the diagnostics; wrapped where the machine can do that.

mod wrap;

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};
use shared::chain::PublicKey;

pub use wrap::Wrapper;

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
    /// The file is wrapped, and nothing here opens it.
    #[error(
        "the terminal's key {0} is wrapped for another machine or user, or systemd-creds is gone. Start the app as before, or enrol the terminal again"
    )]
    Wrapped(String),
    /// The system gives no random numbers.
    #[error("the system's random source failed; no key was made")]
    Random,
}

/// Makes a key where there is none; keeps the one that is there.
pub fn open_or_make(path: &Path) -> Result<Ed25519KeyPair, KeyError> {
    if is_there(path) { open(path) } else { make(path, None) }
}

/// Makes a new key, in place of none, with its folder; wrapped where `wrapper` can do that.
pub fn make(path: &Path, wrapper: Option<&Wrapper>) -> Result<Ed25519KeyPair, KeyError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|source| KeyError::File { path: folder.display().to_string(), source })?;
    }
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| KeyError::Random)?;
    match wrapper.and_then(|wrapper| wrapper.wrap(pkcs8.as_ref())) {
        Some(wrapped) => write_new(&wrapped_path(path), &wrapped)?,
        None => write_new(path, pkcs8.as_ref())?,
    }
    Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).map_err(|_| KeyError::Damaged(path.display().to_string()))
}

/// Whether there is a key, plain or wrapped.
#[must_use]
pub fn is_there(path: &Path) -> bool {
    path.exists() || wrapped_path(path).exists()
}

/// Opens the key.
pub fn open(path: &Path) -> Result<Ed25519KeyPair, KeyError> {
    open_with(path, Wrapper::of_this_machine().as_ref())
}

fn open_with(path: &Path, wrapper: Option<&Wrapper>) -> Result<Ed25519KeyPair, KeyError> {
    let damaged = |_| KeyError::Damaged(path.display().to_string());
    Ed25519KeyPair::from_pkcs8(&secret(path, wrapper)?).map_err(damaged)
}

/// The PKCS#8 bytes: from the plain file where it is there, else from the wrapped one beside it.
fn secret(path: &Path, wrapper: Option<&Wrapper>) -> Result<Vec<u8>, KeyError> {
    let wrapped = wrapped_path(path);
    if !path.exists() && wrapped.exists() {
        let opened = wrapper.and_then(|wrapper| wrapper.unwrap_file(&wrapped));
        return opened.ok_or_else(|| KeyError::Wrapped(wrapped.display().to_string()));
    }
    fs::read(path).map_err(|source| KeyError::File { path: path.display().to_string(), source })
}

fn wrapped_path(path: &Path) -> PathBuf {
    path.with_extension("cred")
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), KeyError> {
    let file = |source| KeyError::File { path: path.display().to_string(), source };
    let mut new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(file)?;
    new.write_all(bytes).and_then(|()| new.sync_all()).map_err(file)
}

/// The key of an encrypted store: derived from the terminal's key each time, never written anywhere.
#[cfg(feature = "encryption")]
pub struct StoreKey([u8; 32]);

#[cfg(feature = "encryption")]
impl StoreKey {
    /// HKDF-SHA256 over the terminal's PKCS#8 bytes, for one terminal.
    pub fn derive(path: &Path, terminal: shared::ids::TerminalId) -> Result<Self, KeyError> {
        let secret = secret(path, Wrapper::of_this_machine().as_ref())?;
        let salt = ring::hkdf::Salt::new(ring::hkdf::HKDF_SHA256, b"tallyman/store/1");
        let extracted = salt.extract(&secret);
        let info = [terminal.as_bytes().as_slice()];
        let mut key = [0; 32];
        // Fails only for a length beyond 255 hashes, and this is one.
        let filled = extracted.expand(&info, ring::hkdf::HKDF_SHA256).and_then(|expanded| expanded.fill(&mut key));
        filled.map_err(|_| KeyError::Damaged(path.display().to_string()))?;
        Ok(Self(key))
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.0
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
