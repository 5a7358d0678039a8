//! The bundle's file: tar in zstd, whole or not at all.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use shared::time::Timestamp;

use super::gather::Part;

/// Compression level: small enough to send from a dead zone's edge.
const ZSTD_LEVEL: i32 = 9;

/// Why there is no bundle.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// Something is there already.
    #[error("{0} is there already and was left as it is; name another file with --to")]
    Exists(String),
    /// The file cannot be written.
    #[error("{path} cannot be written: {source}. Name a file on a disk with room with --to")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
}

/// Writes the parts as `FILE` (tar.zst). Answers its size in bytes.
pub fn write(to: &Path, parts: &[Part], now: Timestamp) -> Result<u64, BundleError> {
    let shown = to.display().to_string();
    if to.exists() {
        return Err(BundleError::Exists(shown));
    }
    let part = partial(to);
    let written = packed(&part, parts, now).and_then(|()| fs::rename(&part, to)).and_then(|()| fs::metadata(to));
    match written {
        Ok(found) => Ok(found.len()),
        Err(source) => {
            // Half a bundle helps nobody.
            let _ = fs::remove_file(&part);
            Err(BundleError::File { path: shown, source })
        }
    }
}

fn partial(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

fn packed(path: &Path, parts: &[Part], now: Timestamp) -> io::Result<()> {
    let file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
    let mut tar = tar::Builder::new(zstd::Encoder::new(file, ZSTD_LEVEL)?);
    for part in parts {
        let mut header = tar::Header::new_ustar();
        header.set_size(part.bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(u64::try_from(now.as_ms() / 1_000).unwrap_or(0));
        tar.append_data(&mut header, format!("tallyman-diagnostics/{}", part.name), part.bytes.as_slice())?;
    }
    tar.into_inner()?.finish()?.sync_all()
}
