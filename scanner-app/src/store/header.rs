//! The first hundred bytes of a store, read by hand: what is not ours is refused before SQLite, or anybody, writes to it.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::cipher;
use super::salvage::{PAGE_BYTES, frames};
use super::{APPLICATION_ID, StoreError};

/// What every SQLite file starts with.
pub(super) const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// What lies at a store's path, as far as its header tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Header {
    /// Nothing, or a file without a byte.
    Absent,
    /// An SQLite file that may be ours.
    Ours,
    /// The very first transaction was cut off: its rollback journal puts the file right.
    CutOff,
}

/// Reads the header. A foreign file stays as it is, byte for byte.
pub(super) fn read(path: &Path) -> Result<Header, StoreError> {
    let shown = path.display().to_string();
    let failed = |source| StoreError::File { path: shown.clone(), source };
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Header::Absent),
        Err(source) => return Err(failed(source)),
    };
    let mut header = Vec::new();
    file.by_ref().take(100).read_to_end(&mut header).map_err(failed)?;
    if header.is_empty() {
        return Ok(Header::Absent);
    }
    if is_cut_off(path, &file)? {
        return Ok(Header::CutOff);
    }
    let foreign = |found| Err(StoreError::Foreign { path: shown.clone(), found });
    if cipher::is_on() {
        return if header.starts_with(MAGIC) {
            foreign("not encrypted, and this app encrypts")
        } else {
            Ok(Header::Ours)
        };
    }
    if header.len() < 100 || !header.starts_with(MAGIC) {
        return if log_holds_first_page(path) { Ok(Header::Ours) } else { foreign("not an SQLite file") };
    }
    let id = &header[68..72];
    // Our own first page may still be in the write-ahead log: then this file has no identity and no schema yet.
    let in_log = id == [0; 4] && header[40..44] == [0; 4];
    if id == APPLICATION_ID.to_be_bytes() || in_log {
        return Ok(Header::Ours);
    }
    foreign("an SQLite file of another program")
}

/// A power cut in a checkpoint may tear the first page; the write-ahead log still holds it whole, and SQLite reads it there.
fn log_holds_first_page(path: &Path) -> bool {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    let wal = std::fs::read(Path::new(&name)).unwrap_or_default();
    let is_ours = |page: &[u8]| page.starts_with(MAGIC) && page.get(68..72) == Some(&APPLICATION_ID.to_be_bytes());
    frames(&wal, PAGE_BYTES).iter().any(|(number, page)| *number == 1 && is_ours(page))
}

/// A power cut in the first transaction of a new file leaves one page of anything, and a journal that says the file was empty.
/// Only then is the header worth nothing: a file that held something before is never taken for such a one.
fn is_cut_off(path: &Path, file: &File) -> Result<bool, StoreError> {
    const JOURNAL_MAGIC: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
    let failed = |source| StoreError::File { path: path.display().to_string(), source };
    let mut name = path.as_os_str().to_owned();
    name.push("-journal");
    let Ok(mut journal) = File::open(Path::new(&name)) else { return Ok(false) };
    let mut head = [0; 20];
    let starts_empty = journal.read_exact(&mut head).is_ok() && head[..8] == JOURNAL_MAGIC && head[16..20] == [0; 4];
    Ok(starts_empty && file.metadata().map_err(failed)?.len() <= 4096)
}
