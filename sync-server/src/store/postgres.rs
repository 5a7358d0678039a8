//! `PostgreSQL`: opening, what each connection hears first, and the order of writers.

use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{Any, AnyConnection, AnyPool, Connection, Row, Transaction};

use super::StoreError;
use super::settings::DatabaseUrl;

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations/server/postgres");

/// Connections of one server. One writes at a time, the others read.
const CONNECTIONS_MAX: u32 = 8;

/// How long a request waits for a connection, and so for a database that is down.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Tries of a beginning transaction that finds its connection dead or another transaction in its way.
const BEGIN_TRIES: u32 = 3;

impl DatabaseUrl {
    /// Whether a ledger is in this database. Nothing is made or changed.
    pub async fn holds_ledger(&self) -> Result<bool, StoreError> {
        sqlx::any::install_default_drivers();
        let opened = AnyConnection::connect(self.secret()).await;
        let mut conn = opened.map_err(|source| StoreError::Open { path: self.to_string(), source })?;
        let sql = "select 1 as there from information_schema.tables where table_schema = current_schema() and table_name = 'ledger'";
        let found = sqlx::query(sql).fetch_optional(&mut conn).await?.is_some();
        conn.close().await?;
        Ok(found)
    }
}

/// Connects, refuses what is not ours, and brings the schema up to date.
pub(super) async fn open(url: &DatabaseUrl) -> Result<AnyPool, StoreError> {
    sqlx::any::install_default_drivers();
    let pool = AnyPoolOptions::new()
        .max_connections(CONNECTIONS_MAX)
        .acquire_timeout(CONNECT_TIMEOUT)
        .after_connect(|conn, _| Box::pin(prepare(conn)));
    let pool = match pool.connect(url.secret()).await {
        Ok(pool) => pool,
        Err(error) => return Err(StoreError::Open { path: url.to_string(), source: cause(error, url).await }),
    };
    refuse_unfit(&pool, url).await?;
    refuse_foreign(&pool, url).await?;
    MIGRATIONS.run(&pool).await.map_err(|error| unmigrated(error, &url.to_string()))?;
    Ok(pool)
}

/// A pool that waited in vain does not say for what: one connection of its own does.
async fn cause(error: sqlx::Error, url: &DatabaseUrl) -> sqlx::Error {
    if !matches!(error, sqlx::Error::PoolTimedOut) {
        return error;
    }
    match tokio::time::timeout(CONNECT_TIMEOUT, AnyConnection::connect(url.secret())).await {
        Ok(Err(cause)) => cause,
        Ok(Ok(_)) | Err(_) => error,
    }
}

/// A step that is not known here was made by a later version.
pub(super) fn unmigrated(error: MigrateError, shown: &str) -> StoreError {
    match error {
        MigrateError::VersionMissing(version) => StoreError::Newer { database: shown.to_owned(), version },
        other => StoreError::Migrate(other),
    }
}

/// What each connection hears first. Whoever is told "stored" finds it after a power cut, whatever the server's default is. Unless the
/// operator set other limits, a lock that another session holds for ten seconds is an answer, and a transaction whose program hangs
/// does not stop the others for ever.
async fn prepare(conn: &mut AnyConnection) -> Result<(), sqlx::Error> {
    let sql = "select set_config(name, case when current_setting(name) = '0' then value else current_setting(name) end, false) \
               from (values ('lock_timeout', '10s'), ('idle_in_transaction_session_timeout', '5min')) as limits (name, value)";
    sqlx::query(sql).execute(&mut *conn).await?;
    let sql = "select set_config('synchronous_commit', case when current_setting('synchronous_commit') in ('off', 'local') then 'on' \
               else current_setting('synchronous_commit') end, false)";
    sqlx::query(sql).execute(conn).await.map(drop)
}

/// Texts are UTF-8, and a server without fsync forgets what it confirmed.
async fn refuse_unfit(pool: &AnyPool, url: &DatabaseUrl) -> Result<(), StoreError> {
    let sql = "select current_setting('server_encoding') as encoding, current_setting('fsync') as fsync, \
               current_setting('server_version_num') as version";
    let row = sqlx::query(sql).fetch_one(pool).await?;
    let (encoding, fsync, version): (String, String, String) =
        (row.try_get("encoding")?, row.try_get("fsync")?, row.try_get("version")?);
    let unfit = |why: String| Err(StoreError::Unfit { database: url.to_string(), why });
    if encoding != "UTF8" {
        return unfit(format!("its encoding is {encoding}; make one with `create database … encoding 'UTF8'`"));
    }
    if version.parse::<u32>().is_ok_and(|version| version < 130_000) {
        return unfit("the server is older than PostgreSQL 13; use 13 or newer".to_owned());
    }
    if fsync != "on" {
        tracing::warn!(
            "this database server runs with fsync = off: a power cut loses what terminals were told is stored"
        );
    }
    Ok(())
}

/// Only an empty schema, or one that Tallyman made, is worked on.
async fn refuse_foreign(pool: &AnyPool, url: &DatabaseUrl) -> Result<(), StoreError> {
    let sql = "select cast(table_name as text) as name from information_schema.tables \
               where table_schema = current_schema() order by table_name";
    let rows = sqlx::query(sql).fetch_all(pool).await?;
    let names: Vec<String> = rows.iter().map(|row| row.try_get("name")).collect::<Result<_, _>>()?;
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    // The list of steps is made before the first of them is done: a start may have ended in between.
    let new = names.iter().all(|name| name == "_sqlx_migrations");
    let ours = has("_sqlx_migrations") && has("ledger") && has("head") && has("batch");
    if new || ours {
        return Ok(());
    }
    let some: Vec<&str> = names.iter().take(3).map(String::as_str).collect();
    Err(StoreError::ForeignDatabase { database: url.to_string(), tables: some.join(", ") })
}

/// Begins a writing transaction once all others have ended: the row of the ledger is the order of writers.
pub(super) async fn begin_ordered(pool: &AnyPool) -> Result<Transaction<'static, Any>, StoreError> {
    let mut tries = 1;
    loop {
        match begin_once(pool).await {
            // A pool that found no connection has tried for long enough.
            Err(error @ StoreError::Sql(sqlx::Error::PoolTimedOut)) => return Err(error),
            Err(error) if tries < BEGIN_TRIES && (error.is_unreachable() || error.is_conflict()) => tries += 1,
            begun => return begun,
        }
    }
}

async fn begin_once(pool: &AnyPool) -> Result<Transaction<'static, Any>, StoreError> {
    let mut tx = pool.begin().await?;
    match sqlx::query("select position from ledger for update").execute(&mut *tx).await {
        Ok(_) => Ok(tx),
        Err(error) => {
            // Rolled back now, not when the connection is used again. What stopped us is what is told.
            let _ = tx.rollback().await;
            Err(error.into())
        }
    }
}
