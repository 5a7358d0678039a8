//! The configuration file. `config.example.toml` holds the defaults and is checked by a test.

mod check;

use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use shared::citation::Rulebook;
use shared::code::{GrammarConfig, GrammarError, Grammars};
use shared::enrolment::Address;
use shared::reference::{Limits, Policy};

use crate::http::rates::Allowed;
use crate::store::{DatabaseSettings, DatabaseUrl, without_passwords};
use crate::workflow::Allowances;

/// Every setting of the server. Relative paths start at the configuration file's folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// First day of the revised trading rules: a date such as `2026-10-01` (Asia/Shanghai), or `never` while only the trial rules
    /// hold. It is agreed with the regulator and has no default.
    pub revised_rules_from: RevisedRulesFrom,
    /// Folder of the CA and the keys, and of the database where it is a file.
    #[serde(default = "default_data")]
    pub data: PathBuf,
    /// A `PostgreSQL` database, such as `postgres://tallyman@db.example/tallyman?sslmode=verify-full`; absent: a file in `data`. The
    /// password may stand in the address, in the file that `PGPASSFILE` names, or in `PGPASSWORD`.
    #[serde(default)]
    pub database: Option<DatabaseUrl>,
    /// Where terminals connect (TLS). Port 0 takes a free one.
    #[serde(default = "default_terminal_listen")]
    pub terminal_listen: SocketAddr,
    /// Where people open the console and programs the web API (TLS).
    #[serde(default = "default_web_listen")]
    pub web_listen: SocketAddr,
    /// Whoever reaches the console may see and do everything: for a demonstration, on a loopback `web_listen` only.
    #[serde(default)]
    pub console_without_sign_in: bool,
    /// Where probes and metrics are read (plain HTTP); absent: nowhere. Whoever reaches it reads how busy the server is, no data.
    #[serde(default)]
    pub operations_listen: Option<SocketAddr>,
    /// Whether webhooks may go to loopback and private addresses, and there by plain `http`.
    #[serde(default)]
    pub webhooks_inner: bool,
    /// What the log looks like: `text` for people, `json` for programs, one object a line.
    #[serde(default)]
    pub log: LogForm,
    /// Names and addresses that the server's certificate is made for, beside `localhost` and `127.0.0.1`.
    #[serde(default)]
    pub server_names: Vec<String>,
    /// Where terminals reach this server, the best first, such as `https://tally.example:7443`: invitations name them, and terminals
    /// pull the list and try one after the other. The server's certificate is made for their hosts as well.
    #[serde(default)]
    pub addresses: Vec<Address>,
    /// Days that a terminal's certificate holds; it renews by itself once a third of them is left.
    #[serde(default = "default_certificate_days")]
    pub certificate_days: NonZeroU16,
    /// Host in the codes that this server issues (GS1 Digital Link), at most 19 characters for a national-format label.
    #[serde(default = "default_link_host")]
    pub link_host: String,
    /// Bytes that batches may take while they wait to be taken in, unfolded; beyond them terminals are asked to come back. 64 MB.
    #[serde(default = "default_inbox_bytes_max")]
    pub inbox_bytes_max: usize,
    /// Which texts of labels are codes beside GS1's.
    #[serde(default)]
    pub codes: GrammarConfig,
    /// Thresholds that are not law but agreement.
    #[serde(default)]
    pub limits: Limits,
    /// How often one may ask.
    #[serde(default)]
    pub requests: Allowed,
    /// How long mismatches may wait to be settled before the regulator is told.
    #[serde(default)]
    pub workflow: Allowances,
}

/// What the log looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogForm {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

fn default_data() -> PathBuf {
    PathBuf::from("data")
}

fn default_terminal_listen() -> SocketAddr {
    SocketAddr::from(([0, 0, 0, 0], 7443))
}

fn default_web_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 7444))
}

const fn default_inbox_bytes_max() -> usize {
    64 * 1024 * 1024
}

const fn default_certificate_days() -> NonZeroU16 {
    match NonZeroU16::new(30) {
        Some(days) => days,
        None => NonZeroU16::MIN,
    }
}

