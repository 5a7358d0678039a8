//! Opening: refuses what is not ours before touching it, takes the lock, migrates, starts the first epoch.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read};
use std::path::Path;

use rusqlite::Connection;
use shared::ids::{EpochId, TerminalId};

use super::{StoreError, set_meta};

/// `TALT` in SQLite's header: this file is a Tallyman terminal's.
pub const APPLICATION_ID: i32 = 0x5441_4C54;

/// Schema steps, in order; `user_version` counts those applied.
const MIGRATIONS: [&str; 2] = [
    include_str!("../../../migrations/terminal/0001_init.sql"),
    include_str!("../../../migrations/terminal/0004_operators.sql"),
];

/// The open store of one terminal.
#[derive(Debug)]
pub struct Store {
    pub(super) conn: Connection,
    pub(super) terminal: TerminalId,
    pub(super) epoch: EpochId,
    /// Held for as long as the store is open; the kernel lets go of it when the process dies.
    _lock: Option<File>,
}

impl Store {
    /// Opens or makes the store of a terminal. `new_epoch` names the first epoch if there is none yet.
    pub fn open(path: &Path, terminal: TerminalId, new_epoch: EpochId) -> Result<Self, StoreError> {
        refuse_foreign(path)?;
        let lock = lock(path)?;
        Self::open_unlocked(path, terminal, new_epoch, Some(lock))
    }

    /// A second connection of the same process, beside the one that holds the lock.
    pub fn open_beside(path: &Path, terminal: TerminalId, new_epoch: EpochId) -> Result<Self, StoreError> {
        Self::open_unlocked(path, terminal, new_epoch, None)
    }

    fn open_unlocked(
        path: &Path,
        terminal: TerminalId,
        new_epoch: EpochId,
        lock: Option<File>,
    ) -> Result<Self, StoreError> {
        let mut conn = Connection::open(path)?;
        conn.pragma_update(None, "busy_timeout", 10_000)?;
        refuse_foreign_schema(&conn, path)?;
        conn.pragma_update(None, "journal_mode", "wal")?;
        conn.pragma_update(None, "synchronous", "full")?;
        migrate(&mut conn)?;
        let epoch = current_epoch(&conn, terminal, new_epoch)?;
        Ok(Self { conn, terminal, epoch, _lock: lock })
    }

    /// Whose store this is.
    #[must_use]
    pub const fn terminal(&self) -> TerminalId {
        self.terminal
    }

    /// The epoch that events are appended to.
    #[must_use]
    pub const fn epoch(&self) -> EpochId {
        self.epoch
    }
}

fn migrate(conn: &mut Connection) -> Result<(), StoreError> {
    let applied: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if applied > known {
        return Err(StoreError::Newer(applied));
    }
    for (step, sql) in MIGRATIONS.iter().enumerate().skip(usize::try_from(applied).unwrap_or(0)) {
        let tx = conn.transaction()?;
        tx.execute_batch(sql)?;
        tx.pragma_update(None, "user_version", i64::try_from(step + 1).unwrap_or(i64::MAX))?;
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.commit()?;
    }
    Ok(())
}

fn current_epoch(conn: &Connection, terminal: TerminalId, new_epoch: EpochId) -> Result<EpochId, StoreError> {
    use rusqlite::OptionalExtension;
    let sql = "select epoch from epoch order by ordinal desc limit 1";
    let held: Option<String> = conn.query_row(sql, [], |row| row.get(0)).optional()?;
    if let Some(held) = held {
        return held.parse().map_err(|_| StoreError::Corrupt("an epoch is not a UUID"));
    }
    conn.execute("insert into epoch (epoch) values (?1)", [new_epoch.to_string()])?;
    set_meta(conn, "terminal", &terminal.to_string())?;
    Ok(new_epoch)
}

/// The write-ahead log may hold another program's tables where the file itself has none yet.
fn refuse_foreign_schema(conn: &Connection, path: &Path) -> Result<(), StoreError> {
    let id: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = conn.query_row("select count(*) from sqlite_schema", [], |row| row.get(0))?;
    if id == APPLICATION_ID || (id == 0 && tables == 0) {
        return Ok(());
    }
    Err(StoreError::Foreign { path: path.display().to_string(), found: "an SQLite file of another program" })
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file_error = |source| StoreError::File { path: path.display().to_string(), source };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&name).map_err(file_error)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse(path.display().to_string())),
        Err(TryLockError::Error(source)) => Err(file_error(source)),
    }
}

/// Reads the header by hand, so that a foreign file stays as it is, byte for byte.
fn refuse_foreign(path: &Path) -> Result<(), StoreError> {
    let shown = path.display().to_string();
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(StoreError::File { path: shown, source }),
    };
    let mut header = Vec::new();
    let read = file.by_ref().take(100).read_to_end(&mut header);
    read.map_err(|source| StoreError::File { path: shown.clone(), source })?;
    let foreign = |found| Err(StoreError::Foreign { path: shown.clone(), found });
    match header.len() {
        0 => Ok(()),
        100 if header.starts_with(b"SQLite format 3\0") => {
            let id = &header[68..72];
            // Our own first page may still be in the write-ahead log: then this file has no identity and no schema yet.
            let in_log = id == [0; 4] && header[40..44] == [0; 4];
            if id == APPLICATION_ID.to_be_bytes() || in_log {
                Ok(())
            } else {
                foreign("an SQLite file of another program")
            }
        }
        _ => foreign("not an SQLite file"),
    }
}
