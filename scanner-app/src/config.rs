//! The terminal's configuration file; `config.example.toml` explains every field and is checked by a test.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use shared::chain::PublicKey;
use shared::enrolment::Address;
use shared::ids::{MemberId, OperatorId, SiteId, TerminalId};

use crate::capture::CaptureSettings;
use crate::feedback::FeedbackSettings;
use crate::function_keys::FunctionKeys;
use crate::operators::OperatorSettings;
use crate::sync::SyncPolicy;
use crate::training;

/// The language of the screens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// 中文.
    #[default]
    Zh,
    /// English.
    En,
}

/// Every setting of a terminal. Relative paths start at the configuration file's folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// This terminal's identity.
    pub terminal: TerminalId,
    /// Where it works.
    pub site: SiteId,
    /// Whose it is.
    pub member: MemberId,
    /// Who works on it, until people sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<OperatorId>,
    /// The store: one file.
    pub store: PathBuf,
    /// The terminal's private key (PKCS#8, 0600): outside the store and its backups.
    pub key: PathBuf,
    /// The server's address for terminals.
    pub server: String,
    /// Where else it is reached; the list that it gives to its terminals is tried before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Address>,
    /// This terminal's certificate, beside the key; absent where it was enrolled by its key alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// PEM file of the only CA that this terminal trusts.
    pub ca: PathBuf,
    /// The key of the server's acknowledgements, 64 hex digits.
    pub server_key: PublicKey,
    /// What parcels are sealed for where there is no network: the server's age recipient (`age1…`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_recipient: Option<String>,
    /// The language at start.
    #[serde(default)]
    pub language: Language,
    /// Cameras and hand scanners.
    #[serde(default, skip_serializing_if = "CaptureSettings::is_default")]
    pub capture: CaptureSettings,
    /// Which function key does what.
    #[serde(default, skip_serializing_if = "FunctionKeys::is_default")]
    pub keys: FunctionKeys,
    /// What results sound and feel like.
    #[serde(default, skip_serializing_if = "FeedbackSettings::is_default")]
    pub feedback: FeedbackSettings,
    /// Signing in.
    #[serde(default, skip_serializing_if = "OperatorSettings::is_default")]
    pub operators: OperatorSettings,
    /// Printing of the gate's paper.
    #[serde(default, skip_serializing_if = "PrinterSettings::is_default")]
    pub printer: PrinterSettings,
    /// How patient and how eager the sender is; the defaults are for the field, and are not written.
    #[serde(default, skip_serializing_if = "SyncPolicy::is_default")]
    pub sync: SyncPolicy,
}

/// Where the gate's paper is printed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrinterSettings {
    /// The command and its arguments, such as `["lp", "-d", "gate"]`; the page's file (SVG, A6) is put behind them. Empty: the page
    /// is only written beside the store.
    #[serde(default)]
    pub command: Vec<String>,
}

impl PrinterSettings {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Why a configuration file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration {path} cannot be read: {source}. Make one with `scanner-app enrol --config {path}`")]
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
    /// The store is one that must never be sent.
    #[error(
        "the configuration {path} names a training log as `store`; training is never sent. Name the terminal's own store, and practise with `scan --training`"
    )]
    TrainingStore {
        /// Which file.
        path: String,
    },
}

impl Config {
    /// Reads a file and makes its paths absolute to its folder.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: shown.clone(), source })?;
        let mut config: Self = toml::from_str(&text)
            .map_err(|source| ConfigError::Form { path: shown.clone(), source: Box::new(source) })?;
        if config.store.to_string_lossy().ends_with(training::STORE_SUFFIX) {
            return Err(ConfigError::TrainingStore { path: shown });
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let files = [&mut config.store, &mut config.key, &mut config.ca];
        for file in files.into_iter().chain(&mut config.certificate) {
            *file = folder.join(&*file);
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_names_every_setting() {
        let text = include_str!("../config.example.toml");
        let example: Config = toml::from_str(text).unwrap();
        let serde_json::Value::Object(settings) = serde_json::to_value(&example).unwrap() else { panic!("an object") };
        explained(text, &settings, "");
    }

    fn explained(text: &str, settings: &serde_json::Map<String, serde_json::Value>, table: &str) {
        for (name, value) in settings {
            if let Some(inner) = value.as_object() {
                explained(text, inner, &format!("{table}{name}."));
            } else {
                assert!(text.contains(&format!("\n{name} = ")), "{table}{name} is not explained");
            }
        }
    }

    #[test]
    fn a_training_log_is_never_the_store() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("terminal.toml");
        let text = include_str!("../config.example.toml").replace("terminal.sqlite", "terminal.training.sqlite");
        std::fs::write(&path, text).unwrap();
        assert!(matches!(Config::read(&path), Err(ConfigError::TrainingStore { .. })));
    }

    #[test]
    fn sources_are_set_for_the_terminal_and_a_misspelt_setting_is_refused() {
        let example = include_str!("../config.example.toml");
        let config: Config = toml::from_str(example).unwrap();
        assert!(config.capture.camera.size.is_some() && config.capture.camera.torch.is_some());
        for (right, wrong) in [("size = \"1280x720\"", "size = \"big\""), ("gap_ms", "gap")] {
            assert!(example.contains(right), "{right}");
            assert!(toml::from_str::<Config>(&example.replace(right, wrong)).is_err(), "{wrong}");
        }
    }
}