fn default_link_host() -> String {
    "ID.EXAMPLE.CN".to_owned()
}

/// When the revised trading rules begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RevisedRulesFrom(pub Rulebook);

impl TryFrom<String> for RevisedRulesFrom {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if text == "never" {
            return Ok(Self(Rulebook::Trial));
        }
        let midnight = format!("{text}T00:00:00+08:00").parse();
        let from = midnight.map_err(|_| format!("`{text}` is neither a day such as 2026-10-01 nor `never`"))?;
        Ok(Self(Rulebook::RevisedFrom(from)))
    }
}

impl From<RevisedRulesFrom> for String {
    fn from(from: RevisedRulesFrom) -> Self {
        match from.0 {
            Rulebook::Trial => "never".to_owned(),
            Rulebook::RevisedFrom(from) => from.to_minute().chars().take(10).collect(),
        }
    }
}

/// Why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration {path} cannot be read: {source}. Make one with `sync-server init --config {path}`")]
    Read {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The one setting without a default is not there.
    #[error(
        "the configuration {path} does not say when the revised trading rules begin. Add `revised_rules_from = \"2026-10-01\"` with the \
         day that was agreed with the regulator, or `revised_rules_from = \"never\"` while only the trial rules hold"
    )]
    NoRulebook {
        /// Which file.
        path: String,
    },
    /// The console would be open to more than this machine.
    #[error(
        "the configuration {path} says console_without_sign_in, and web_listen = \"{listen}\" is no loopback address. Take that setting \
         out and add people with `sync-server users add`, or listen on 127.0.0.1"
    )]
    OpenConsole {
        /// Which file.
        path: String,
        /// Where the console would listen.
        listen: SocketAddr,
    },
    /// The file is not what is expected.
    #[error("the configuration {path} is wrong: {why}")]
    Form {
        /// Which file.
        path: String,
        /// Where and why; no password that stands there.
        why: String,
    },
    /// A grammar of codes cannot be used.
    #[error("the configuration {path} is wrong in `[codes]`: {why}")]
    Grammar {
        /// Which file.
        path: String,
        /// Which pattern or GTIN, and why.
        why: GrammarError,
    },
    /// A setting makes no sense.
    #[error("the configuration {path} is wrong: {why}")]
    Senseless {
        /// Which file.
        path: String,
        /// Which setting, what is allowed, and why.
        why: check::Senseless,
    },
    /// The address of the database is none.
    #[error("the configuration {path} is wrong: {why}")]
    Database {
        /// Which file.
        path: String,
        /// What is wrong with it.
        why: &'static str,
    },
}

impl Config {
    /// Reads a file and makes its paths absolute to its folder.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: shown.clone(), source })?;
        let wrong = |source: toml::de::Error| {
            let no_rulebook = source.message().contains("missing field `revised_rules_from`");
            let path = shown.clone();
            if no_rulebook {
                ConfigError::NoRulebook { path }
            } else {
                ConfigError::Form { path, why: without_passwords(&source.to_string()) }
            }
        };
        let mut config = from_toml(&text).map_err(wrong)?;
        let checked = config.database.as_ref().map_or(Ok(()), DatabaseUrl::check);
        checked.map_err(|why| ConfigError::Database { path: shown.clone(), why })?;
        if config.console_without_sign_in && !config.web_listen.ip().is_loopback() {
            return Err(ConfigError::OpenConsole { path: shown, listen: config.web_listen });
        }
        check::check(&config).map_err(|why| ConfigError::Senseless { path: shown.clone(), why })?;
        config.grammars().map_err(|why| ConfigError::Grammar { path: shown.clone(), why })?;
        let data = path.parent().unwrap_or(Path::new("")).join(&config.data);
        // Addresses of files are shown to people and given to terminals, who stand elsewhere.
        config.data = std::path::absolute(&data).unwrap_or(data);
        Ok(config)
    }

    /// Whether whoever reaches the console may see and do everything.
    #[must_use]
    pub const fn is_console_open(&self) -> bool {
        self.console_without_sign_in
    }

    /// What everyone on this server judges by.
    #[must_use]
    pub const fn policy(&self) -> Policy {
        Policy { rules: self.revised_rules_from.0, limits: self.limits }
    }

    /// By what labels are read.
    pub fn grammars(&self) -> Result<Grammars, GrammarError> {
        Grammars::try_from(self.codes.clone())
    }

    /// Every name and address that the server's certificate is made for, beside `localhost` and `127.0.0.1`.
    #[must_use]
    pub fn certificate_names(&self) -> Vec<String> {
        let hosts = self.addresses.iter().map(|address| address.host().to_owned());
        self.server_names.iter().cloned().chain(hosts).collect()
    }

    /// Where the ledger is.
    #[must_use]
    pub fn database(&self) -> DatabaseSettings {
        let file = || DatabaseSettings::Sqlite(self.data.join("tallyman.sqlite"));
        self.database.clone().map_or_else(file, DatabaseSettings::Postgres)
    }
}

