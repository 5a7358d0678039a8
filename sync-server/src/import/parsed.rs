//! What a file says, read without asking the registry: it may take seconds, while which nobody waits for the database.

use super::csv_file::{self, Table};
use super::json_file::Numbered;
use super::{FILE_BYTES_MAX, ImportError, Source, encoding, json_file, xlsx_file};
use crate::registry::fault::Fault;
use crate::registry::set::Set;

/// How an XLSX container starts.
const CONTAINER: &[u8] = b"PK\x03\x04";

/// A file's content, or what is wrong with it as a whole.
#[derive(Debug)]
pub(super) enum Parsed {
    /// Rows under a header.
    Table(Result<Table, Vec<Fault>>),
    /// Objects, each with its number.
    Objects(Result<Vec<Numbered>, Vec<Fault>>),
    /// A code pack's file, which is read row by row.
    Codes(String),
}

impl Parsed {
    /// Reads a file; its name comes along.
    pub(super) fn read(source: Source, set: Option<Set>) -> Result<(String, Self), ImportError> {
        let Source { name: file, bytes } = source;
        if bytes.len() > FILE_BYTES_MAX {
            return Err(ImportError::TooLarge { file });
        }
        if bytes.starts_with(CONTAINER) {
            return Ok((file, Self::Table(xlsx_file::read(set, &bytes))));
        }
        let Some(text) = encoding::decode(&bytes) else { return Err(ImportError::Encoding { file }) };
        let parsed = if text.trim_start().starts_with(['[', '{']) {
            Self::Objects(json_file::read(&text))
        } else if set.is_none() && csv_file::is_of_codes(&text) {
            Self::Codes(text.into_owned())
        } else {
            Self::Table(csv_file::read(set, &text))
        };
        Ok((file, parsed))
    }
}
