//! What can be said of the store without telling what is in it. Read only: a damaged store is not touched.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use serde::Serialize;
use shared::event::{Act, Event};
use shared::time::Timestamp;

/// Clock anchors that are told, newest first.
const ANCHORS: usize = 10;

/// One life of the log.
#[derive(Debug, Serialize)]
pub(super) struct EpochFigures {
    epoch: String,
    events: u64,
    acknowledged: u64,
}

/// What the server's clock said, beside the terminal's.
#[derive(Debug, Serialize)]
pub(super) struct AnchorFigures {
    terminal_time: Timestamp,
    server_time: Timestamp,
    round_trip_ms: u64,
}

/// Figures of the store's file.
#[derive(Debug, Default, Serialize)]
pub(super) struct StoreFigures {
    file: String,
    bytes: BTreeMap<String, u64>,
    sqlite: String,
    schema: Option<i64>,
    integrity: Option<String>,
    rows: BTreeMap<String, u64>,
    epochs: Vec<EpochFigures>,
    pending: Option<u64>,
    oldest_pending: Option<Timestamp>,
    log: Option<crate::store::VerifiedLog>,
    anchors: Vec<AnchorFigures>,
    /// What could not be found out, and why.
    trouble: Vec<String>,
}

impl StoreFigures {
    pub(super) fn of(path: &Path) -> Self {
        let mut figures = Self {
            file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            sqlite: rusqlite::version().to_owned(),
            ..Self::default()
        };
        for ending in ["", "-wal", "-shm"] {
            let mut name = path.as_os_str().to_owned();
            name.push(ending);
            let file = PathBuf::from(name);
            if let Ok(found) = fs::metadata(&file) {
                figures.bytes.insert(file.file_name().unwrap_or_default().to_string_lossy().into_owned(), found.len());
            }
        }
        if !path.exists() {
            figures.trouble.push("the store does not exist yet: nothing was scanned or synced".to_owned());
            return figures;
        }
        if let Err(error) = figures.read(path) {
            figures.trouble.push(format!("the store cannot be read: {error}"));
        }
        figures
    }

    fn read(&mut self, path: &Path) -> rusqlite::Result<()> {
        let conn = open(path)?;
        self.schema = Some(conn.pragma_query_value(None, "user_version", |row| row.get(0))?);
        self.integrity = Some(conn.query_row("pragma quick_check(1)", [], |row| row.get(0))?);
        let mut statement = conn.prepare("select name from sqlite_schema where type = 'table' order by name")?;
        let tables: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for table in
            tables.into_iter().filter(|table| table.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
        {
            let rows: i64 = conn.query_row(&format!("select count(*) from \"{table}\""), [], |row| row.get(0))?;
            self.rows.insert(table, u64::try_from(rows).unwrap_or(0));
        }
        self.read_epochs(&conn)?;
        self.read_anchors(&conn)
    }

    fn read_epochs(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let sql = "select e.epoch, (select count(*) from log l where l.epoch = e.epoch), e.acknowledged_seq from epoch e \
                   order by e.ordinal";
        let mut statement = conn.prepare(sql)?;
        let epochs = statement.query_map([], |row| {
            let number = |at| row.get::<_, i64>(at).map(|number| u64::try_from(number).unwrap_or(0));
            Ok(EpochFigures { epoch: row.get(0)?, events: number(1)?, acknowledged: number(2)? })
        })?;
        self.epochs = epochs.collect::<Result<_, _>>()?;
        Ok(())
    }

    fn read_anchors(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let sql =
            "select body from log where instr(body, cast('\"clock_anchor\"' as blob)) > 0 order by rowid desc limit ?1";
        let mut statement = conn.prepare(sql)?;
        for body in statement.query_map([i64::try_from(ANCHORS).unwrap_or(0)], |row| row.get::<_, Vec<u8>>(0))? {
            let Ok(event) = Event::from_body(&body?) else { continue };
            if let Act::ClockAnchor { server_time, round_trip_ms } = event.act {
                self.anchors.push(AnchorFigures { terminal_time: event.at, server_time, round_trip_ms });
            }
        }
        Ok(())
    }

    /// What only the store itself can say.
    pub(super) fn add_from(&mut self, store: &crate::store::Store) {
        match store.pending() {
            Ok((pending, oldest)) => (self.pending, self.oldest_pending) = (Some(pending), oldest),
            Err(error) => self.trouble.push(format!("what waits cannot be counted: {error}")),
        }
        match store.verify_log() {
            Ok(verified) => self.log = Some(verified),
            Err(error) => self.trouble.push(format!("the log cannot be checked: {error}")),
        }
    }

    pub(super) fn note(&mut self, trouble: String) {
        self.trouble.push(trouble);
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
}

/// Which of the suspects are label texts or codes of this terminal's log. A log that cannot be read knows none; what looks like a
/// code is hidden all the same.
pub(super) fn codes_among(path: &Path, suspects: &HashSet<String>) -> HashSet<String> {
    let mut found = HashSet::new();
    if !suspects.is_empty() && path.exists() {
        // Best effort by design: see above.
        let _ = collect(path, suspects, &mut found);
    }
    found
}

fn collect(path: &Path, suspects: &HashSet<String>, found: &mut HashSet<String>) -> rusqlite::Result<()> {
    let conn = open(path)?;
    let mut statement = conn.prepare("select body from log")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let body: Vec<u8> = row.get(0)?;
        let Ok(serde_json::Value::Object(event)) = serde_json::from_slice(&body) else { continue };
        let named = ["text", "parent", "old", "new", "children"].iter().filter_map(|field| event.get(*field));
        for value in named {
            let texts = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
            let known = texts.iter().filter_map(|text| text.as_str()).filter(|text| suspects.contains(*text));
            found.extend(known.map(str::to_owned));
        }
    }
    Ok(())
}
