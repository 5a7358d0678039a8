//! Batches that go another way than this terminal's own network, and replies that come back so.

use ring::signature::Ed25519KeyPair;
use shared::chain::PublicKey;
use shared::wire::PushReply;

use super::answer::{count_outcomes, genuine};
use super::lane::Lane;
use super::{SyncError, Synced, batch};
use crate::device::Device;
use crate::store::{Outgoing, Store};

/// A signed, compressed batch as `POST /v1/batches` takes it, and which events are in it.
pub(crate) struct Sealable {
    /// Number of the first event.
    pub first: u64,
    /// Number of the last.
    pub last: u64,
    /// The bytes.
    pub compressed: Vec<u8>,
}

/// The batch that follows the event `after` of an epoch with events to send, as it would go over the network, of at most `at_most`
/// events; none where nothing follows.
pub(crate) fn sealable(
    store: &Store,
    key: &Ed25519KeyPair,
    device: &dyn Device,
    (outgoing, after, at_most): (Outgoing, u64, u64),
) -> Result<Option<Sealable>, SyncError> {
    if after >= outgoing.last {
        return Ok(None);
    }
    let rest = Outgoing { acknowledged: after, ..outgoing };
    let refused = store.refused_after(rest.epoch, after)?;
    let stretch = Lane::default().next(&rest, &refused, at_most);
    let ready = batch::build(store, key, device, (&rest, stretch))?;
    Ok(Some(Sealable { first: after + 1, last: ready.last(), compressed: ready.compressed }))
}

/// Takes a reply in that did not come over this terminal's own connection. It must be the enrolled server's, name events of this log
/// by their hash, and answer each of them; else nothing changes.
pub(crate) fn take_reply(
    store: &mut Store,
    reply: &PushReply,
    server_key: &PublicKey,
    synced: &mut Synced,
) -> Result<(), SyncError> {
    let range = genuine(reply, server_key)?;
    if range.terminal != store.terminal() {
        return Err(SyncError::Acknowledgement("it names other events"));
    }
    if store.hash_after(range.epoch, range.to)? != Some(range.hash) {
        return Err(SyncError::Acknowledgement("it names another hash"));
    }
    store.keep_gate_answers(range.epoch, &reply.gates)?;
    store.acknowledge(&reply.acknowledgement)?;
    count_outcomes(&reply.outcomes, synced);
    Ok(())
}
