//! Why the store could not do it, and whether trying again may help.

use super::settings::MIGRATION_HELP;

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
    /// The database on the server holds another program's tables.
    #[error(
        "the database {database} holds tables of another program ({tables}); it was not touched. Name an empty database of its own \
         in `database`"
    )]
    ForeignDatabase {
        /// Which database, without its password.
        database: String,
        /// Some of what it holds.
        tables: String,
    },
    /// The database cannot hold what Tallyman stores.
    #[error("the database {database} cannot be used: {why}")]
    Unfit {
        /// Which database, without its password.
        database: String,
        /// What is wrong and what to do.
        why: String,
    },
    /// A later version has worked on it.
    #[error(
        "the database {database} was brought to schema {version} by a later version of Tallyman; start that version, or restore a backup of \
         before the upgrade"
    )]
    Newer {
        /// Which database, without its password.
        database: String,
        /// The step that this version does not know.
        version: i64,
    },
    /// Another server works on it.
    #[error(
        "another sync-server serves the database {database}; stop it first, or name another database in `database`. (Commands such as \
         `sync-server terminals` may run beside a server.)"
    )]
    Served {
        /// Which database, without its password.
        database: String,
    },
    /// Another process adopted other grammars.
    #[error(
        "another command or server has adopted another `[codes]` meanwhile; nothing was changed. Start this one again, with the same configuration"
    )]
    OtherGrammars,
    /// This server lost the right to serve, and another has it.
    #[error(
        "this server lost its right to serve the database {database}, and another sync-server has it; nothing was changed. Stop one of the two"
    )]
    Displaced {
        /// Which database, without its password.
        database: String,
    },
    /// The database cannot be opened or made.
    #[error("the database {path} cannot be opened: {}", told(source))]
    Open {
        /// Which file or database.
        path: String,
        /// Why.
        source: sqlx::Error,
    },
    /// The schema cannot be brought up to date.
    #[error("the database schema cannot be brought up to date: {0}. {MIGRATION_HELP}")]
    Migrate(sqlx::migrate::MigrateError),
    /// The database takes nothing in, as something else found a moment ago.
    #[error("the database takes nothing in at the moment; nothing was changed, try again in a while")]
    Unreachable,
    /// The database refused, or was lost.
    #[error("{}", told(.0))]
    Sql(#[from] sqlx::Error),
    /// A stored record is not what it should be.
    #[error("a stored record cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// A stored value is not what it should be.
    #[error("the database is damaged: {0}")]
    Corrupt(&'static str),
}

/// Answers of `PostgreSQL` after which the same transaction may well go through: serialization, deadlock.
const CONFLICTS: [&str; 2] = ["40001", "40P01"];

/// Answers that pass: a lock that was waited for too long, a query or idle transaction that was ended; of `SQLite` a busy file.
const PASSING: [&str; 5] = ["55P03", "57014", "25P03", "5", "517"];

/// Answers of a machine without room: disk, memory, connections; of `SQLite` a full disk.
const NO_ROOM: [&str; 5] = ["53000", "53100", "53200", "53300", "13"];

/// The beginnings of answers that end a connection: its own failures, and a server that stops, starts or crashed.
const GONE: [&str; 2] = ["08", "57P"];

impl StoreError {
    /// Whether the database could not be reached, or was lost on the way: every other transaction fails as well until it is back.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        match self {
            Self::Unreachable => true,
            Self::Sql(error) | Self::Open { source: error, .. } => lost(error),
            _ => false,
        }
    }

    /// Whether another transaction stood in the way, so that the same one may be tried again at once.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Sql(error) if code(error).is_some_and(|code| CONFLICTS.contains(&&*code)))
    }

    /// Whether it is the same for everyone until something outside has changed: trying the next batch at once only makes others wait.
    #[must_use]
    pub fn stops_all(&self) -> bool {
        self.is_passing() && !self.is_conflict()
    }

    /// Whether the same may go through later, with nobody changing what is asked: whoever asked should come back.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        let passes = |code: &str| PASSING.contains(&code) || NO_ROOM.contains(&code);
        let answered = matches!(self, Self::Sql(error) if code(error).is_some_and(|code| passes(&code)));
        let displaced = matches!(self, Self::Displaced { .. });
        answered || displaced || self.is_conflict() || self.is_unreachable()
    }
}

/// `SQLite`'s words for a file that is damaged, or none of its.
const DAMAGED: [&str; 2] = ["11", "26"];

/// What it is, what was kept, and what next; the driver's own words are for those who look further.
fn told(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::PoolTimedOut => {
            "no connection to the database came free in time: it is away, or busy; nothing was changed, try again in a while".to_owned()
        }
        error if lost(error) => {
            format!("the database cannot be reached, or was lost on the way ({error}); what was not finished is not kept, do it again once it is back")
        }
        error if code(error).is_some_and(|code| DAMAGED.contains(&&*code)) => {
            format!("the database file is damaged ({error}); restore a backup")
        }
        error => format!("the database answered: {error}"),
    }
}

fn lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        _ => code(error).is_some_and(|code| GONE.iter().any(|start| code.starts_with(start))),
    }
}

fn code(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::*;
    use crate::packs::PackFileError;

    #[test]
    fn a_cut_import_says_what_was_kept_and_what_next() {
        let cut = Error::new(ErrorKind::UnexpectedEof, "expected to read 5 bytes, got 0 bytes at EOF");
        let told = PackFileError::Store(StoreError::Sql(sqlx::Error::Io(cut))).to_string();
        assert!(told.starts_with("the database cannot be reached, or was lost on the way"), "{told}");
        assert!(told.contains("do it again once it is back. Nothing of the file was kept"), "{told}");
        let told = StoreError::from(sqlx::Error::PoolTimedOut).to_string();
        assert!(!told.contains("pool") && told.contains("it is away, or busy"), "{told}");
    }
}
