//! Events (事件): what a terminal records. Immutable, serialised once at capture; the bytes that were hashed are the bytes that
//! travel and are kept.

mod act;
mod movement;
mod naming;
mod stage;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use act::{Act, Close, GateState, Override, PreviousEpoch, VoidReason};
pub use movement::{Capture, LabelMetadata, Movement, Report, ReportKind, ReturnReason};
pub use stage::{Stage, UnknownStage};

use crate::ids::{EpochId, EventRef, OperatorId, SiteId, TerminalId};
use crate::time::Timestamp;

/// One event, as its body says it. The previous hash is not in it: the chain is beside the bodies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The terminal that made it.
    pub terminal: TerminalId,
    /// The epoch of its log.
    pub epoch: EpochId,
    /// Gap-free from 1.
    pub seq: u64,
    /// For people and exports (`UUIDv7`).
    pub event_id: Uuid,
    /// The terminal's wall time.
    pub at: Timestamp,
    /// Milliseconds since the device started.
    pub mono_ms: u64,
    /// Which start of the device.
    pub boot: Uuid,
    /// Who was signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<OperatorId>,
    /// Where.
    pub site: SiteId,
    /// Version of the app.
    pub app: String,
    /// Ledger position of the reference data that the terminal judged with.
    pub data_as_of: u64,
    /// What happened.
    #[serde(flatten)]
    pub act: Act,
}

impl Event {
    /// The event's identity.
    #[must_use]
    pub const fn by(&self) -> EventRef {
        EventRef { terminal: self.terminal, epoch: self.epoch, seq: self.seq }
    }

    /// The body: one line of JSON without a raw line feed. Serialise once, at capture; then keep the bytes.
    pub fn to_body(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// Reads a body. Fields that this version does not know are ignored: wire versions only add.
    pub fn from_body(body: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(body)
    }
}
