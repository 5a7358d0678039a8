//! Sending and fetching: a pure plan, and a loop that obeys it.

mod plan;
mod pull;
mod push;
mod sealed;
mod transport;
mod worker;

use serde::Serialize;

pub(crate) use sealed::{Sealable, sealable, take_reply};

pub use plan::{Action, Link, RETRY_MS_MAX, RETRY_MS_MIN, plan};
pub use transport::{Transport, TransportError};
pub use worker::{AfterPull, SyncState, Worker};

use crate::device::{Contact, Device};
use crate::store::{Store, StoreError};

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
    /// What the server's clock said.
    #[serde(skip)]
    pub contact: Option<Contact>,
}

impl Synced {
    /// Adds what a further synchronisation did.
    pub const fn add(&mut self, further: &Self) {
        self.sent += further.sent;
        self.recorded += further.recorded;
        self.already_recorded += further.already_recorded;
        self.disputed += further.disputed;
        self.quarantined += further.quarantined;
        self.pulled += further.pulled;
        self.contact = further.contact;
    }
}

/// Sends everything that waits, then fetches everything that changed.
pub async fn sync_once(store: &mut Store, transport: &Transport, device: &dyn Device) -> Result<Synced, SyncError> {
    let mut synced = Synced::default();
    while push::push_batch(store, transport, &mut synced).await? {}
    while pull::pull_page(store, transport, device, &mut synced).await? {}
    // Own rows first, others' last.
    sealed::deliver_carried(store, transport, device).await?;
    Ok(synced)
}
