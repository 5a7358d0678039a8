//! The server's database through sqlx, migrated at start: one file of `SQLite`, or `PostgreSQL`. One query, one function, the SQL
//! beside it; both databases run the same text.

pub mod admission;
pub mod cache;
pub mod certificate;
pub mod checkpoint;
pub mod code;
pub mod code_bulk;
pub mod digest;
pub mod due;
pub mod entry;
mod error;
pub mod event;
pub mod facts;
mod forget;
pub mod gate;
pub mod identity;
mod key;
pub mod labelled;
pub mod ledger;
pub mod log_fault;
pub mod lookup;
mod memory;
pub mod mismatch;
pub mod named;
mod open;
pub mod open_task;
pub mod pack;
pub mod packages;
mod postgres;
pub mod quarantine;
pub mod reference;
pub mod reread;
pub mod sealed;
mod serving;
mod settings;
pub mod step;
pub mod stored;
pub mod terminal;
pub mod trail;
pub mod unjudged;
pub mod verdict;
pub mod version;

use std::path::Path;
use std::sync::Arc;

use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Row, Transaction};
use uuid::Uuid;

use crate::labels;

pub use error::StoreError;
pub use open::{APPLICATION_ID, refuse_damaged};
pub use serving::Serving;
pub use settings::{DatabaseSettings, DatabaseUrl, without_passwords};

/// The database, shared by all who serve.
#[derive(Clone, Debug)]
pub struct Store {
    pool: AnyPool,
    database: Database,
    /// How the database is called before people: no password in it.
    shown: Arc<str>,
    /// The file, where it is one.
    file: Option<Arc<Path>>,
    post: serving::Post,
}

/// Which database holds the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// One file of this machine: the embedded default.
    Sqlite,
    /// A server of its own.
    Postgres,
}

impl Store {
    /// A writing transaction. It takes the write lock at once, so that it can never fail half-way for having read first: what it
    /// reads is what stays true until its end. End it with `commit` or `rollback`: a dropped one keeps its locks for a while. A server
    /// that has lost its right to serve gets none before it has taken it again, a process that reads labels by other grammars than
    /// those adopted gets none at all: nobody would find what it wrote.
    pub async fn write(&self) -> Result<Transaction<'static, Any>, StoreError> {
        let mut tx = self.write_to_adopt().await?;
        let Some(own) = labels::config() else { return Ok(tx) };
        match reference::grammars(&mut tx).await {
            Ok(adopted) if adopted == *own => Ok(tx),
            adopted => {
                // What stopped us is what is told.
                let _ = tx.rollback().await;
                Err(adopted.err().unwrap_or(StoreError::OtherGrammars))
            }
        }
    }

    /// The same for who adopts grammars.
    pub(crate) async fn write_to_adopt(&self) -> Result<Transaction<'static, Any>, StoreError> {
        match self.database {
            Database::Sqlite => Ok(self.pool.begin_with("begin immediate").await?),
            Database::Postgres => {
                let tx = postgres::begin_ordered(&self.pool).await?;
                // Asked once all other writers have ended: whoever took the right since then waits for us.
                match self.confirm_serving().await {
                    Ok(()) => Ok(tx),
                    Err(error) => {
                        // What stopped us is what is told.
                        let _ = tx.rollback().await;
                        Err(error)
                    }
                }
            }
        }
    }

    /// A reading transaction: all of its statements see the database as of one moment.
    pub async fn snapshot(&self) -> Result<Transaction<'static, Any>, StoreError> {
        Ok(match self.database {
            Database::Sqlite => self.pool.begin().await?,
            Database::Postgres => self.pool.begin_with("begin isolation level repeatable read read only").await?,
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

    /// Connections to the database: how many there are, and how many of them have nothing to do.
    #[must_use]
    pub fn connections(&self) -> (u32, usize) {
        (self.pool.size(), self.pool.num_idle())
    }

    /// A connection to read with; each statement sees what was committed by then.
    pub async fn read(&self) -> Result<PoolConnection<Any>, StoreError> {
        Ok(self.pool.acquire().await?)
    }
}

/// Ends a writing transaction: what was done is committed, what was refused is taken back at once, so that its locks are free.
pub async fn end<T, E: From<StoreError>>(tx: Transaction<'static, Any>, done: Result<T, E>) -> Result<T, E> {
    match &done {
        Ok(_) => tx.commit().await.map_err(StoreError::from)?,
        Err(_) => tx.rollback().await.map_err(StoreError::from)?,
    }
    done
}

/// Whether a connection is one of `SQLite`: where the two databases are quick by different statements.
fn is_sqlite(conn: &AnyConnection) -> bool {
    conn.backend_name() == "SQLite"
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

/// Numbers of events and positions fit in the databases' 63 bits.
pub(crate) fn to_i64(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(crate) fn from_i64(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
