//! What records and judges for a terminal of a scenario: nothing but the player itself (the pure backend), or a core behind this
//! trait that is a real one.

use std::fmt::Debug;

use shared::event::{Act, Capture, Close, Event, LabelMetadata};
use shared::ids::{BasisId, OperatorId, SiteId};
use shared::mismatch::Mismatch;
use shared::time::Timestamp;
use shared::wire::Record;
use uuid::Uuid;

use crate::terminal::{TaskKey, Terminal};

/// A device at one moment: its clocks, and who works where on it.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    /// What its wall clock shows.
    pub wall: Timestamp,
    pub mono_ms: u64,
    pub boot: Uuid,
    pub operator: Option<OperatorId>,
    pub site: SiteId,
}

/// One label before a device.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub text: String,
    pub label: Option<LabelMetadata>,
    pub how: Capture,
}

/// What a core said of one scan.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The event's number.
    pub seq: u64,
    pub verdict: Vec<Mismatch>,
}

/// A terminal's core. Every event that it answers was read back from where it keeps them.
pub(crate) trait Core: Debug {
    /// Opens a task, or goes on with the one that is open.
    fn open(&mut self, setting: &Setting, key: &TaskKey) -> Result<Vec<Event>, String>;
    /// One label in an open task.
    fn scan(&mut self, setting: &Setting, key: &TaskKey, shown: &Shown) -> Result<(Vec<Event>, Answer), String>;
    /// Undoes a scan of an open task; none where the core has no such scan in an open task.
    fn undo(&mut self, setting: &Setting, key: &TaskKey, seq: u64) -> Result<Option<Vec<Event>>, String>;
    /// Closes an open task.
    fn close(&mut self, setting: &Setting, key: &TaskKey, close: Close) -> Result<Vec<Event>, String>;
    /// The generic door: an act that a core has no function for yet, appended as the app would.
    fn append(&mut self, setting: &Setting, act: Act) -> Result<Vec<Event>, String>;
    /// Takes in what a pull brings: records that are new or changed, as of a ledger position.
    fn pull(&mut self, position: u64, as_of: Timestamp, records: Vec<Record>) -> Result<(), String>;
    /// All that is wrong under a basis, as the core sees it.
    fn standing(&mut self, setting: &Setting, basis: &BasisId) -> Result<Vec<Mismatch>, String>;
    /// Whether what it keeps is whole; what is wrong with it otherwise.
    fn verify(&mut self) -> Result<(), String>;
}

/// Makes cores.
pub(crate) trait Cores {
    /// The core of a terminal that has recorded nothing yet.
    fn core(&self, terminal: &Terminal) -> Result<Box<dyn Core>, String>;
}
