//! Taking the codes of a file in, a chunk at a time: all or nothing, the same file twice changes nothing.

use std::collections::BTreeMap;
use std::fmt;

use shared::code::{CodeKey, PackageCode};
use shared::reference::{CodeRecord, Pack};
use shared::wire::Record;
use sqlx::AnyConnection;

use super::file::{CodeRow, code};
use super::opening::Sealed;
use super::reading::Reading;
use super::unknown;
use crate::nul;
use crate::registry::edit::Edit;
use crate::registry::fault::Fault;
use crate::registry::outcome::{EditError, Outcome};
use crate::store::{self, StoreError};

/// Faults that are named; after so many the file is given up.
const FAULTS_MAX: usize = 20;

/// Why a file of codes was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PackFileError {
    /// Rows are faulty: the first of them.
    #[error("{}", Listed(file, faults))]
    Faults {
        /// Which file.
        file: String,
        /// What is wrong.
        faults: Vec<Fault>,
    },
    /// The file is not the one that its checksum is of.
    #[error(
        "{file} has the checksum {found}, not {told}: it was changed or cut off on its way. Get it again; nothing was imported"
    )]
    Checksum {
        /// Which file.
        file: String,
        /// SHA-256 of its bytes.
        found: String,
        /// What it should be.
        told: String,
    },
    /// The file is encrypted, and cannot be opened.
    #[error("{file}: {why}. Nothing was imported")]
    Sealed {
        /// Which file.
        file: String,
        /// Why not.
        why: Sealed,
    },
    /// The database.
    #[error("{0}. Nothing of the file was kept")]
    Store(#[from] StoreError),
}

struct Listed<'a>(&'a str, &'a [Fault]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.1.iter().map(|fault| format!("{}, {fault}", self.0)).collect();
        f.write_str(&lines.join("\n"))
    }
}

/// What a file of codes came to: packs and codes together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// New ones.
    pub added: u64,
    /// Changed ones.
    pub changed: u64,
    /// Those that were there already, the same.
    pub unchanged: u64,
    /// Of all these, codes.
    pub codes: u64,
}

impl Taken {
    const fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Added => self.added += 1,
            Outcome::Changed => self.changed += 1,
            Outcome::Unchanged => self.unchanged += 1,
        }
    }
}

/// Takes rows of codes in, in their order.
pub async fn take(
    conn: &mut AnyConnection,
    edit: &mut Edit,
    file: &str,
    reading: &mut Reading,
) -> Result<Taken, PackFileError> {
    let mut taking = Taking { packs: BTreeMap::new(), taken: Taken::default(), faults: Vec::new() };
    while let Some(rows) = reading.next().await {
        let mut chunk = Vec::with_capacity(rows.len());
        for row in rows {
            match row {
                Ok(row) => chunk.push(row),
                Err(fault) => taking.faults.push(fault),
            }
        }
        taking.chunk(conn, edit, chunk).await?;
        if taking.faults.len() >= FAULTS_MAX {
            break;
        }
    }
    if taking.faults.is_empty() {
        return Ok(taking.taken);
    }
    taking.faults.sort_by_key(|fault| fault.line);
    taking.faults.truncate(FAULTS_MAX);
    Err(PackFileError::Faults { file: file.to_owned(), faults: taking.faults })
}

struct Taking {
    /// Packs of this file, as they are now.
    packs: BTreeMap<String, Pack>,
    taken: Taken,
    faults: Vec<Fault>,
}

impl Taking {
    async fn chunk(
        &mut self,
        conn: &mut AnyConnection,
        edit: &mut Edit,
        rows: Vec<CodeRow>,
    ) -> Result<(), PackFileError> {
        let mut wanted: Vec<(u64, CodeKey, CodeRecord)> = Vec::with_capacity(rows.len());
        for row in rows {
            if let Some(fault) = self.pack(conn, edit, &row).await? {
                self.faults.push(fault.at(row.line));
                continue;
            }
            match self.code(edit, &row) {
                Ok(record) => wanted.push((row.line, CodeKey::of(&record.code), record)),
                Err(fault) => self.faults.push(fault.at(row.line)),
            }
        }
        let keys: Vec<CodeKey> = wanted.iter().map(|(_, key, _)| *key).collect();
        let mut known = store::code_bulk::known(conn, &keys).await?;
        // By key: what lies together is written together, and a statement names no code twice.
        let mut changed = BTreeMap::new();
        for (line, key, record) in wanted {
            let before = known.get(&key);
            match difference(before, record) {
                Ok(None) => self.taken.count(Outcome::Unchanged),
                Ok(Some(record)) => {
                    self.taken.count(if before.is_none() { Outcome::Added } else { Outcome::Changed });
                    // The next row of this chunk may name it again.
                    known.insert(key, record.clone());
                    changed.insert(key, record);
                }
                Err(fault) => self.faults.push(fault.at(line)),
            }
            self.taken.codes += 1;
        }
        store_codes(conn, edit, changed.into_iter().collect()).await?;
        Ok(())
    }

