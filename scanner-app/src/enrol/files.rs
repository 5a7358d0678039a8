//! Where an enrolment lies: beside the configuration a folder `keys` with the terminal's identity, key, certificate and CA. The
//! configuration is written last: its presence says that all else is there.

use std::fs::{self, DirBuilder};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ring::signature::Ed25519KeyPair;
use shared::enrolment::{Address, Enrolled};
use shared::ids::TerminalId;

use crate::capture::CaptureSettings;
use crate::config::{Config, ConfigError, Language};
use crate::feedback::FeedbackSettings;
use crate::function_keys::FunctionKeys;
use crate::keys::{self, KeyError, Wrapper};
use crate::operators::OperatorSettings;
use crate::sync::SyncPolicy;
use crate::sync::TransportError;
use crate::sync::transport::certificate;

/// Why a file of the enrolment cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// A file or folder cannot be read or written.
    #[error("{path} cannot be used: {source}. Mend that and enrol again with the same invitation")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The identity's file holds none.
    #[error("{0} holds no identity; delete it and enrol again")]
    Identity(String),
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The configuration cannot be written as TOML.
    #[error("the configuration cannot be written: {0}")]
    Toml(#[from] toml::ser::Error),
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The certificate.
    #[error(transparent)]
    Certificate(#[from] TransportError),
}

/// The place of one terminal's enrolment.
pub struct Place {
    config_path: PathBuf,
    folder: PathBuf,
    before: Option<Config>,
}

impl Place {
    /// Beside a configuration, which may not be there yet. One that is there is enrolled again: identity, key and store stay.
    pub fn of(config_path: &Path) -> Result<Self, FileError> {
        let folder = config_path.parent().unwrap_or(Path::new("")).to_owned();
        let before = if config_path.exists() { Some(Config::read(config_path)?) } else { None };
        let keys = folder.join("keys");
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&keys);
        made.map_err(|source| file_error(&keys, source))?;
        Ok(Self { config_path: config_path.to_owned(), folder, before })
    }

    /// The terminal's identity: as it was, else as an enrolment that was cut short noted it, else the new one.
    pub fn terminal(&self, new: TerminalId) -> Result<TerminalId, FileError> {
        if let Some(before) = &self.before {
            return Ok(before.terminal);
        }
        let path = self.folder.join("keys/terminal.id");
        match fs::read_to_string(&path) {
            Ok(text) => text.trim().parse().map_err(|_| FileError::Identity(path.display().to_string())),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                write(&path, new.to_string().as_bytes())?;
                Ok(new)
            }
            Err(source) => Err(file_error(&path, source)),
        }
    }

    /// The terminal's key: the one that is there, else a new one, wrapped where `wrapper` can do that.
    pub fn key(&self, wrapper: Option<&Wrapper>) -> Result<Arc<Ed25519KeyPair>, FileError> {
        let path =
            self.before.as_ref().map_or_else(|| self.folder.join("keys/terminal.pk8"), |before| before.key.clone());
        let key = if keys::is_there(&path) { keys::open(&path)? } else { keys::make(&path, wrapper)? };
        Ok(Arc::new(key))
    }

    /// Writes what the approval brought; `asked` are the addresses of the invitation, the one that answered first.
    pub fn keep(&self, terminal: TerminalId, enrolled: &Enrolled, asked: &[Address]) -> Result<(), FileError> {
        write(&self.folder.join("keys/ca.pem"), enrolled.ca.as_bytes())?;
        certificate::write(&self.folder.join("keys/certificate.json"), &enrolled.certificate)?;
        let mut addresses = enrolled.addresses.clone();
        addresses.extend(asked.iter().filter(|known| !enrolled.addresses.contains(known)).cloned());
        let mut addresses = addresses.into_iter();
        let server = addresses.next().map(|first| first.to_string()).unwrap_or_default();
        let before = self.before.clone();
        let key = before.as_ref().map_or_else(|| "keys/terminal.pk8".into(), |before| before.key.clone());
        let config = Config {
            terminal,
            site: enrolled.site.clone(),
            member: enrolled.member.clone(),
            operator: before.as_ref().and_then(|before| before.operator.clone()),
            store: before.as_ref().map_or_else(|| "terminal.sqlite".into(), |before| before.store.clone()),
            key,
            server,
            addresses: addresses.collect(),
            certificate: Some("keys/certificate.json".into()),
            ca: "keys/ca.pem".into(),
            server_key: enrolled.server_key,
            server_recipient: enrolled.recipient.clone(),
            language: before.as_ref().map_or(Language::Zh, |before| before.language),
            capture: before.as_ref().map_or_else(CaptureSettings::default, |before| before.capture.clone()),
            keys: before.as_ref().map_or_else(FunctionKeys::default, |before| before.keys.clone()),
            feedback: before.as_ref().map_or_else(FeedbackSettings::default, |before| before.feedback.clone()),
            operators: before.as_ref().map_or_else(OperatorSettings::default, |before| before.operators.clone()),
            printer: before.as_ref().map_or_else(Default::default, |before| before.printer.clone()),
            sync: before.as_ref().map_or_else(SyncPolicy::default, |before| before.sync),
        };
        write(&self.config_path, toml::to_string(&self.beside(config))?.as_bytes())
    }

    /// Paths as they are written: relative to the configuration's folder where they lie in it.
    fn beside(&self, mut config: Config) -> Config {
        for path in [&mut config.store, &mut config.key] {
            if let Ok(relative) = path.strip_prefix(&self.folder) {
                *path = relative.to_owned();
            }
        }
        config
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let new = path.with_extension("new");
    let written = fs::File::create(&new).and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written.and_then(|()| fs::rename(&new, path)).map_err(|source| file_error(path, source))
}

fn file_error(path: &Path, source: std::io::Error) -> FileError {
    FileError::File { path: path.display().to_string(), source }
}
