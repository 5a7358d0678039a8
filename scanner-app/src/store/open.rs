//! Opening: refuses what is not ours before touching it, takes the lock, looks for damage, migrates, settles the epoch.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use shared::chain::Hash;
use shared::code::Grammars;
use shared::ids::{EpochId, TerminalId};

use super::cipher;
use super::commit::Committer;
use super::damage;
use super::grammars::ReadBy;
use super::header::{self, Header};
use super::hidden;
use super::identity::{Notice, settle};
use super::log::Writing;
use super::mark::Mark;
use super::projection::project_all;
use super::reference::explode_references;
use super::reserve::Reserve;
use super::{StoreError, set_meta};

/// `TALT` in SQLite's header: this file is a Tallyman terminal's.
pub const APPLICATION_ID: i32 = 0x5441_4C54;

/// Schema steps, in order; `user_version` counts those applied.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/terminal/0001_init.sql"),
    include_str!("../../../migrations/terminal/0002_slices.sql"),
    include_str!("../../../migrations/terminal/0003_durable.sql"),
    include_str!("../../../migrations/terminal/0004_operators.sql"),
    include_str!("../../../migrations/terminal/0005_sending.sql"),
    include_str!("../../../migrations/terminal/0006_carry.sql"),
    include_str!("../../../migrations/terminal/0007_checkpoints.sql"),
    include_str!("../../../migrations/terminal/0008_checkpoint_previous.sql"),
    include_str!("../../../migrations/terminal/0009_associated_codes.sql"),
];

/// Schema steps after which the rows that follow from the log are made again.
const PROJECTED_AFTER: [usize; 1] = [2];

/// How a store is opened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Opening<'a> {
    /// Name of the SQLite VFS that its file lies on; none = SQLite's own.
    pub vfs: Option<&'a str>,
    /// Where the mark lies that notices a restored or copied store: outside the store and its backups. None = none is kept.
    pub mark: Option<&'a Path>,
    /// Which machine this is (`this_machine`); none = unknown.
    pub machine: Option<Hash>,
    /// Whether a reserve for the full disk lies beside the store.
    pub reserve: bool,
}

/// The open store of one terminal.
#[derive(Debug)]
pub struct Store {
    pub(super) conn: Connection,
    pub(super) writing: Writing,
    pub(super) committer: Option<Committer>,
    pub(super) path: PathBuf,
    vfs: Option<String>,
    pub(super) mark: Option<Mark>,
    pub(super) notice: Option<Notice>,
    pub(super) reserve: Option<Reserve>,
    /// Held for as long as the store is open; the kernel lets go of it when the process dies.
    _lock: Option<File>,
}

impl Store {
    /// Opens or makes the store of a terminal. `new_epoch` names the first epoch if there is none yet.
    pub fn open(path: &Path, terminal: TerminalId, new_epoch: EpochId) -> Result<Self, StoreError> {
        Self::open_with(path, (terminal, new_epoch), Opening::default())
    }

    /// Opens or makes the store of a terminal, as `opening` says. `new_epoch` names the next epoch if one must be started: there
    /// is none yet, or the store is an older copy, or comes from another machine (`notice` says so).
    pub fn open_with(
        path: &Path,
        (terminal, new_epoch): (TerminalId, EpochId),
        opening: Opening<'_>,
    ) -> Result<Self, StoreError> {
        let header = header::read(path)?;
        let lock = lock(path)?;
        if header == Header::Ours {
            damage::inspect(path, opening.vfs)?;
            let mark = opening.mark.map(|mark| hidden::marked(mark, terminal)).transpose()?;
            hidden::refuse(path, opening.vfs, mark.flatten())?;
        }
        let mut store = Self::connect(path, (terminal, new_epoch), opening.vfs, Some(lock))?;
        if let Some(mark) = opening.mark {
            settle(&mut store, mark, opening.machine, new_epoch)?;
        }
        if opening.reserve {
            store.reserve = Some(Reserve::open(path));
        }
        Ok(store)
    }

    /// A second connection of the same process, beside the one that holds the lock.
    pub fn open_beside(path: &Path, terminal: TerminalId, new_epoch: EpochId) -> Result<Self, StoreError> {
        Self::connect(path, (terminal, new_epoch), None, None)
    }

    /// Looks into a store that may be open elsewhere: nothing is written, locked, migrated or started. There must be one.
    pub fn open_to_read(path: &Path, terminal: TerminalId) -> Result<Self, StoreError> {
        if header::read(path)? == Header::Absent {
            return Err(file_error(path, ErrorKind::NotFound.into()));
        }
        let conn = read_only(path, None)?;
        refuse_foreign_schema(&conn, path)?;
        if usize::try_from(refuse_newer(&conn)?).unwrap_or(0) < MIGRATIONS.len() {
            return Err(StoreError::Older(path.display().to_string()));
        }
        let (epoch_no, epoch) = newest_epoch(&conn)?.unwrap_or((0, EpochId::new(uuid::Uuid::nil())));
        Ok(Self::of(conn, path, Writing { terminal, epoch, epoch_no, read_by: ReadBy::default() }, None))
    }