    /// The pack of a row: new, known and the same, or a fault.
    async fn pack(
        &mut self,
        conn: &mut AnyConnection,
        edit: &mut Edit,
        row: &CodeRow,
    ) -> Result<Option<Fault>, StoreError> {
        for (column, text) in [("pack", &row.pack), ("batch", &row.batch)] {
            if text.contains('\0') {
                return Ok(Some(Fault::new(column, "", nul::PROBLEM)));
            }
        }
        let known = self.packs.get(&row.pack).or_else(|| edit.known.packs.get(&row.pack.as_str().into()));
        let is_seen = self.packs.contains_key(&row.pack);
        let pack = if let Some(pack) = known {
            if let Some(fault) = other_particulars(pack, row) {
                return Ok(Some(fault));
            }
            if is_seen {
                return Ok(None);
            }
            // A file of codes says nothing of loss or use: what is known stays.
            pack.clone()
        } else {
            let (name, product, basis) = (row.pack.as_str(), row.product.as_str(), row.basis.as_str());
            let new = Pack::new(name.into(), product.into(), row.level, basis.into(), edit.now());
            let batch = Some(row.batch.clone()).filter(|batch| !batch.is_empty());
            Pack { inactive: row.inactive, batch, ..new }
        };
        let record = Record::Pack(pack.clone());
        if let Some(fault) = unknown(&edit.known, &record) {
            return Ok(Some(fault));
        }
        let outcome = edit.put(conn, record, crate::registry::Why::Import).await.map_err(store_error)?;
        self.taken.count(outcome);
        self.packs.insert(row.pack.clone(), pack);
        Ok(None)
    }

    fn code(&self, edit: &Edit, row: &CodeRow) -> Result<CodeRecord, Fault> {
        let wrong = |field: &str, text: &str| code(text).map_err(|problem| Fault::new(field, text, problem));
        let found = wrong("code", &row.code)?;
        let parent = if row.parent.is_empty() { None } else { Some(wrong("parent", &row.parent)?) };
        if parent.as_ref() == Some(&found) {
            return Err(Fault::new("parent", &row.parent, "a package cannot be put into itself"));
        }
        is_of_level(edit, row, &found)?;
        // What a later file says of an older pack holds from today: a loss in between freezes the code all the same.
        let is_older = self.packs.get(&row.pack).is_some_and(|pack| pack.issued_at < edit.now());
        let associated_at = parent.as_ref().filter(|_| is_older).map(|_| edit.now());
        let record = CodeRecord::new(found, row.pack.as_str().into(), row.product.as_str().into(), parent);
        Ok(CodeRecord { associated_at, ..record })
    }
}

/// All rows of a pack say the same of it.
fn other_particulars(pack: &Pack, row: &CodeRow) -> Option<Fault> {
    let told = [
        ("product", row.product.as_str(), pack.product.as_str()),
        ("basis", row.basis.as_str(), pack.basis.as_str()),
        ("level", level_word(row.level), level_word(pack.level)),
    ];
    let (field, told, is) = told.into_iter().find(|(_, told, is)| told != is)?;
    Some(Fault::new(field, told, format!("the pack {} is of the {field} `{is}`, not `{told}`", row.pack)))
}

/// The word of a level in files.
#[must_use]
pub const fn level_word(level: shared::reference::Level) -> &'static str {
    match level {
        shared::reference::Level::Unit => "unit",
        shared::reference::Level::Inner => "inner",
        shared::reference::Level::Case => "case",
    }
}

/// A code with a GTIN carries that of its pack's product and level.
fn is_of_level(edit: &Edit, row: &CodeRow, code: &PackageCode) -> Result<(), Fault> {
    let product = edit.known.products.get(&row.product.as_str().into());
    let (Some(product), Some(gtin)) = (product, code.gtin()) else { return Ok(()) };
    match product.level_of(gtin) {
        Some(level) if level.level == row.level => Ok(()),
        _ => {
            let problem = format!("the GTIN {gtin} is not that of {} as {}", row.product, level_word(row.level));
            Err(Fault::new("code", &row.code, problem))
        }
    }
}

/// The record to store; none where it is there already; a fault where what is there contradicts it.
fn difference(before: Option<&CodeRecord>, record: CodeRecord) -> Result<Option<CodeRecord>, Fault> {
    let Some(before) = before else { return Ok(Some(record)) };
    if before.pack != record.pack {
        let problem = format!("the code is of the pack {} already", before.pack);
        return Err(Fault::new("code", record.code.to_string(), problem));
    }
    match (&before.parent, &record.parent) {
        (Some(is), Some(told)) if is != told => {
            Err(Fault::new("parent", told.to_string(), format!("the package is in {is} already")))
        }
        (None, Some(_)) => Ok(Some(CodeRecord { cancelled_at: before.cancelled_at, ..record })),
        _ => Ok(None),
    }
}

/// Stores codes; those that were scanned before are judged again.
pub(crate) async fn store_codes(
    conn: &mut AnyConnection,
    edit: &mut Edit,
    codes: Vec<(CodeKey, CodeRecord)>,
) -> Result<(), StoreError> {
    store::code_bulk::put(conn, &codes, edit.position()).await?;
    let keys: Vec<CodeKey> = codes.iter().map(|(key, _)| *key).collect();
    let scanned = store::code_bulk::scanned(conn, &keys).await?;
    for (key, record) in codes {
        if scanned.contains(key.as_bytes().as_slice()) {
            edit.changes().note(&Record::Code(record), None);
        }
    }
    Ok(())
}

fn store_error(error: EditError) -> StoreError {
    match error {
        EditError::Store(error) => error,
        EditError::Faults(_) | EditError::Missing { .. } | EditError::Foreign { .. } => {
            StoreError::Corrupt("a code pack was taken for another record")
        }
    }
}
