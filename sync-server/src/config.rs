//! The configuration file. `config.example.toml` holds the defaults and is checked by a test.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Every setting of the server. Relative paths start at the configuration file's folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Folder of the database, the CA and the keys.
    pub data: PathBuf,
    /// Where terminals connect (TLS). Port 0 takes a free one.
    pub terminal_listen: SocketAddr,
    /// Where people open the console (TLS). There is no sign-in yet, so keep it on loopback or behind one that asks.
    pub web_listen: SocketAddr,
    /// Names and addresses that the server's certificate is made for, beside `localhost` and `127.0.0.1`.
    pub server_names: Vec<String>,
    /// Host in the codes that this server issues (GS1 Digital Link), at most 19 characters for a national-format label.
    pub link_host: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("data"),
            terminal_listen: SocketAddr::from(([0, 0, 0, 0], 7443)),
            web_listen: SocketAddr::from(([127, 0, 0, 1], 7444)),
            server_names: Vec::new(),
            link_host: "ID.EXAMPLE.CN".to_owned(),
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
    /// The file is not what is expected.
    #[error("the configuration {path} is wrong: {source}")]
    Form {
        /// Which file.
        path: String,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
}

impl Config {
    /// Reads a file and makes its paths absolute to its folder.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: shown.clone(), source })?;
        let mut config: Self =
            toml::from_str(&text).map_err(|source| ConfigError::Form { path: shown, source: Box::new(source) })?;
        let data = path.parent().unwrap_or(Path::new("")).join(&config.data);
        // Addresses of files are shown to people and given to terminals, who stand elsewhere.
        config.data = std::path::absolute(&data).unwrap_or(data);
        Ok(config)
    }

    /// The database file.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.data.join("tallyman.sqlite")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_holds_the_defaults() {
        let example: Config = toml::from_str(include_str!("../config.example.toml")).unwrap();
        assert_eq!(example, Config::default());
    }

    #[test]
    fn a_misspelt_setting_is_named() {
        let error = toml::from_str::<Config>("dada = \"x\"").unwrap_err().to_string();
        assert!(error.contains("unknown field `dada`"), "{error}");
    }
}