    fn connect(
        path: &Path,
        (terminal, new_epoch): (TerminalId, EpochId),
        vfs: Option<&str>,
        lock: Option<File>,
    ) -> Result<Self, StoreError> {
        let mut conn = writable(path, vfs)?;
        refuse_foreign_schema(&conn, path)?;
        durable(&conn)?;
        migrate(&mut conn)?;
        let (epoch_no, epoch) = current_epoch(&mut conn, terminal, new_epoch)?;
        let mut store = Self::of(conn, path, Writing { terminal, epoch, epoch_no, read_by: ReadBy::default() }, lock);
        store.vfs = vfs.map(str::to_owned);
        Ok(store)
    }

    fn of(conn: Connection, path: &Path, writing: Writing, lock: Option<File>) -> Self {
        let path = path.to_owned();
        Self { conn, writing, committer: None, path, vfs: None, mark: None, notice: None, reserve: None, _lock: lock }
    }

    /// Another connection to the same file.
    pub(super) fn connect_beside(&self) -> Result<Connection, StoreError> {
        let conn = writable(&self.path, self.vfs.as_deref())?;
        durable(&conn)?;
        Ok(conn)
    }

    /// Whose store this is.
    #[must_use]
    pub const fn terminal(&self) -> TerminalId {
        self.writing.terminal
    }

    /// The epoch that events are appended to.
    #[must_use]
    pub const fn epoch(&self) -> EpochId {
        self.writing.epoch
    }

    /// What a person should hear about how the store was found; none = nothing out of the ordinary.
    #[must_use]
    pub const fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }
}

/// A connection that cannot write to the file.
pub(super) fn read_only(path: &Path, vfs: Option<&str>) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = match vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs)?,
        None => Connection::open_with_flags(path, flags)?,
    };
    cipher::unlock(&conn)?;
    conn.pragma_update(None, "busy_timeout", 10_000)?;
    // Closing must not tidy a write-ahead log away that may be all there is.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(conn)
}

/// Refuses a store whose schema is beyond what this version knows.
pub(super) fn refuse_newer(conn: &Connection) -> Result<i64, StoreError> {
    let applied: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if applied > known { Err(StoreError::Newer(applied)) } else { Ok(applied) }
}

/// Whoever is told "recorded" finds it after a power cut.
fn durable(conn: &Connection) -> Result<(), StoreError> {
    conn.pragma_update(None, "journal_mode", "wal")?;
    conn.pragma_update(None, "synchronous", "full")?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn writable(path: &Path, vfs: Option<&str>) -> Result<Connection, StoreError> {
    let conn = match vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(path, OpenFlags::default(), vfs)?,
        None => Connection::open(path)?,
    };
    cipher::unlock(&conn)?;
    conn.pragma_update(None, "busy_timeout", 10_000)?;
    Ok(conn)
}

fn migrate(conn: &mut Connection) -> Result<(), StoreError> {
    let applied = refuse_newer(conn)?;
    for (step, sql) in MIGRATIONS.iter().enumerate().skip(usize::try_from(applied).unwrap_or(0)) {
        let tx = conn.transaction()?;
        tx.execute_batch(sql)?;
        if PROJECTED_AFTER.contains(&(step + 1)) {
            // Earlier versions read labels by GS1's grammars alone.
            project_all(&tx, &Grammars::default())?;
            explode_references(&tx)?;
        }
        tx.pragma_update(None, "user_version", i64::try_from(step + 1).unwrap_or(i64::MAX))?;
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.commit()?;
    }
    Ok(())
}

fn newest_epoch(conn: &Connection) -> Result<Option<(i64, EpochId)>, StoreError> {
    let sql = "select ordinal, epoch from epoch order by ordinal desc limit 1";
    let held: Option<(i64, String)> = conn.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let read = |(ordinal, held): (i64, String)| {
        Ok((ordinal, held.parse().map_err(|_| StoreError::Corrupt("an epoch is not a UUID"))?))
    };
    held.map(read).transpose()
}

fn current_epoch(
    conn: &mut Connection,
    terminal: TerminalId,
    new_epoch: EpochId,
) -> Result<(i64, EpochId), StoreError> {
    if let Some(held) = newest_epoch(conn)? {
        return Ok(held);
    }
    let tx = conn.transaction()?;
    tx.execute("insert into epoch (epoch) values (?1)", [new_epoch.to_string()])?;
    let ordinal = tx.last_insert_rowid();
    set_meta(&tx, "terminal", &terminal.to_string())?;
    tx.commit()?;
    Ok((ordinal, new_epoch))
}

/// The write-ahead log may hold another program's tables where the file itself has none yet.
pub(super) fn refuse_foreign_schema(conn: &Connection, path: &Path) -> Result<(), StoreError> {
    let id: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = conn.query_row("select count(*) from sqlite_schema", [], |row| row.get(0))?;
    if id == APPLICATION_ID || (id == 0 && tables == 0) {
        return Ok(());
    }
    Err(StoreError::Foreign { path: path.display().to_string(), found: "an SQLite file of another program" })
}

/// The lock that keeps a second instance out.
pub(super) fn lock(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&name);
    let file = file.map_err(|source| file_error(path, source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse(path.display().to_string())),
        Err(TryLockError::Error(source)) => Err(file_error(path, source)),
    }
}

fn file_error(path: &Path, source: std::io::Error) -> StoreError {
    let shown = path.display().to_string();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) if source.kind() == ErrorKind::NotFound && !folder.exists() => {
            StoreError::NoFolder { path: shown, folder: folder.display().to_string() }
        }
        Some(folder) if matches!(source.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => {
            StoreError::ReadOnly { path: shown, folder: folder.display().to_string(), source }
        }
        _ => StoreError::File { path: shown, source },
    }
}
