//! Sending and fetching: a pure plan, and a loop that obeys it (`docs/sync.md`).
//!
//! | part | what it is |
//! |---|---|
//! | `plan`, `policy`, `pace`, `lane` | pure: what to do now, how long to wait, how large a batch is, how a refusal is narrowed down |
//! | `batch`, `answer` | the bytes that go up; whether the answer is the server's, for these bytes |
//! | `sender` | one request, and what its answer changes |
//! | `worker` | the loop beside the window |
//! | `questions` | gates that stay shut, asked again |
//! | `look_up` | a code that a person looks up, asked beside the sending |
//! | `sealed`, `parcels` | batches and replies that go another way; parcels delivered for others |
//! | `transport` | HTTP over TLS |

mod answer;
mod attachments;
mod batch;
mod heartbeat;
mod lane;
mod leftovers;
mod look_up;
mod notice;
mod pace;
mod parcels;
mod plan;
mod policy;
mod pull;
mod questions;
mod retry_after;
mod sealed;
mod sender;
pub(crate) mod transport;
mod worker;

use serde::Serialize;

pub use look_up::Looked;
pub use notice::{Notice, notices, refusal};
pub use pace::Pace;
pub use plan::{Action, Link, Reach, Since, Waiting, plan};
pub use policy::SyncPolicy;
pub use pull::Fetching;
pub(crate) use sealed::{sealable, take_reply};
pub use transport::{Transport, TransportError, TrustedTime};
pub use worker::{AfterPull, SyncState, Worker};

use crate::device::{Contact, Device};
use crate::store::{Store, StoreError};
use sender::{Round, Sender};

/// Why a synchronisation stopped. What was not acknowledged stays in the outbox.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The way to the server.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The own store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server's answer does not prove that it is the server that this terminal was enrolled with.
    #[error(
        "the server's acknowledgement is not signed with the key of the enrolment: {0}. Nothing was taken out of the outbox; tell the supervisor"
    )]
    Acknowledgement(&'static str),
    /// A batch cannot be made.
    #[error("the batch could not be made: {0}")]
    Batch(#[from] shared::wire::BatchError),
    /// Compression failed.
    #[error("the batch could not be compressed: {0}")]
    Compression(#[from] std::io::Error),
    /// The answer cannot be checked.
    #[error("the server's answer cannot be read: {0}")]
    Json(#[from] serde_json::Error),
}

/// What one synchronisation did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Synced {
    /// Events sent.
    pub sent: u64,
    /// Bytes of the bodies that they went in.
    #[serde(skip_serializing_if = "is_none")]
    pub body_bytes: u64,
    /// Now in the ledger.
    pub recorded: u64,
    /// In the ledger before.
    pub already_recorded: u64,
    /// Kept for a person after a fork.
    pub disputed: u64,
    /// Kept for a person.
    pub quarantined: u64,
    /// Records fetched.
    pub pulled: u64,
    /// Photos that the server holds whole now.
    #[serde(skip_serializing_if = "is_none")]
    pub photos: u64,
    /// Acknowledged events that are offered again, because the server was restored from a backup.
    #[serde(skip_serializing_if = "is_none")]
    pub offered_again: u64,
    /// Epochs that the server closed because of a fork.
    #[serde(skip_serializing_if = "is_none")]
    pub epochs_closed: u64,
    /// Answers to gates that say something else than before.
    #[serde(skip_serializing_if = "is_none")]
    pub gates_answered: u64,
    /// How far this terminal's wall clock is ahead of the server's, in milliseconds (negative: behind), where the server was heard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_skew_ms: Option<i64>,
    /// What the server's clock said.
    #[serde(skip)]
    pub contact: Option<Contact>,
}

impl Synced {
    /// Adds what a further synchronisation did.
    pub const fn add(&mut self, further: &Self) {
        self.sent += further.sent;
        self.body_bytes += further.body_bytes;
        self.recorded += further.recorded;
        self.already_recorded += further.already_recorded;
        self.disputed += further.disputed;
        self.quarantined += further.quarantined;
        self.pulled += further.pulled;
        self.photos += further.photos;
        self.offered_again += further.offered_again;
        self.epochs_closed += further.epochs_closed;
        self.gates_answered += further.gates_answered;
        self.clock_skew_ms = further.clock_skew_ms;
        self.contact = further.contact;
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_none(count: &u64) -> bool {
    *count == 0
}

/// Sends everything that waits and fetches everything that changed, as a terminal in the field does.
pub async fn sync_once(store: &mut Store, transport: &Transport, device: &dyn Device) -> Result<Synced, SyncError> {
    sync_by(store, transport, device, SyncPolicy::default()).await
}

/// Sends everything that waits, then fetches everything that changed, asks again for
/// gates that are shut, then sends photos and what a rescue kept, by the given
/// thresholds. What the server would not take for the time being is told at the end; the rest was done.
pub async fn sync_by(
    store: &mut Store,
    transport: &Transport,
    device: &dyn Device,
    policy: SyncPolicy,
) -> Result<Synced, SyncError> {
    let mut synced = Synced::default();
    let mut sender = Sender::new(policy);
    let mut round = Round { store, transport, device, synced: &mut synced };
    while sender.waiting(round.store, device.mono_ms())?.events > 0 {
        let at_most = sender.batch_events();
        sender.batch(&mut round, at_most).await?;
    }
    while sender.page(&mut round).await? {}
    while sender.waiting(round.store, device.mono_ms())?.questions > 0 {
        sender.question(&mut round).await?;
    }
    while sender.waiting(round.store, device.mono_ms())?.photos > 0 {
        sender.photo(&mut round).await?;
    }
    while sender.waiting(round.store, device.mono_ms())?.leftovers > 0 {
        sender.leftover(&mut round).await?;
    }
    while sender.waiting(round.store, device.mono_ms())?.parcels > 0 {
        sender.parcel(&mut round).await?;
    }
    match sender.problem() {
        Some(problem) => Err(TransportError::Refused(Box::new(problem.clone())).into()),
        None => Ok(synced),
    }
}
