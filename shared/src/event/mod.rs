//! Events (事件): what a terminal records. Immutable, serialised once at capture; the bytes that were hashed are the bytes that
//! travel and are kept.

mod act;
mod movement;
mod naming;
mod scan_body;
mod stage;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

pub use act::{Act, Close, GateState, Override, PreviousEpoch, VoidReason};
pub use movement::{Capture, LabelMetadata, Movement, PaperField, PaperMark, Report, ReportKind, ReturnReason};
pub use stage::{Stage, UnknownStage};

use crate::chain::sha256;
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
    /// For people and exports, as bodies of wire version 1 carry it; later bodies leave it out, see [`Event::id`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<Uuid>,
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

    /// The name of the event for people and exports (`UUIDv7`, RFC 9562): what the body says, else made from its time and identity.
    /// A random one cost ten bytes of every event on the wire and told nothing new.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.event_id.unwrap_or_else(|| {
            let digest = sha256(&[
                b"tallyman/event-id/1",
                self.terminal.as_bytes(),
                self.epoch.as_bytes(),
                &self.seq.to_be_bytes(),
            ]);
            let mut random = [0; 10];
            random.copy_from_slice(&digest.as_bytes()[..10]);
            Builder::from_unix_timestamp_millis(u64::try_from(self.at.as_ms()).unwrap_or(0), &random).into_uuid()
        })
    }

    /// The body: one line of JSON without a raw line feed. Serialise once, at capture; then keep the bytes.
    pub fn to_body(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// Reads a body. Fields that this version does not know are ignored: wire versions only add.
    pub fn from_body(body: &[u8]) -> Result<Self, serde_json::Error> {
        scan_body::read(body).map_or_else(|| serde_json::from_slice(body), Ok)
    }
}
