//! Taking the platform's packs in from files of any length: read once, checked against their checksum, all or nothing.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use serde::Serialize;
use shared::ids::PackId;
use shared::time::Timestamp;
use sqlx::AnyConnection;

use super::reading::{Reading, Whole};
use super::{PackFileError, Taken, take};
use crate::people::Actor;
use crate::registry::edit::Edit;
use crate::registry::fault::Fault;
use crate::store::pack::PackAct;
use crate::store::{self, Store};

/// What an import of packs did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PacksImported {
    /// Packs that the file names.
    pub packs: u64,
    /// Codes that the file names.
    pub codes: u64,
    /// Packs and codes that are new.
    pub added: u64,
    /// Packs and codes that changed.
    pub changed: u64,
    /// Packs and codes that were there already, the same.
    pub unchanged: u64,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
}

/// Opens a file of codes; errors name it.
pub fn open(path: &Path) -> Result<BufReader<File>, PackFileError> {
    let file = path.display().to_string();
    let opened = File::open(path);
    let opened = opened.map_err(|why| PackFileError::Faults {
        file,
        faults: vec![Fault::new("1", "", format!("the file cannot be read: {why}")).at(1)],
    })?;
    Ok(BufReader::with_capacity(1 << 18, opened))
}

/// Takes a file in, in a transaction of its own. `told` is the checksum that came by another way, in hex.
pub async fn import(
    store: &Store,
    reading: Reading,
    told: Option<&str>,
    (by, now): (&Actor, Timestamp),
) -> Result<PacksImported, PackFileError> {
    let mut tx = store.write().await?;
    store::cache::widen(&mut tx).await?;
    let done = import_in(&mut tx, reading, told, (by, now)).await;
    store::cache::narrow(&mut tx).await?;
    store::end(tx, done).await
}

async fn import_in(
    conn: &mut AnyConnection,
    mut reading: Reading,
    told: Option<&str>,
    (by, now): (&Actor, Timestamp),
) -> Result<PacksImported, PackFileError> {
    let mut edit = Edit::begin(conn, by, now).await?;
    let file = &reading.file().to_owned();
    let taken = take(conn, &mut edit, file, &mut reading).await?;
    let Whole { sha256, counts } = reading.whole().await?;
    if let Some(told) = told.filter(|told| !told.eq_ignore_ascii_case(&sha256)) {
        return Err(PackFileError::Checksum { file: file.to_owned(), found: sha256, told: told.to_owned() });
    }
    if taken.added + taken.changed > 0 {
        for (pack, codes) in &counts {
            let detail = format!("{file} {sha256}");
            let act = PackAct { at: now, act: "imported".into(), codes: *codes, by: by.name.clone(), detail };
            store::pack::note(conn, &PackId::from(pack.as_str()), &act).await?;
        }
    }
    let Taken { added, changed, unchanged, codes } = taken;
    let why = format!("{sha256}: {codes} codes, {added} added, {changed} changed, {unchanged} unchanged");
    edit.finish(conn, ("packs-imported", file, &why)).await?;
    Ok(PacksImported { packs: counts.len() as u64, codes, added, changed, unchanged, sha256 })
}