/// A setting that nobody knows is a mistake, at any depth.
fn from_toml(text: &str) -> Result<Config, toml::de::Error> {
    let mut unknown = None;
    let read = serde_ignored::deserialize(toml::Deserializer::parse(text)?, |path| {
        unknown.get_or_insert(path.to_string());
    })?;
    match unknown {
        None => Ok(read),
        Some(field) => Err(serde::de::Error::custom(format!("unknown field `{field}`"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_holds_the_defaults_and_no_start_of_the_revised_rules() {
        let example = include_str!("../config.example.toml");
        let bare: Config = toml::from_str("revised_rules_from = 'never'").unwrap();
        assert_eq!(toml::from_str::<Config>(&format!("revised_rules_from = 'never'\n{example}")).unwrap(), bare);
        let error = toml::from_str::<Config>(example).unwrap_err().to_string();
        assert!(error.contains("missing field `revised_rules_from`"), "{error}");
    }

    #[test]
    fn the_revised_rules_begin_at_midnight_in_shanghai() {
        let config: Config = toml::from_str("revised_rules_from = '2026-10-01'").unwrap();
        let Rulebook::RevisedFrom(from) = config.policy().rules else { panic!("no start") };
        assert_eq!(from.to_string(), "2026-10-01T00:00:00.000+08:00");
        assert_eq!(String::from(config.revised_rules_from), "2026-10-01");
        let error = toml::from_str::<Config>("revised_rules_from = 'soon'").unwrap_err().to_string();
        assert!(error.contains("`soon` is neither a day such as 2026-10-01 nor `never`"), "{error}");
    }

    #[test]
    fn a_wrong_configuration_is_told_without_the_password_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.toml");
        for (wrong, said) in [
            ("databse = \"postgres://u:s3cret@h/d\"", "unknown field `databse`"),
            ("database = \"postgres://u:s3cret@h/d\" x", "TOML parse error"),
            ("database = \"mysql://u:s3cret@h/d\"", "`database` is no address of a PostgreSQL database"),
            ("certificate_days = \"postgres://u:s3cret@h/d?password=s3cret\"", "invalid type"),
        ] {
            std::fs::write(&path, format!("revised_rules_from = 'never'\n{wrong}\n")).unwrap();
            let error = Config::read(&path).unwrap_err();
            let (told, printed) = (error.to_string(), format!("{error:?}"));
            assert!(told.contains(said), "{told}");
            assert!(!told.contains("s3cret") && !printed.contains("s3cret"), "{told} {printed}");
        }
    }

    #[test]
    fn a_misspelt_setting_is_named() {
        let error = |line: &str| from_toml(&format!("revised_rules_from = 'never'\n{line}")).unwrap_err().to_string();
        assert!(error("dada = 'x'").contains("unknown field `dada`"));
        assert!(error("[limits]\ngrace = 1").contains("unknown field `limits.grace`"));
        let opaque = "[[codes.opaque]]\nnamespace = 'CTP'\npattern = 'A+'\nuper_case = true";
        assert!(error(opaque).contains("unknown field `codes.opaque.0.uper_case`"), "{}", error(opaque));
    }
}
