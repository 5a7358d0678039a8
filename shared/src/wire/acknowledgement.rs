//! The server's signed answer to events (回执). A row leaves the outbox only by an acknowledgement that names it.

use ring::signature::Ed25519KeyPair;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::chain::{Hash, PublicKey, Signature, sha256, sign};
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
    /// SHA-256 of the outcomes' JSON, so that they cannot be changed on the way.
    pub outcomes_digest: Hash,
    /// Position in the server's ledger.
    pub position: u64,
    /// When the server took them in.
    pub received_at: Timestamp,
}

/// The range and its signature: `Ed25519("tallyman/ack/1" ‖ SHA-256(JSON of the range))`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// What is acknowledged.
    pub range: AcknowledgedRange,
    /// By the server's acknowledgement key.
    pub signature: Signature,
}

impl Acknowledgement {
    /// Signs a range.
    pub fn sign(range: AcknowledgedRange, key: &Ed25519KeyPair) -> Result<Self, serde_json::Error> {
        let signature = sign(key, &[b"tallyman/ack/1", digest(&range)?.as_bytes()]);
        Ok(Self { range, signature })
    }

    /// Whether the server with this key signed it.
    #[must_use]
    pub fn verifies(&self, key: &PublicKey) -> bool {
        digest(&self.range).is_ok_and(|digest| key.verifies(&[b"tallyman/ack/1", digest.as_bytes()], &self.signature))
    }
}

fn digest(range: &AcknowledgedRange) -> Result<Hash, serde_json::Error> {
    Ok(sha256(&[&serde_json::to_vec(range)?]))
}
