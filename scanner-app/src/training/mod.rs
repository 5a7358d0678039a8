//! Training (训练): the real session on synthetic labels, in a log of its own that never leaves the device.
//!
//! Three things keep practice apart from work, none of them a check that could be forgotten:
//!
//! - [`Training`] owns its session and never gives its store away, and the sender takes nothing but a store;
//! - the log belongs to a terminal that is enrolled nowhere ([`training_terminal`]), so no server would take it;
//! - only labels of a GTIN range that no goods have are recorded; a real label is named as one and left alone.

mod labels;
mod references;
#[cfg(test)]
mod tests;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use shared::chain::sha256;
use shared::event::{Capture, Close, LabelMetadata, Stage};
use shared::ids::{EpochId, EventRef, MemberId, OperatorId, SiteId, TerminalId};
use shared::rules::Progress;
use uuid::Uuid;

pub use labels::{Lesson, is_training, labels};

use crate::config::Language;
use crate::device::Device;
use crate::session::{Closed, Feedback, Identity, Session};
use crate::store::{Store, StoreError, Task};

/// What the name of every training store ends with.
pub const STORE_SUFFIX: &str = ".training.sqlite";

/// Why practice cannot begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum TrainingError {
    /// There is no practice for this stage.
    #[error("there is no practice for this stage yet; practise with `--task outbound` or `--task inbound`")]
    Stage,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The mark on every screen and line.
#[must_use]
pub const fn mark(language: Language) -> &'static str {
    match language {
        Language::Zh => "训练",
        Language::En => "Training",
    }
}

/// Where the training log of a terminal lies: beside its real store, never the same file.
#[must_use]
pub fn store_path(real: &Path) -> PathBuf {
    let mut name = real.file_stem().unwrap_or_default().to_owned();
    name.push(STORE_SUFFIX);
    real.with_file_name(name)
}

/// The terminal that practice is recorded by: made from the real one, so that it stays the same, and enrolled nowhere.
#[must_use]
pub fn training_terminal(real: TerminalId) -> TerminalId {
    TerminalId::new(derived(b"tallyman/training-terminal/1", real.as_bytes()))
}

fn derived(purpose: &[u8], from: &[u8]) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&sha256(&[purpose, from]).as_bytes()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// What a label read in training is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Practised {
    /// A practice label: judged and recorded in the training log.
    Scanned(Feedback),
    /// A real label: nothing was recorded.
    Real {
        /// Its text.
        text: String,
    },
}

impl Practised {
    /// What is said of a real label.
    #[must_use]
    pub const fn real_words(language: Language) -> &'static str {
        match language {
            Language::Zh => "这是真实标签，训练中不记录。退出训练再扫。",
            Language::En => "This is a real label. Training records none. Leave training to scan it.",
        }
    }
}

/// Whose practice it is.
#[derive(Clone, Debug)]
pub struct Trainee {
    /// The real terminal.
    pub terminal: TerminalId,
    /// Whose it is.
    pub member: MemberId,
    /// Where it stands.
    pub site: SiteId,
    /// Who practises.
    pub operator: Option<OperatorId>,
}

/// An open practice task. It gives back neither its session nor its store.
pub struct Training {
    session: Session,
}

impl Training {
    /// Goes on with the practice that is open, or begins anew with all labels unscanned. `real_store` is the terminal's real
    /// store, which is not touched.
    pub fn open(
        real_store: &Path,
        device: Arc<dyn Device>,
        trainee: &Trainee,
        stage: Stage,
    ) -> Result<Self, TrainingError> {
        let (basis, document) = references::task(stage).ok_or(TrainingError::Stage)?;
        let path = store_path(real_store);
        let terminal = training_terminal(trainee.terminal);
        let mut store = open_store(&path, terminal, device.as_ref())?;
        if store.open_task(stage, &basis, &document)?.is_none() {
            drop(store);
            forget(&path)?;
            store = open_store(&path, terminal, device.as_ref())?;
            let partner = EventRef {
                terminal: TerminalId::new(derived(b"tallyman/training-partner/1", trainee.terminal.as_bytes())),
                epoch: EpochId::new(Uuid::nil()),
                seq: 0,
            };
            // The partner sent its goods an hour ago.
            let sent = device.now().plus_ms(-shared::time::HOUR_MS);
            store.keep_page(&references::page(&trainee.member, stage, sent, partner))?;
        }
        let Trainee { member, site, operator, .. } = trainee.clone();
        let identity = Identity { member, site, operator };
        Ok(Self { session: Session::open(store, device, identity, (stage, basis, document))? })
    }

    /// Records the practice labels of one frame; names the real ones. Answers in the order of reading.
    pub fn scan(
        &mut self,
        readings: &[(String, Option<LabelMetadata>)],
        how: Capture,
    ) -> Result<Vec<Practised>, TrainingError> {
        let practice: Vec<_> = readings.iter().filter(|(text, _)| is_training(text)).cloned().collect();
        let mut answers = self.session.scan(&practice, how)?.into_iter();
        let practised = readings.iter().filter_map(|(text, _)| {
            if is_training(text) {
                answers.next().map(Practised::Scanned)
            } else {
                Some(Practised::Real { text: text.clone() })
            }
        });
        Ok(practised.collect())
    }

    /// Undoes the newest scan. Answers which, or none.
    pub fn undo_last(&mut self) -> Result<Option<Feedback>, TrainingError> {
        Ok(self.session.undo_last()?)
    }

    /// Closes the practice task.
    pub fn close(&mut self, close: Close) -> Result<Closed, TrainingError> {
        Ok(self.session.close(close)?)
    }

    /// How far it is.
    pub fn progress(&mut self) -> Result<Progress, TrainingError> {
        Ok(self.session.progress()?)
    }

    /// Packages that count.
    #[must_use]
    pub fn counted(&self) -> u64 {
        self.session.counted()
    }

    /// The practice task.
    #[must_use]
    pub const fn task(&self) -> &Task {
        self.session.task()
    }

    /// Whether it was open already.
    #[must_use]
    pub const fn resumed(&self) -> bool {
        self.session.resumed
    }

    /// Everything scanned, oldest first.
    #[must_use]
    pub fn feedback(&self) -> &[Feedback] {
        self.session.feedback()
    }
}

fn open_store(path: &Path, terminal: TerminalId, device: &dyn Device) -> Result<Store, StoreError> {
    Store::open(path, terminal, device.epoch())
}

/// Practice that is over is not kept: the next begins with every label unscanned.
fn forget(path: &Path) -> Result<(), StoreError> {
    for ending in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        match fs::remove_file(PathBuf::from(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(StoreError::File { path: path.display().to_string(), source: error });
            }
            _ => {}
        }
    }
    Ok(())
}
