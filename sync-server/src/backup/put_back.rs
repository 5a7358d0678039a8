//! Putting a backup back: into a folder beside its place first, read there as the server will read it, then renamed. Whatever is wrong
//! with a backup, the data folder stays as empty as it was.

use std::fs;
use std::path::Path;

use shared::time::Timestamp;
use uuid::Uuid;

use super::{BackupError, DATABASE, DUMP, KEYS, copy_file, copy_folder};
use crate::config::Config;
use crate::identity::authority::Authority;
use crate::keys::ServerKeys;
use crate::store::{DatabaseSettings, Store, refuse_damaged};

/// Where a backup is read before it is put in its place: within the data folder, so that renaming copies nothing.
const BESIDE: &str = "restoring";

/// Without one of these the server would make another, which no terminal knows.
const KEY_FILES: [&str; 4] = ["acknowledgement.pk8", "sealed.age", "ca.pem", "ca.key"];

/// Puts a backup into an empty data folder. The server is started on it afterwards. A database on `PostgreSQL` was put back before,
/// with its own tools: then only the keys are copied.
pub async fn put_back(from: &Path, config: &Config, now: Timestamp) -> Result<(), BackupError> {
    let (data, database) = (&config.data, config.database());
    if let DatabaseSettings::Postgres(url) = &database
        && !url.holds_ledger().await?
    {
        return Err(BackupError::NoDump { database: url.to_string(), dump: from.join(DUMP) });
    }
    let with_file = matches!(database, DatabaseSettings::Sqlite(_));
    refuse_incomplete(from, with_file)?;
    if data.join(DATABASE).exists() || data.join(KEYS).exists() {
        return Err(BackupError::NotEmpty(data.clone()));
    }
    let beside = data.join(BESIDE);
    clear(&beside)?;
    let done = match copied_and_read(from, &beside, (config, now)).await {
        Ok(()) => put_in_place(&beside, data, with_file),
        Err(error) => Err(error),
    };
    clear(&beside)?;
    done
}

fn refuse_incomplete(from: &Path, with_file: bool) -> Result<(), BackupError> {
    let lacks = |missing| Err(BackupError::NoBackup { folder: from.to_owned(), missing });
    if with_file && !from.join(DATABASE).is_file() {
        return lacks(DATABASE);
    }
    let keys = from.join(KEYS);
    if !keys.is_dir() {
        return lacks(KEYS);
    }
    KEY_FILES.into_iter().find(|name| !keys.join(name).is_file()).map_or(Ok(()), lacks)
}

/// Copies a backup and opens everything as the server does at its start.
async fn copied_and_read(from: &Path, beside: &Path, (config, now): (&Config, Timestamp)) -> Result<(), BackupError> {
    let damaged = |why: String| BackupError::Damaged { folder: from.to_owned(), why };
    copy_folder(&from.join(KEYS), &beside.join(KEYS))?;
    ServerKeys::open(beside).map_err(|error| damaged(error.to_string()))?;
    Authority::open(beside, &config.certificate_names(), now).map_err(|error| damaged(error.to_string()))?;
    if matches!(config.database(), DatabaseSettings::Postgres(_)) {
        return Ok(());
    }
    let file = beside.join(DATABASE);
    copy_file(&from.join(DATABASE), &file)?;
    refuse_damaged(&file).await.map_err(|error| damaged(error.to_string()))?;
    // It has a ledger with a name of its own; this brings its schema up to date.
    let store = Store::open(&file, Uuid::nil()).await.map_err(|error| damaged(error.to_string()))?;
    store.close().await;
    Ok(())
}

/// The keys last: a folder with keys is one that a server may start on.
fn put_in_place(beside: &Path, data: &Path, with_file: bool) -> Result<(), BackupError> {
    for name in [DATABASE, KEYS].into_iter().skip(usize::from(!with_file)) {
        let place = data.join(name);
        fs::rename(beside.join(name), &place).map_err(|source| BackupError::File { path: place, source })?;
    }
    super::sync(data)
}

/// Removes what an earlier restore left that was interrupted.
fn clear(beside: &Path) -> Result<(), BackupError> {
    if !beside.exists() {
        return Ok(());
    }
    fs::remove_dir_all(beside).map_err(|source| BackupError::File { path: beside.to_owned(), source })
}
