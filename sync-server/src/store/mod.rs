//! The server's database through sqlx, migrated at start: one file of `SQLite`, or `PostgreSQL`. One query, one function, the SQL
//! beside it; both databases run the same text.

pub mod admission;
pub mod certificate;
pub mod checkpoint;
pub mod code;
pub mod code_bulk;
pub mod entry;
pub mod event;
pub mod identity;
pub mod ledger;
pub mod log_fault;
pub mod mismatch;
mod open;
pub mod pack;
pub mod quarantine;
pub mod reference;
pub mod sealed;
pub mod terminal;
pub mod unjudged;
pub mod verdict;
pub mod version;

use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Row, Transaction};
use uuid::Uuid;

pub use open::APPLICATION_ID;

/// The database, shared by all who serve.
#[derive(Clone, Debug)]
pub struct Store {
    pool: AnyPool,
    database: Database,
}

/// Which database holds the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// One file of this machine: the embedded default.
    Sqlite,
    /// A server of its own.
    Postgres,
}

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database file is not ours.
    #[error(
        "{path} is not a Tallyman server database ({found}); it was not touched. Name another `data` folder, or move that file away"
    )]
    Foreign {
        /// Which file.
        path: String,
        /// What it looks like.
        found: &'static str,
    },
    /// The file cannot be opened or made.
    #[error("the database {path} cannot be opened: {source}")]
    Open {
        /// Which file.
        path: String,
        /// Why.
        source: sqlx::Error,
    },
    /// The schema cannot be brought up to date.
    #[error("the database schema cannot be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The database refused.
    #[error("the database answered: {0}")]
    Sql(#[from] sqlx::Error),
    /// A stored record is not what it should be.
    #[error("a stored record cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// A stored value is not what it should be.
    #[error("the database is damaged: {0}")]
    Corrupt(&'static str),
}

impl Store {
    /// A writing transaction. It takes the write lock at once, so that it can never fail half-way for having read first.
    pub async fn write(&self) -> Result<Transaction<'static, Any>, StoreError> {
        Ok(match self.database {
            Database::Sqlite => self.pool.begin_with("begin immediate").await?,
            Database::Postgres => self.pool.begin().await?,
        })
    }

    /// Which database this is.
    #[must_use]
    pub const fn database(&self) -> Database {
        self.database
    }

    /// Closes every connection; the write-ahead log is folded into the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// A connection to read with.
    pub async fn read(&self) -> Result<PoolConnection<Any>, StoreError> {
        Ok(self.pool.acquire().await?)
    }
}

/// Moves the ledger's position by one, as the first statement of a writing transaction, and answers it.
pub async fn next_position(conn: &mut AnyConnection) -> Result<u64, StoreError> {
    let row = sqlx::query("update ledger set position = position + 1 returning position").fetch_one(conn).await?;
    Ok(from_i64(row.try_get("position")?))
}

/// The ledger's position now.
pub async fn position(conn: &mut AnyConnection) -> Result<u64, StoreError> {
    let row = sqlx::query("select position from ledger").fetch_one(conn).await?;
    Ok(from_i64(row.try_get("position")?))
}

/// Which ledger this is.
pub async fn ledger_id(conn: &mut AnyConnection) -> Result<Uuid, StoreError> {
    let row = sqlx::query("select ledger_id from ledger").fetch_one(conn).await?;
    let text: String = row.try_get("ledger_id")?;
    text.parse().map_err(|_| StoreError::Corrupt("the ledger's id is not a UUID"))
}

/// A restored ledger goes on under a new name.
pub async fn rename_ledger(conn: &mut AnyConnection, ledger_id: Uuid) -> Result<(), StoreError> {
    let sql = "update ledger set ledger_id = $1, position = position + 1";
    sqlx::query(sql).bind(ledger_id.to_string()).execute(conn).await?;
    Ok(())
}

/// Numbers of events and positions fit in `SQLite`'s 63 bits.
pub(crate) fn to_i64(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(crate) fn from_i64(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
