//! The server's signed answer to events (回执). A row leaves the outbox only by an acknowledgement that names it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::checkpoint::SignedCheckpoint;
use super::signed::{Signable, Signed};
use crate::chain::{Hash, KeyId};
use crate::ids::{EpochId, TerminalId};
use crate::time::Timestamp;

/// What is acknowledged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcknowledgedRange {
    /// Which ledger holds the events.
    pub ledger_id: Uuid,
    /// Whose events.
    pub terminal: TerminalId,
    /// Of which epoch.
    pub epoch: EpochId,
    /// First number.
    pub from: u64,
    /// Last number.
    pub to: u64,
    /// The chain's value after the last.
    pub hash: Hash,
    /// SHA-256 of the answers' text (in form 1: of the outcomes' JSON), so that they cannot be changed on the way.
    pub outcomes_digest: Hash,
    /// Position in the server's ledger.
    pub position: u64,
    /// When the server took them in.
    pub received_at: Timestamp,
    /// Which key signed. From form 3 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_key: Option<KeyId>,
    /// The newest checkpoint of the ledger. From form 3 on, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<Box<SignedCheckpoint>>,
}

impl Signable for AcknowledgedRange {
    const DOMAIN: &'static [u8] = b"tallyman/ack/1";
}

/// The range and its signature by the server's acknowledgement key.
pub type Acknowledgement = Signed<AcknowledgedRange>;
