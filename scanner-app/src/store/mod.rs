//! The terminal's store: one SQLite file in WAL with `synchronous=FULL`. Whoever was told "recorded" finds it after a power cut.

mod gate_answer;
mod log;
mod open;
mod reference;
mod resume;
mod task;
#[cfg(test)]
mod tests;

use rusqlite::Connection;

pub use log::{Appended, LogRow, VerifiedLog};
pub use open::{APPLICATION_ID, Store};
pub use reference::Pulled;
pub(crate) use resume::remember;
pub use task::Task;
pub(crate) use task::{close as close_task, insert as insert_task};

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file is not ours.
    #[error(
        "{path} is not a Tallyman terminal's store ({found}); it was not touched. Name another `store` in the configuration"
    )]
    Foreign {
        /// Which file.
        path: String,
        /// What it looks like.
        found: &'static str,
    },
    /// Written by a newer version.
    #[error("the store was written by a newer version (schema {0}); start the newer app again, nothing is lost")]
    Newer(i64),
    /// Another instance has it.
    #[error("another instance of the app has the store {0} open; use that one, or close it first")]
    InUse(String),
    /// The file cannot be opened.
    #[error("the store {path} cannot be opened: {source}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The database refused.
    #[error("the store answered: {0}. What was confirmed before is safe")]
    Sql(#[from] rusqlite::Error),
    /// A stored record is not what it should be.
    #[error("a stored record cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// A stored value is not what it should be.
    #[error("the store is damaged: {0}")]
    Corrupt(&'static str),
}

/// A value of the store's small table of facts about itself.
fn meta(conn: &Connection, name: &str) -> Result<Option<String>, StoreError> {
    use rusqlite::OptionalExtension;
    let sql = "select value from meta where name = ?1";
    Ok(conn.query_row(sql, [name], |row| row.get(0)).optional()?)
}

fn set_meta(conn: &Connection, name: &str, value: &str) -> Result<(), StoreError> {
    let sql = "insert into meta (name, value) values (?1, ?2) on conflict (name) do update set value = excluded.value";
    conn.execute(sql, [name, value])?;
    Ok(())
}
