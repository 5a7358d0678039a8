//! Damage, looked for before anything is written: by a connection that cannot write, at a cost that does not grow with the log.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OptionalExtension, params};
use shared::chain::{Hash, epoch_hash, event_hash};
use shared::ids::{EpochId, TerminalId};

use super::open::{read_only, refuse_foreign_schema, refuse_newer};
use super::{StoreError, cipher, meta};

/// Events at the log's end whose chain is checked at each start.
const TAIL_EVENTS: i64 = 64;

/// Up to this size every page is looked at when the store is opened, in bytes; beyond it the log's end and the small tables are,
/// and `verify-log` looks at the rest.
const WHOLE_BYTES_MAX: u64 = 8 << 20;

/// Refuses a damaged store, one of another program, and one of a newer version. Nothing is written.
pub(super) fn inspect(path: &Path, vfs: Option<&str>) -> Result<(), StoreError> {
    let named = |error| match error {
        StoreError::Damaged { what, .. } => StoreError::Damaged { path: path.display().to_string(), what },
        StoreError::Corrupt(what) => StoreError::Damaged { path: path.display().to_string(), what: what.to_owned() },
        other => other,
    };
    match look(path, vfs).map_err(named) {
        // A journal or a write-ahead log is to be taken in first, which a reader cannot do: SQLite does it when it opens to write.
        Err(StoreError::Sql(error)) if is_for_a_writer(&error) => Ok(()),
        other => other,
    }
}

fn look(path: &Path, vfs: Option<&str>) -> Result<(), StoreError> {
    let conn = read_only(path, vfs)?;
    refuse_foreign_schema(&conn, path)?;
    let schema = refuse_newer(&conn)?;
    if schema == 0 {
        return Ok(());
    }
    // Asked of the file system: an encrypted store's pragmas answer in words.
    if std::fs::metadata(path).is_ok_and(|found| found.len() <= WHOLE_BYTES_MAX) {
        pages_are_sound(&conn, "quick_check(1)")?;
    } else {
        for table in ["meta", "epoch", "task"] {
            pages_are_sound(&conn, &format!("quick_check({table})"))?;
        }
    }
    tail_is_sound(&conn, schema)
}

/// Looks at every page, and that every index agrees with its table. Takes time in proportion to the file.
pub(super) fn whole(conn: &Connection) -> Result<(), StoreError> {
    pages_are_sound(conn, "integrity_check(1)")
}

fn pages_are_sound(conn: &Connection, check: &str) -> Result<(), StoreError> {
    let said: String = conn.query_row(&format!("pragma {check}"), [], |row| row.get(0))?;
    if said == "ok" {
        return Ok(());
    }
    // SQLite's words name trees and pages, which helps whoever repairs it.
    Err(damaged(said.lines().next_back().unwrap_or_default().trim()))
}

fn tail_is_sound(conn: &Connection, schema: i64) -> Result<(), StoreError> {
    let unknown = "select count(*) from (select epoch from log order by rowid desc limit 1) where epoch not in (select epoch from epoch)";
    if conn.query_row(unknown, [], |row| row.get::<_, i64>(0))? > 0 {
        return Err(damaged("the newest event is of an epoch that it does not know"));
    }
    let newest = "select epoch from epoch order by ordinal desc limit 1";
    let Some(epoch): Option<String> = conn.query_row(newest, [], |row| row.get(0)).optional()? else { return Ok(()) };
    let terminal: Option<TerminalId> = meta(conn, "terminal")?.and_then(|text| text.parse().ok());
    let (Some(terminal), Ok(id)) = (terminal, epoch.parse::<EpochId>()) else {
        return Err(damaged("it does not say whose it is"));
    };
    let sql = match schema {
        1 => "select seq, body, hash from log where epoch = ?1 order by seq desc limit ?2",
        _ => {
            "select l.seq, l.body, l.hash from epoch e join log l on l.event_no > e.ordinal << 40 \
             and l.event_no < (e.ordinal + 1) << 40 where e.epoch = ?1 order by l.event_no desc limit ?2"
        }
    };
    let mut statement = conn.prepare(sql)?;
    let rows = statement.query_map(params![epoch, TAIL_EVENTS + 1], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?, Hash::new(row.get::<_, [u8; 32]>(2)?)))
    })?;
    let rows: Vec<_> = rows.collect::<Result<_, _>>()?;
    let links = |seq: i64, before: Hash, body: &[u8], hash: Hash| {
        if event_hash(before, body) == hash { Ok(()) } else { Err(damaged(&format!("event {seq} was changed"))) }
    };
    for pair in rows.windows(2) {
        let ((seq, body, hash), (seq_before, _, before)) = (&pair[0], &pair[1]);
        if *seq != seq_before + 1 {
            return Err(damaged(&format!("event {} is missing", seq - 1)));
        }
        links(*seq, *before, body, *hash)?;
    }
    match rows.last() {
        Some((1, body, hash)) => links(1, epoch_hash(terminal, id), body, *hash),
        _ => Ok(()),
    }
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged { path: String::new(), what: what.to_owned() }
}

fn is_for_a_writer(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen))
}

/// SQLite's own findings, in the store's words: damage and a full disk are told apart from all else.
impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => damaged(&error.to_string()),
            Some(ErrorCode::DiskFull) => Self::Full { recorded: None },
            // SQLCipher gives SQLite no page where its seal does not hold, and SQLite takes that for want of memory.
            Some(ErrorCode::OutOfMemory) if cipher::is_on() => damaged("a page does not carry the seal of its key"),
            _ => Self::Sql(error),
        }
    }
}
