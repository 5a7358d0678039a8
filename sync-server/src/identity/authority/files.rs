//! The CA's files. What says that something is complete is written last.

use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use base64ct::{Base64, Encoding};
use serde::{Deserialize, Serialize};
use shared::chain::Hash;
use shared::time::Timestamp;

use crate::keys::KeyError;

pub(super) const CA: &str = "ca.pem";
pub(super) const CA_KEY: &str = "ca.key";
pub(super) const NEXT_CA: &str = "next-ca.pem";
pub(super) const NEXT_CA_KEY: &str = "next-ca.key";
/// CAs of before: their client certificates are taken until they run out.
pub(super) const OLD_CAS: &str = "old-cas.pem";
pub(super) const SERVER: &str = "server.pem";
pub(super) const SERVER_KEY: &str = "server.key";
const MADE: &str = "server.json";

/// For what the server's certificate was made.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Made {
    pub(super) ca: Hash,
    pub(super) names: Vec<String>,
    pub(super) expires_at: Timestamp,
}

impl Made {
    /// Whether it is from the same CA for the same names, with at least `left_ms` to its end.
    pub(super) fn will_do(&self, wanted: &Self, now: Timestamp, left_ms: i64) -> bool {
        self.ca == wanted.ca && self.names == wanted.names && now.plus_ms(left_ms) < self.expires_at
    }
}

/// The folder of all keys, for its owner only.
pub(super) fn folder(data: &Path) -> Result<PathBuf, KeyError> {
    let folder = data.join("keys");
    fs::create_dir_all(&folder).map_err(|source| file_error(&folder, source))?;
    Ok(folder)
}

pub(super) fn made(folder: &Path) -> Result<Option<Made>, KeyError> {
    let path = folder.join(MADE);
    let Some(text) = read_if_there(&path)? else { return Ok(None) };
    serde_json::from_str(&text).map(Some).map_err(|_| KeyError::Damaged(path.display().to_string()))
}

pub(super) fn forget_made(folder: &Path) -> Result<(), KeyError> {
    remove(&folder.join(MADE))
}

pub(super) fn note_made(folder: &Path, made: &Made) -> Result<(), KeyError> {
    let path = folder.join(MADE);
    let json = serde_json::to_vec(made).map_err(|_| KeyError::Damaged(path.display().to_string()))?;
    write_public(&path, &json)
}

pub(super) fn read(path: &Path) -> Result<String, KeyError> {
    fs::read_to_string(path).map_err(|source| file_error(path, source))
}

pub(super) fn read_if_there(path: &Path) -> Result<Option<String>, KeyError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(file_error(path, source)),
    }
}

pub(super) fn remove(path: &Path) -> Result<(), KeyError> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != ErrorKind::NotFound => Err(file_error(path, source)),
        _ => Ok(()),
    }
}

pub(super) fn rename(from: &Path, to: &Path) -> Result<(), KeyError> {
    fs::rename(from, to).map_err(|source| file_error(from, source))
}

/// A file that only its owner may read, on the disk when this returns.
pub(super) fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), KeyError> {
    write(path, bytes, 0o600)
}

/// A file that everyone may read, on the disk when this returns.
pub(super) fn write_public(path: &Path, bytes: &[u8]) -> Result<(), KeyError> {
    write(path, bytes, 0o644)
}

/// Beside its place first, then renamed: nobody sees half a file.
fn write(path: &Path, bytes: &[u8], mode: u32) -> Result<(), KeyError> {
    let new = path.with_extension("new");
    let file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&new);
    let mut file = file.map_err(|source| file_error(&new, source))?;
    let done = file.set_permissions(fs::Permissions::from_mode(mode)).and_then(|()| file.write_all(bytes));
    done.and_then(|()| file.sync_all()).map_err(|source| file_error(&new, source))?;
    rename(&new, path)
}

pub(super) fn certificate_pem(der: &[u8]) -> String {
    let text = Base64::encode_string(der);
    let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\n");
    format!("-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n")
}

fn file_error(path: &Path, source: std::io::Error) -> KeyError {
    KeyError::File { path: path.display().to_string(), source }
}
