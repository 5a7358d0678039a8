//! Which database, as the configuration names it. A password in it is told to the database and to nobody else.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};
use sqlx::any::AnyConnectOptions;

/// What a person does about a schema that does not come up to date.
pub(super) const MIGRATION_HELP: &str = "Nothing of the failed step was kept; start the version that wrote this database, or restore \
                                         a backup";

/// Where the ledger is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseSettings {
    /// One file of this machine.
    Sqlite(PathBuf),
    /// A database on a `PostgreSQL` server.
    Postgres(DatabaseUrl),
}

/// The address of a `PostgreSQL` database. Shown without its password, however it is printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// An address as it is written in the configuration; it is checked by [`DatabaseUrl::check`].
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// Says what is wrong with the address, without repeating it.
    pub fn check(&self) -> Result<(), &'static str> {
        if !self.0.starts_with("postgres://") && !self.0.starts_with("postgresql://") {
            return Err(
                "`database` is no address of a PostgreSQL database; write it like postgres://user@host:5432/tallyman, or leave \
                 it out for a file in `data`",
            );
        }
        AnyConnectOptions::from_str(&self.0).map(drop).map_err(|_| {
            "the address in `database` cannot be read; write it like postgres://user@host:5432/tallyman, and characters such \
             as @ : / ? # % in a password as %40 %3A %2F %3F %23 %25"
        })
    }

    /// The whole address, password and all: for the database alone.
    pub(super) fn secret(&self) -> &str {
        &self.0
    }
}

/// User, host and database; everything else may be secret.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(options) = AnyConnectOptions::from_str(&self.0) else { return f.write_str("postgres://…") };
        let url = options.database_url;
        f.write_str("postgres://")?;
        if !url.username().is_empty() {
            write!(f, "{}@", url.username())?;
        }
        f.write_str(url.host_str().unwrap_or_default())?;
        if let Some(port) = url.port() {
            write!(f, ":{port}")?;
        }
        f.write_str(url.path())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

impl Serialize for DatabaseUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A text in which no password of an address can be read any more: what stands between `://` and the last `@` of a word, and what
/// follows `password=`.
#[must_use]
pub fn without_passwords(text: &str) -> String {
    text.split_inclusive(char::is_whitespace).map(blank).collect()
}

fn blank(word: &str) -> String {
    let mut word = word.to_owned();
    if let Some(start) = word.find("://").map(|at| at + 3)
        && let Some(end) = word.rfind('@').filter(|end| *end > start)
    {
        word.replace_range(start..end, "…");
    }
    if let Some(start) = word.find("password=").map(|at| at + "password=".len()) {
        let length = word[start..].find(['&', '"', '\'', '\n', ' ']).unwrap_or(word.len() - start);
        word.replace_range(start..start + length, "…");
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_shown_nowhere() {
        let url =
            DatabaseUrl::new("postgres://tally:s3cr%40t@db.example:6432/tallyman?sslmode=verify-full&password=other");
        assert_eq!(url.to_string(), "postgres://tally@db.example:6432/tallyman");
        assert_eq!(format!("{url:?}"), "DatabaseUrl(postgres://tally@db.example:6432/tallyman)");
        assert_eq!(serde_json::to_string(&url).unwrap(), "\"postgres://tally@db.example:6432/tallyman\"");
        assert!(url.check().is_ok());
        let line = without_passwords("3 | database = \"postgres://tally:s3cr@t@db/x?password=other\" # here");
        assert_eq!(line, "3 | database = \"postgres://…@db/x?password=…\" # here");
    }

    #[test]
    fn what_is_no_address_is_said_without_repeating_it() {
        for wrong in ["mysql://u:secret@h/d", "secret", "postgres://u:sec#ret@h:port/d"] {
            let why = DatabaseUrl::new(wrong).check().unwrap_err();
            assert!(!why.contains("secret") && why.contains("postgres://user@host:5432/tallyman"), "{wrong}: {why}");
            assert!(!DatabaseUrl::new(wrong).to_string().contains("secret"));
        }
    }
}
