//! Reference data and platform code packs from CSV and JSON files: all or nothing, the same file twice changes nothing.

mod csv_file;
mod json_file;

use std::path::{Path, PathBuf};

use serde::Serialize;
use shared::ids::BasisId;
use shared::reference::{Quota, References, Relocation, StockReport};
use shared::time::Timestamp;
use shared::wire::Record;
use sqlx::AnyConnection;

use crate::reconcile::{self, Touched};
use crate::store::{self, Store, StoreError};

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
    /// The header row names no known kind of record.
    #[error("{file}, line 1: the columns are of no known kind. Known are:\n{known}")]
    Header {
        /// Which file.
        file: String,
        /// The known headers, a line each.
        known: String,
    },
    /// One place of the file is wrong.
    #[error("{file}, line {line}, column {column}: {why}. Nothing was imported; mend the file and import it again")]
    Place {
        /// Which file.
        file: String,
        /// Counted from 1.
        line: u64,
        /// The column's name, or its number counted from 1.
        column: String,
        /// What is wrong.
        why: String,
    },
    /// A record names another that nobody knows.
    #[error("{file}: {what}. Import that first; nothing was imported")]
    Unknown {
        /// Which file.
        file: String,
        /// What is missing.
        what: String,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Records that are new or changed.
    pub imported: u64,
    /// Records that were there already, the same.
    pub unchanged: u64,
}

/// Imports files in their order, in one transaction.
pub async fn import(store: &Store, files: &[PathBuf], now: Timestamp) -> Result<Imported, ImportError> {
    let mut tx = store.write().await?;
    match import_all(&mut tx, files, now).await {
        Ok(imported) => {
            tx.commit().await.map_err(StoreError::from)?;
            Ok(imported)
        }
        Err(error) => {
            tx.rollback().await.map_err(StoreError::from)?;
            Err(error)
        }
    }
}

async fn import_all(conn: &mut AnyConnection, files: &[PathBuf], now: Timestamp) -> Result<Imported, ImportError> {
    let position = store::next_position(conn).await?;
    let mut references = store::reference::load_all(conn).await?;
    let mut done = Imported::default();
    let mut touched = Touched::default();
    for file in files {
        for record in records(file, &references, now)? {
            known(&references, file, &record)?;
            let record = with_credentials(record, &references);
            if put(conn, &record, position).await? {
                done.imported += 1;
                touch(&mut touched, &record);
                touch_before(conn, &mut touched, &references, &record).await?;
            } else {
                done.unchanged += 1;
            }
            if !matches!(record, Record::Code(_)) {
                references.insert(record);
            }
        }
    }
    reconcile::references_changed(conn, &touched, now, position).await?;
    Ok(done)
}

fn records(path: &Path, references: &References, now: Timestamp) -> Result<Vec<Record>, ImportError> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|source| ImportError::Read { file: file.clone(), source })?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with(['[', '{']) {
        json_file::read(&file, text)
    } else {
        csv_file::read(&file, text, references, now)
    }
}

/// A staff list is imported without badges and PINs: those that were set stay.
fn with_credentials(record: Record, references: &References) -> Record {
    match record {
        Record::Operator(operator) => match references.operators.get(&operator.operator) {
            Some(before) => Record::Operator(operator.or_credentials_of(before)),
            None => Record::Operator(operator),
        },
        other => other,
    }
}

/// Stores one record.
pub(crate) async fn put(conn: &mut AnyConnection, record: &Record, position: u64) -> Result<bool, StoreError> {
    match record {
        Record::Code(code) => store::code::put(conn, code, position).await,
        other => store::reference::put(conn, other, position).await,
    }
}

/// What a changed record may change in verdicts.
pub(crate) fn touch(touched: &mut Touched, record: &Record) {
    match record {
        Record::Basis(basis) => drop(touched.bases.insert(basis.basis.clone())),
        Record::Document(document) => drop(touched.bases.insert(document.basis.clone())),
        Record::Pack(pack) => drop(touched.bases.insert(pack.basis.clone())),
        Record::Code(code) => drop(touched.codes.insert(code.code.clone())),
        Record::Application(application) => drop(touched.bases.insert(application.basis.clone())),
        Record::Quota(Quota { member, .. })
        | Record::Relocation(Relocation { member, .. })
        | Record::StockReport(StockReport { member, .. }) => drop(touched.members.insert(member.clone())),
        // What they change may concern any basis: `touch_before` names those.
        Record::Member(_)
        | Record::Site(_)
        | Record::Product(_)
        | Record::Operator(_)
        | Record::Carrier(_)
        | Record::Policy(_)
        | Record::Manifest(_)
        | Record::Mismatch(_)
        | Record::Server(_) => {}
    }
}

/// What the record as it was before may change in verdicts: a document that moves leaves its old basis, and a product decides
/// the level and the count of every code that carries its GTINs, whatever basis it was scanned under.
async fn touch_before(
    conn: &mut AnyConnection,
    touched: &mut Touched,
    references: &References,
    record: &Record,
) -> Result<(), StoreError> {
    match record {
        Record::Document(document) => {
            touched.bases.extend(references.documents.get(&document.document).map(|before| before.basis.clone()));
        }
        Record::Pack(pack) => touched.bases.extend(references.packs.get(&pack.pack).map(|before| before.basis.clone())),
        Record::Product(_)
        | Record::Member(_)
        | Record::Site(_)
        | Record::Operator(_)
        | Record::Carrier(_)
        | Record::Policy(_) => touched.bases.extend(store::event::bases_worked_on(conn).await?),
        _ => {}
    }
    Ok(())
}

/// A document needs its basis, a pack its contract and product, a code its pack.
fn known(references: &References, path: &Path, record: &Record) -> Result<(), ImportError> {
    let basis_known = |basis: &BasisId| references.bases.contains_key(basis);
    let what = match record {
        Record::Document(document) if !basis_known(&document.basis) => {
            format!("document {} names the unknown contract or order {}", document.document, document.basis)
        }
        Record::Pack(pack) if !basis_known(&pack.basis) => {
            format!("pack {} names the unknown contract {}", pack.pack, pack.basis)
        }
        Record::Pack(pack) if !references.products.contains_key(&pack.product) => {
            format!("pack {} names the unknown product {}", pack.pack, pack.product)
        }
        Record::Code(code) if !references.packs.contains_key(&code.pack) => {
            format!("code {} names the unknown pack {}", code.code, code.pack)
        }
        _ => return Ok(()),
    };
    Err(ImportError::Unknown { file: path.display().to_string(), what })
}

#[cfg(test)]
mod tests;
