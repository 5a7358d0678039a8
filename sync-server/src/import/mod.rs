//! Reference data from CSV, XLSX and JSON files: looked at first or taken at once, whole or without what is faulty; the same file
//! twice changes nothing.

pub mod csv_file;
pub mod encoding;
pub mod header;
mod json_file;
mod parsed;
pub mod reencoded;
mod report;
mod take;
pub mod xlsx_file;

use std::fmt;
use std::path::{Path, PathBuf};

use shared::time::Timestamp;

use crate::packs::PackFileError;
use crate::people::Actor;
use crate::registry::edit::Edit;
use crate::registry::fault::Fault;
use crate::registry::outcome::EditError;
use crate::registry::set::Set;
use crate::store::{Store, StoreError};

use parsed::Parsed;
pub use report::{ChangeLine, FileFault, Report};

/// Bytes of the longest file.
pub const FILE_BYTES_MAX: usize = 100 << 20;

/// Faults that a message shows; a report holds more.
const SHOWN: usize = 20;

/// Why a file was not imported. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("{file} cannot be read: {source}")]
    Read {
        /// Which file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file is too long.
    #[error("{file} is longer than {} MB; split it. Code packs of any length are taken by `sync-server codes import`", FILE_BYTES_MAX >> 20)]
    TooLarge {
        /// Which file.
        file: String,
    },
    /// The bytes are no text.
    #[error("{file} is neither UTF-8 nor GB18030; save it as one of these, or as XLSX")]
    Encoding {
        /// Which file.
        file: String,
    },
    /// Records are faulty.
    #[error("{}", Listed(.0))]
    Faults(Report),
    /// A file of codes is.
    #[error("{0}. {next}", next = next(.0))]
    Pack(#[from] PackFileError),
    /// The database.
    #[error("{0}. Nothing was imported; import it again")]
    Store(#[from] StoreError),
}

fn next(error: &PackFileError) -> &'static str {
    match error {
        PackFileError::Store(_) => "Import it again",
        _ => "Nothing was imported; mend the file and import it again",
    }
}

/// Faults as a person reads them.
struct Listed<'a>(&'a Report);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in self.0.errors.iter().take(SHOWN) {
            writeln!(f, "{}, {}", fault.file, fault.fault)?;
        }
        let beyond = self.0.error_count.saturating_sub(SHOWN as u64);
        if beyond > 0 {
            writeln!(f, "and {beyond} more")?;
        }
        f.write_str(
            "Nothing was imported; mend the file and import it again, or leave out what is faulty with --skip-bad",
        )
    }
}

impl From<EditError> for ImportError {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Store(error) => Self::Store(error),
            EditError::Faults(faults) => Self::Faults(Report::of_faults("", faults)),
            EditError::Missing { .. } | EditError::Foreign { .. } => {
                Self::Store(StoreError::Corrupt("an imported record went missing"))
            }
        }
    }
}

/// One file.
#[derive(Clone, Debug)]
pub struct Source {
    /// What messages call it.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Source {
    /// Reads a file of at most [`FILE_BYTES_MAX`].
    pub fn read(path: &Path) -> Result<Self, ImportError> {
        let name = path.display().to_string();
        let failed = |source| ImportError::Read { file: name.clone(), source };
        if std::fs::metadata(path).map_err(failed)?.len() > FILE_BYTES_MAX as u64 {
            return Err(ImportError::TooLarge { file: name });
        }
        let bytes = std::fs::read(path).map_err(failed)?;
        Ok(Self { name, bytes })
    }
}

/// How files are imported.
#[derive(Clone, Debug)]
pub struct Options {
    /// Of which set the tables are; none: their columns tell.
    pub set: Option<Set>,
    /// Only look: nothing is stored.
    pub preview: bool,
    /// Take what is right, leave what is faulty.
    pub skip_bad: bool,
    /// Who imports.
    pub by: Actor,
}

impl Default for Options {
    /// Whole, of any set, from the shell.
    fn default() -> Self {
        Self { set: None, preview: false, skip_bad: false, by: Actor::shell() }
    }
}

/// Imports files in their order, in one transaction, all or nothing.
pub async fn import(store: &Store, files: &[PathBuf], now: Timestamp) -> Result<Report, ImportError> {
    let sources = files.iter().map(|file| Source::read(file)).collect::<Result<Vec<_>, _>>()?;
    run(store, sources, &Options::default(), now).await
}

/// Imports files in their order, in one transaction. A preview is the same transaction, taken back. Files are read before it begins,
/// beside the other work of the server.
pub async fn run(
    store: &Store,
    sources: Vec<Source>,
    options: &Options,
    now: Timestamp,
) -> Result<Report, ImportError> {
    let set = options.set;
    let parsed = tokio::task::spawn_blocking(move || {
        sources.into_iter().map(|source| Parsed::read(source, set)).collect::<Result<Vec<_>, _>>()
    });
    let parsed = parsed.await.map_err(|_| StoreError::Corrupt("reading a file was broken off"))??;
    let names: Vec<String> = parsed.iter().map(|(file, _)| file.clone()).collect();
    let mut tx = store.write().await?;
    let taken = async {
        let mut edit = Edit::begin(&mut tx, &options.by, now).await?;
        let mut report = Report { preview: options.preview, ..Report::default() };
        for (file, parsed) in parsed {
            take::take(&mut tx, &mut edit, (&file, parsed), options, &mut report).await?;
        }
        if report.error_count > 0 && !options.skip_bad && !options.preview {
            return Err(ImportError::Faults(report));
        }
        if !options.preview {
            let files = names.join(", ");
            edit.finish(&mut tx, ("imported", &files, &report.summary())).await?;
        }
        Ok(report)
    }
    .await;
    match taken {
        Ok(report) if !report.preview => {
            tx.commit().await.map_err(StoreError::from)?;
            Ok(report)
        }
        other => {
            tx.rollback().await.map_err(StoreError::from)?;
            other
        }
    }
}

/// A fault of a whole file.
fn fault_of_file(problem: String) -> Fault {
    Fault::new("1", "", problem).at(1)
}

#[cfg(test)]
mod broken_tests;
#[cfg(test)]
mod tests;
