//! Checkpoints: what the server's ledger held at a moment, signed and handed out, so that a history that is rewritten later is
//! found by any terminal; and the record of a restore, so that an honest one is not mistaken for it (after RFC 9162's signed tree
//! heads; a chain instead of a tree, since every reader follows the whole).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::signed::{Signable, Signed};
use crate::chain::Hash;
use crate::time::Timestamp;

/// Where a ledger's chain stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerHead {
    /// How many entries the ledger had.
    pub entries: u64,
    /// The chain's value after the last of them.
    pub hash: Hash,
}

/// The ledger at a moment. Each checkpoint names the one before, so that a reader of two can follow one to the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Which ledger.
    pub ledger_id: Uuid,
    /// Where it stood.
    pub head: LedgerHead,
    /// The checkpoint before; none at the first of a ledger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<LedgerHead>,
    /// When it was made.
    pub at: Timestamp,
}

impl Signable for Checkpoint {
    const DOMAIN: &'static [u8] = b"tallyman/checkpoint/1";
}

/// A checkpoint as it is handed out.
pub type SignedCheckpoint = Signed<Checkpoint>;

/// A ledger was restored from a backup: it goes on under a new name from where the backup stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// The ledger that the backup was of.
    pub from_ledger_id: Uuid,
    /// Where the backup stood: what came later is lost, and offered again by the terminals.
    pub from: LedgerHead,
    /// The ledger position of the backup.
    pub position: u64,
    /// The new ledger.
    pub ledger_id: Uuid,
    /// When it was restored.
    pub at: Timestamp,
    /// Who did it and why, in the person's words.
    pub why: String,
}

impl Signable for Restored {
    const DOMAIN: &'static [u8] = b"tallyman/restored/1";
}

/// A restore as it is handed out.
pub type SignedRestored = Signed<Restored>;
