//! A backup of a running server, and its restore: an act, under a new ledger id, with a signed record of where the backup stood.

mod put_back;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use ring::signature::Ed25519KeyPair;
use shared::time::Timestamp;
use shared::wire::{Restored, SignedRestored};
use uuid::Uuid;

use crate::audit;
use crate::checkpoint;
use crate::people::Actor;
use crate::store::entry::{self, EntryKind};
use crate::store::{self, Database, DatabaseSettings, Store, StoreError};

pub use put_back::put_back;

/// Why a backup or a restore was not done.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is something already.
    #[error("{} is not empty; name a folder that does not exist yet, nothing was written", .0.display())]
    NotEmpty(PathBuf),
    /// There is nothing to restore from.
    #[error("{} is no backup of a Tallyman server: {missing} is missing in it", folder.display())]
    NoBackup {
        /// Which folder.
        folder: PathBuf,
        /// What it should hold.
        missing: &'static str,
    },
    /// The server could not start on what it holds.
    #[error("{} is damaged, nothing of it was put back: {why}. Take an earlier backup", folder.display())]
    Damaged {
        /// Which folder.
        folder: PathBuf,
        /// What cannot be used.
        why: String,
    },
    /// The database was not put back before.
    #[error(
        "the database {database} holds no ledger yet; put the dump back first, then restore again:\n  \
         pg_restore --no-owner --exit-on-error --dbname='{database}' '{}'",
        dump.display()
    )]
    NoDump {
        /// Which database, without its password.
        database: String,
        /// Where `backup` asked for the dump.
        dump: PathBuf,
    },
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Name of the database within a data folder.
pub const DATABASE: &str = "tallyman.sqlite";

/// Name of the keys' folder within a data folder.
const KEYS: &str = "keys";

/// Name of a dump of `PostgreSQL` within a backup.
const DUMP: &str = "tallyman.dump";

/// What a backup holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// The database and the keys.
    Whole,
    /// The keys: `PostgreSQL` has tools of its own for the database.
    KeysAlone,
}

/// Writes a whole copy of the database, as of one moment, and of all keys into a new folder, while the server goes on. Of a database
/// on `PostgreSQL` only the keys.
pub async fn backup(store: &Store, data: &Path, to: &Path) -> Result<Written, BackupError> {
    new_folder(to)?;
    if store.database() == Database::Postgres {
        copy_folder(&data.join(KEYS), &to.join(KEYS))?;
        return Ok(Written::KeysAlone);
    }
    let file = to.join(DATABASE);
    let mut conn = store.read().await?;
    // One statement, one snapshot; the copy has no write-ahead log of its own.
    let sql = "vacuum into $1";
    sqlx::query(sql).bind(file.display().to_string()).execute(&mut *conn).await.map_err(StoreError::from)?;
    copy_folder(&data.join(KEYS), &to.join(KEYS))?;
    sync(&file)?;
    Ok(Written::Whole)
}

/// The command that copies the database beside a backup's keys.
#[must_use]
pub fn dump_command(database: &DatabaseSettings, to: &Path) -> String {
    let file = to.join(DUMP);
    match database {
        DatabaseSettings::Sqlite(_) => String::new(),
        DatabaseSettings::Postgres(url) => {
            format!("pg_dump --format=custom --file='{}' --dbname='{url}'", file.display())
        }
    }
}

/// Names the restored ledger anew and records what it was restored from.
pub async fn record(
    store: &Store,
    key: &Ed25519KeyPair,
    ledger_id: Uuid,
    (by, why): (&Actor, &str),
    now: Timestamp,
) -> Result<SignedRestored, BackupError> {
    let mut tx = store.write().await?;
    let from = entry::head(&mut tx).await?;
    let restored = Restored {
        from_ledger_id: store::ledger_id(&mut tx).await?,
        from,
        position: store::position(&mut tx).await?,
        ledger_id,
        at: now,
        why: why.to_owned(),
    };
    let restored = SignedRestored::sign(restored, key).map_err(StoreError::from)?;
    let number = entry::append(&mut tx, EntryKind::Restore, entry::restore_digest(&restored)?).await?;
    entry::put_restore(&mut tx, number, &restored).await?;
    store::rename_ledger(&mut tx, ledger_id).await?;
    let newest = store::checkpoint::newest(&mut tx).await?;
    checkpoint::make(&mut tx, key, newest, now).await?;
    audit::append(&mut tx, by, ("restored", &format!("ledger {ledger_id}"), why), now).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(restored)
}

fn new_folder(folder: &Path) -> Result<(), BackupError> {
    let empty = fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
    if !empty {
        return Err(BackupError::NotEmpty(folder.to_owned()));
    }
    fs::create_dir_all(folder).map_err(|source| BackupError::File { path: folder.to_owned(), source })
}

/// Files keep their permissions: keys stay readable by their owner alone.
fn copy_folder(from: &Path, to: &Path) -> Result<(), BackupError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| BackupError::File { path, source }
    };
    fs::create_dir_all(to).map_err(failed(to))?;
    for entry in fs::read_dir(from).map_err(failed(from))? {
        let path = entry.map_err(failed(from))?.path();
        let Some(name) = path.file_name() else { continue };
        if path.is_dir() {
            copy_folder(&path, &to.join(name))?;
        } else {
            copy_file(&path, &to.join(name))?;
        }
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> Result<(), BackupError> {
    fs::copy(from, to).map_err(|source| BackupError::File { path: from.to_owned(), source })?;
    sync(to)
}

fn sync(path: &Path) -> Result<(), BackupError> {
    let done = fs::File::open(path).and_then(|file| file.sync_all());
    done.map_err(|source| BackupError::File { path: path.to_owned(), source })
}
