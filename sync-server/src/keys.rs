//! The server's own keys, made at first start in the data folder (0600): the Ed25519 key that signs acknowledgements, and the age key
//! that parcels are sealed for. The CA lies beside them (`identity::authority`).

use std::fs;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use shared::chain::PublicKey;

use crate::sealed::SealedKey;

/// Why the keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A file cannot be read or written.
    #[error("the key file {path} cannot be used: {source}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A certificate cannot be made.
    #[error("the server's certificate cannot be made: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The system gives no random numbers.
    #[error("the system's random source failed; nothing was made")]
    Random,
    /// What a file holds is no key.
    #[error("{0} does not hold the key that it should; restore it from the backup")]
    Damaged(String),
    /// TLS cannot be set up with them.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

/// The keys of one server.
#[derive(Debug)]
pub struct ServerKeys {
    /// Signs acknowledgements.
    pub ack: Ed25519KeyPair,
    /// Its public half: terminals pin it.
    pub server_key: PublicKey,
    /// PEM file of the CA: terminals pin it too.
    pub ca_file: PathBuf,
    /// Opens parcels that came without a network.
    pub sealed: SealedKey,
}

impl ServerKeys {
    /// Opens the keys of a data folder; makes those that are missing.
    pub fn open(data: &Path) -> Result<Self, KeyError> {
        let folder = data.join("keys");
        fs::create_dir_all(&folder).map_err(|source| file_error(&folder, source))?;
        let ca_file = folder.join("ca.pem");
        let ack_file = folder.join("acknowledgement.pk8");
        if !ack_file.exists() {
            let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| KeyError::Random)?;
            write_secret(&ack_file, pkcs8.as_ref())?;
        }
        let bytes = fs::read(&ack_file).map_err(|source| file_error(&ack_file, source))?;
        let damaged = || KeyError::Damaged(ack_file.display().to_string());
        let ack = Ed25519KeyPair::from_pkcs8(&bytes).map_err(|_| damaged())?;
        let public: [u8; 32] = ack.public_key().as_ref().try_into().map_err(|_| damaged())?;
        let sealed = sealed_key(&folder)?;
        Ok(Self { ack, server_key: PublicKey::new(public), ca_file, sealed })
    }
}

fn sealed_key(folder: &Path) -> Result<SealedKey, KeyError> {
    let file = folder.join("sealed.age");
    if !file.exists() {
        write_secret(&file, SealedKey::generate().to_text().as_bytes())?;
    }
    let text = fs::read_to_string(&file).map_err(|source| file_error(&file, source))?;
    SealedKey::from_text(&text).map_err(|_| KeyError::Damaged(file.display().to_string()))
}

fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), KeyError> {
    let file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    let mut file = file.map_err(|source| file_error(path, source))?;
    let done = file.write_all(bytes).and_then(|()| file.set_permissions(fs::Permissions::from_mode(0o600)));
    done.and_then(|()| file.sync_all()).map_err(|source| file_error(path, source))
}

fn file_error(path: &Path, source: std::io::Error) -> KeyError {
    KeyError::File { path: path.display().to_string(), source }
}
