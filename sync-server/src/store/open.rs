//! Opening: a database of another program is refused before anything is written to it.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use sqlx::any::AnyPoolOptions;
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, AnyPool, Connection, Row};
use uuid::Uuid;

use super::serving::Post;
use super::settings::DatabaseSettings;
use super::{Database, Store, StoreError, postgres};

/// `TALS` in `SQLite`'s header: this file is a Tallyman server's.
pub const APPLICATION_ID: i32 = 0x5441_4C53;

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations/server/sqlite");

impl Store {
    /// Opens or makes the database that the configuration names and brings its schema up to date. `ledger_id` names the ledger if
    /// it is a new one.
    pub async fn connect(settings: &DatabaseSettings, ledger_id: Uuid) -> Result<Self, StoreError> {
        let (pool, database, shown, file) = match settings {
            DatabaseSettings::Sqlite(path) => {
                let shown = path.display().to_string();
                (open_file(path).await?, Database::Sqlite, shown, Some(path.as_path().into()))
            }
            DatabaseSettings::Postgres(url) => (postgres::open(url).await?, Database::Postgres, url.to_string(), None),
        };
        sqlx::query("insert into ledger (only_row, ledger_id, position) values (1, $1, 0) on conflict do nothing")
            .bind(ledger_id.to_string())
            .execute(&pool)
            .await?;
        let store = Self { pool, database, shown: shown.into(), file, post: Post::default() };
        let mut tx = store.write().await?;
        super::entry::adopt(&mut tx).await?;
        tx.commit().await?;
        Ok(store)
    }

    /// The same with a file of this machine.
    pub async fn open(path: &Path, ledger_id: Uuid) -> Result<Self, StoreError> {
        Self::connect(&DatabaseSettings::Sqlite(path.to_owned()), ledger_id).await
    }
}

/// Reads a whole database file before anybody relies on it: one that is damaged, or holds no ledger, is refused.
pub async fn refuse_damaged(path: &Path) -> Result<(), StoreError> {
    let unfit = |why: String| StoreError::Unfit { database: path.display().to_string(), why };
    refuse_foreign(path)?;
    sqlx::any::install_default_drivers();
    let opened = AnyConnection::connect(&url(path)).await;
    let mut conn = opened.map_err(|source| StoreError::Open { path: path.display().to_string(), source })?;
    let checked = sqlx::query("pragma integrity_check(1)").fetch_one(&mut conn).await;
    let found: String = checked.and_then(|row| row.try_get(0)).map_err(|error| unfit(error.to_string()))?;
    if found != "ok" {
        return Err(unfit(found));
    }
    let ledger = sqlx::query("select ledger_id from ledger").fetch_optional(&mut conn).await;
    conn.close().await?;
    if ledger.is_ok_and(|row| row.is_some()) { Ok(()) } else { Err(unfit("it holds no ledger".to_owned())) }
}

async fn open_file(path: &Path) -> Result<AnyPool, StoreError> {
    refuse_foreign(path)?;
    sqlx::any::install_default_drivers();
    let pool = AnyPoolOptions::new().max_connections(4).after_connect(|conn, _| Box::pin(prepare(conn)));
    // SQLite ends a transaction by itself where the disk is full or fails, savepoints and all, and sqlx goes on counting it as open:
    // such a connection could begin nothing more. It is closed, and another is opened in its place.
    let pool = pool.before_acquire(|conn, _| Box::pin(std::future::ready(Ok(!conn.is_in_transaction()))));
    let unopened = |source| StoreError::Open { path: path.display().to_string(), source };
    // One connection of its own first: of what is wrong a pool says only that it waited.
    let mut first = AnyConnection::connect(&url(path)).await.map_err(unopened)?;
    prepare(&mut first).await.map_err(unopened)?;
    let pool = pool.connect(&url(path)).await.map_err(unopened)?;
    first.close().await?;
    refuse_foreign_schema(&pool, path).await?;
    sqlx::query("pragma application_id = 1413565523").execute(&pool).await?;
    MIGRATIONS.run(&pool).await.map_err(|error| postgres::unmigrated(error, &path.display().to_string()))?;
    Ok(pool)
}

/// What each connection hears first: whoever is told "stored" finds it after a power cut.
async fn prepare(conn: &mut AnyConnection) -> Result<(), sqlx::Error> {
    let pragmas = [
        "pragma busy_timeout = 10000",
        "pragma journal_mode = wal",
        "pragma synchronous = full",
        "pragma foreign_keys = on",
    ];
    for pragma in pragmas {
        sqlx::query(pragma).execute(&mut *conn).await?;
    }
    Ok(())
}

/// The address of a file, any character of whose path may be one that an address gives a meaning to.
fn url(path: &Path) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/-_.".contains(byte);
    let bytes = path.as_os_str().as_encoded_bytes();
    let escaped =
        bytes.iter().map(|byte| if plain(byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") });
    format!("sqlite://{}?mode=rwc", escaped.collect::<String>())
}

/// The write-ahead log may hold another program's tables where the file itself has none yet.
async fn refuse_foreign_schema(pool: &AnyPool, path: &Path) -> Result<(), StoreError> {
    let sql = "select application_id, (select count(*) from sqlite_schema) as tables from pragma_application_id";
    let row = sqlx::query(sql).fetch_one(pool).await?;
    let (id, tables): (i32, i64) = (row.try_get("application_id")?, row.try_get("tables")?);
    if id == APPLICATION_ID || (id == 0 && tables == 0) {
        return Ok(());
    }
    Err(StoreError::Foreign { path: path.display().to_string(), found: "an SQLite file of another program" })
}

/// Reads the header by hand, so that a foreign file stays as it is, byte for byte.
fn refuse_foreign(path: &Path) -> Result<(), StoreError> {
    let foreign = |found| StoreError::Foreign { path: path.display().to_string(), found };
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(StoreError::Open { path: path.display().to_string(), source: sqlx::Error::Io(error) });
        }
    };
    let mut header = [0_u8; 100];
    let mut read = 0;
    while let Ok(more @ 1..) = file.read(&mut header[read..]) {
        read += more;
    }
    match read {
        0 => Ok(()),
        100 if header.starts_with(b"SQLite format 3\0") => {
            // Our own first page may still be in the write-ahead log: then this file has no identity and no schema yet.
            let in_log = header[68..72] == [0; 4] && header[40..44] == [0; 4];
            if in_log || header[68..72] == APPLICATION_ID.to_be_bytes() {
                Ok(())
            } else {
                Err(foreign("an SQLite file of another program"))
            }
        }
        _ => Err(foreign("not an SQLite file")),
    }
}
