//! Taking the platform's packs in from files of any length: read once, checked against their checksum, all or nothing.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use ring::digest::{Context, SHA256};
use serde::Serialize;
use shared::ids::PackId;
use shared::time::Timestamp;
use sqlx::AnyConnection;

use super::file::{CodeRow, CsvRows, JsonRows};
use super::{PackFileError, Taken, take};
use crate::registry::edit::Edit;
use crate::registry::fault::Fault;
use crate::store::pack::PackAct;
use crate::store::{self, Store, StoreError};

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
    (file, input): (&str, impl BufRead + Send),
    told: Option<&str>,
    (by, now): (&str, Timestamp),
) -> Result<PacksImported, PackFileError> {
    let mut tx = store.write().await?;
    match import_in(&mut tx, (file, input), told, (by, now)).await {
        Ok(done) => {
            tx.commit().await.map_err(StoreError::from)?;
            Ok(done)
        }
        Err(error) => {
            tx.rollback().await.map_err(StoreError::from)?;
            Err(error)
        }
    }
}

async fn import_in(
    conn: &mut AnyConnection,
    (file, input): (&str, impl BufRead + Send),
    told: Option<&str>,
    (by, now): (&str, Timestamp),
) -> Result<PacksImported, PackFileError> {
    let mut edit = Edit::begin(conn, by, now).await?;
    let faulty = |faults| PackFileError::Faults { file: file.to_owned(), faults };
    let mut hashed = BufReader::with_capacity(1 << 16, Hashed { input, digest: Context::new(&SHA256) });
    let first = first_byte(&mut hashed).map_err(|why| faulty(vec![Fault::new("1", "", why.to_string()).at(1)]))?;
    let mut counts = BTreeMap::new();
    let taken = if matches!(first, Some(b'[' | b'{')) {
        let rows = Counted { rows: JsonRows::new(&mut hashed), counts: &mut counts };
        take(conn, &mut edit, file, rows).await?
    } else {
        let rows = CsvRows::new(&mut hashed).map_err(|fault| faulty(vec![fault]))?;
        take(conn, &mut edit, file, Counted { rows, counts: &mut counts }).await?
    };
    let sha256 =
        hashed.into_inner().finish().map_err(|why| faulty(vec![Fault::new("1", "", why.to_string()).at(1)]))?;
    if let Some(told) = told.filter(|told| !told.eq_ignore_ascii_case(&sha256)) {
        return Err(PackFileError::Checksum { file: file.to_owned(), found: sha256, told: told.to_owned() });
    }
    if taken.added + taken.changed > 0 {
        for (pack, codes) in &counts {
            let detail = format!("{file} {sha256}");
            let act = PackAct { at: now, act: "imported".into(), codes: *codes, by: by.into(), detail };
            store::pack::note(conn, &PackId::from(pack.as_str()), &act).await?;
        }
    }
    edit.finish(conn).await?;
    let Taken { added, changed, unchanged, codes } = taken;
    Ok(PacksImported { packs: counts.len() as u64, codes, added, changed, unchanged, sha256 })
}

/// The first byte that is neither space nor a mark of UTF-8, left in place.
fn first_byte(input: &mut impl BufRead) -> std::io::Result<Option<u8>> {
    loop {
        let Some(byte) = input.fill_buf()?.first().copied() else { return Ok(None) };
        if !byte.is_ascii_whitespace() && ![0xef, 0xbb, 0xbf].contains(&byte) {
            return Ok(Some(byte));
        }
        input.consume(1);
    }
}

/// Bytes that are hashed as they are read.
struct Hashed<R> {
    input: R,
    digest: Context,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.input.read(into)?;
        self.digest.update(&into[..read]);
        Ok(read)
    }
}

impl<R: Read> Hashed<R> {
    /// Reads what is left, and answers the hash of all.
    fn finish(mut self) -> std::io::Result<String> {
        std::io::copy(&mut self, &mut std::io::sink())?;
        Ok(hex::encode(self.digest.finish()))
    }
}

/// Rows, counted by pack as they pass.
struct Counted<'a, I> {
    rows: I,
    counts: &'a mut BTreeMap<String, u64>,
}

impl<I: Iterator<Item = Result<CodeRow, Fault>>> Iterator for Counted<'_, I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        let row = self.rows.next()?;
        if let Ok(row) = &row {
            match self.counts.get_mut(&row.pack) {
                Some(count) => *count += 1,
                None => drop(self.counts.insert(row.pack.clone(), 1)),
            }
        }
        Some(row)
    }
}
