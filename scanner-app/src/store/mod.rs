//! The terminal's store: one SQLite file in WAL with `synchronous=FULL`. Whoever was told "recorded" finds it after a power cut.

mod attachment;
mod carried;
mod check;
mod checkpoint;
mod cipher;
mod code;
mod commit;
mod damage;
mod facts;
mod gate_answer;
mod grammars;
mod header;
mod hidden;
mod identity;
mod leftover;
mod log;
mod manifest;
mod mark;
mod open;
mod operators;
mod outbox;
mod projection;
mod reference;
mod refused;
mod rescue;
mod reserve;
mod restored;
mod resume;
mod retention;
mod salvage;
mod task;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_sending;

use rusqlite::Connection;

pub use attachment::PHOTO_BYTES_MAX;
pub use carried::{CARRIED_BYTES_MAX, CarriedRow, Taking};
pub use check::verify;
pub use checkpoint::CheckpointGap;
#[cfg(feature = "encryption")]
pub use cipher::encrypt_with;
pub(crate) use code::Around;
pub use facts::ScanRow;
pub use gate_answer::{SHUT_GATES, ShutGate};
pub use identity::{Notice, this_machine};
pub use leftover::Leftover;
pub use log::{Appended, Entry, LogRow, Shown, VerifiedLog};
pub use open::{APPLICATION_ID, Opening, Store};
pub use operators::{ActiveRow, AgeRow, DeskRow, TriesRow};
pub use outbox::{Outgoing, Rewound};
pub(crate) use projection::EventNo;
pub use reference::Pulled;
pub use refused::{Lacking, Refused};
pub use rescue::{Rescued, RescuedEpoch, rescue};
pub use reserve::{RESERVE_BYTES, full_words};
pub use restored::ServerHistory;
pub(crate) use resume::remember;
pub use retention::RETENTION_MS;
pub use task::Task;

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
    /// Written by an older version, where nothing may be written.
    #[error(
        "the store {0} was written by an older version; start the app once, which brings it up to date, and try again"
    )]
    Older(String),
    /// Another instance has it.
    #[error("another instance of the app has the store {0} open; use that one, or close it first")]
    InUse(String),
    /// The file cannot be opened.
    #[error("the store {path} cannot be opened: {source}. Check the path `store` in the configuration, and the disk")]
    File {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The database refused.
    #[error("the store answered: {0}. What was confirmed before is safe")]
    Sql(#[source] rusqlite::Error),
    /// A stored record is not what it should be.
    #[error("a stored record cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// A stored value is not what it should be.
    #[error("the store is damaged: {0}")]
    Corrupt(&'static str),
    /// The folder is not there.
    #[error(
        "the store {path} cannot be opened: there is no folder {folder}. Make it, or name another `store` in the configuration"
    )]
    NoFolder {
        /// Which file.
        path: String,
        /// Its folder.
        folder: String,
    },
    /// The folder cannot be written to.
    #[error(
        "the store {path} cannot be opened: the app may not write to {folder} ({source}). Give it the right to, or name another `store` in the configuration"
    )]
    ReadOnly {
        /// Which file.
        path: String,
        /// Its folder.
        folder: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file is damaged.
    #[error(
        "the store{} is damaged ({what}). Stop scanning here and keep its folder as it is: `scanner-app rescue --config FILE --to FOLDER` saves every readable record and makes a new store",
        if path.is_empty() { String::new() } else { format!(" {path}") }
    )]
    Damaged {
        /// Which file; empty where it is the one in use.
        path: String,
        /// What is wrong with it.
        what: String,
    },
    /// No space is left.
    #[error("{}", { let (zh, en) = full_words(*.recorded); format!("{en} / {zh}") })]
    Full {
        /// Events that are recorded and safe; none = they could not be counted.
        recorded: Option<u64>,
    },
    /// There is nothing to rescue.
    #[error("the store {0} is sound: there is nothing to rescue, and nothing was changed")]
    Sound(String),
    /// There is nothing that could be rescued.
    #[error(
        "no record of this terminal can be read from {0}; nothing was changed. Check the path `store` in the configuration; where the file was overwritten, bring it back from a backup"
    )]
    NothingReadable(String),
    /// A picture cannot be kept.
    #[error("the picture cannot be read ({0}). Take it again")]
    Photo(String),
    /// The mark beside the key cannot be used.
    #[error(
        "the mark {path}, which notices an older copy of the store, cannot be used: {source}. Give the app the right to write there"
    )]
    Mark {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
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
