//! Batches that go another way than this terminal's own network, replies that come back so, and parcels that this terminal delivers
//! for others.

use std::time::Duration;

use ring::signature::Ed25519KeyPair;
use shared::chain::PublicKey;
use shared::ids::EpochId;
use shared::time::Timestamp;
use shared::wire::sealed::Answers;
use shared::wire::{
    AcknowledgedRange, Batch, BatchHeader, DataAsOf, Offer, ProblemCode, PushReply, REPLY_FORM, WIRE_VERSION,
};

use super::push::count_outcomes;
use super::transport::Call;
use super::{SyncError, Synced, Transport, TransportError};
use crate::device::Device;
use crate::store::Store;

/// Bodies repeat each other, and every byte is a part of a moving code: the time for it is there.
const ZSTD_LEVEL: i32 = 19;

/// A parcel that the server could not answer in full is delivered again after so long, in milliseconds.
const ASK_AGAIN_MS: i64 = 10 * 60 * 1_000;

/// Parcels of others delivered in one synchronisation, so that own rows never wait long.
const PARCELS_AT_ONCE: u64 = 8;

/// A parcel's way, at most: it is long, and the link may be slow.
const DELIVERY: Duration = Duration::from_secs(180);

/// A signed, compressed batch as `POST /v1/batches` takes it, and which events are in it.
pub(crate) struct Sealable {
    /// Number of the first event.
    pub first: u64,
    /// Number of the last.
    pub last: u64,
    /// The bytes.
    pub compressed: Vec<u8>,
}

/// The batch behind the event `after` of an epoch, of at most `events` events; none where nothing follows.
pub(crate) fn sealable(
    store: &Store,
    key: &Ed25519KeyPair,
    epoch: EpochId,
    after: u64,
    events: u64,
) -> Result<Option<Sealable>, SyncError> {
    let rows = store.rows_after(epoch, after, events)?;
    let Some(last) = rows.last() else { return Ok(None) };
    let (last, last_event) = (last.seq, shared::event::Event::from_body(&last.body)?);
    let Some(previous_hash) = store.hash_after(epoch, after)? else {
        return Err(crate::store::StoreError::Corrupt("the log has a hole before the first unsent event").into());
    };
    let count = rows.len() as u64;
    let header = BatchHeader {
        wire: WIRE_VERSION,
        terminal: store.terminal(),
        epoch,
        first_seq: after + 1,
        count,
        previous_hash,
        offer: Offer::New,
        pending_after: store.pending()?.0.saturating_sub(count),
        data_as_of: DataAsOf { references: store.cursor()?.1 },
        app: env!("CARGO_PKG_VERSION").to_owned(),
        rules: "2022-trial".to_owned(),
        sent_at: last_event.at,
        reply: REPLY_FORM,
    };
    let batch = Batch::sign(header, rows.into_iter().map(|row| row.body).collect(), key)?;
    let compressed = zstd::encode_all(&*batch.to_ndjson()?, ZSTD_LEVEL)?;
    Ok(Some(Sealable { first: after + 1, last, compressed }))
}

/// Takes a reply in that did not come over this terminal's own connection. It must be the enrolled server's, name events of this log
/// by their hash, and answer each of them; else nothing changes.
pub(crate) fn take_reply(
    store: &mut Store,
    reply: &PushReply,
    server_key: &PublicKey,
    synced: &mut Synced,
) -> Result<(), SyncError> {
    let wrong = |what| Err(SyncError::Acknowledgement(what));
    if !reply.acknowledgement.verifies(server_key) {
        return wrong("its signature does not hold");
    }
    let AcknowledgedRange { terminal, epoch, from, to, hash, .. } = reply.acknowledgement.value();
    if *terminal != store.terminal() || *from == 0 || from > to {
        return wrong("it names other events");
    }
    if store.hash_after(*epoch, *to)? != Some(*hash) {
        return wrong("it names another hash");
    }
    if !reply.answers_hold() {
        return wrong("its outcomes were changed on the way");
    }
    let covered = reply.outcomes.iter().map(|run| run.to.saturating_add(1).saturating_sub(run.from));
    if covered.fold(0, u64::saturating_add) != to - from + 1 {
        return wrong("it does not answer every event");
    }
    store.keep_gate_answers(*epoch, &reply.gates)?;
    store.acknowledge(&reply.acknowledgement)?;
    count_outcomes(&reply.outcomes, synced);
    Ok(())
}

/// Delivers parcels of other terminals and keeps the answers for them. The server's refusal of one holds up no other.
pub(super) async fn deliver_carried(
    store: &mut Store,
    transport: &Transport,
    device: &dyn Device,
) -> Result<(), SyncError> {
    let now = device.now();
    let asked_before = Timestamp::from_ms(now.as_ms().saturating_sub(ASK_AGAIN_MS));
    for parcel in store.parcels_to_deliver(asked_before, PARCELS_AT_ONCE)? {
        let Some(bytes) = store.parcel_bytes(parcel)? else { continue };
        let call = Call::post("/v1/sealed").body("application/vnd.tallyman.parcel", bytes).within(DELIVERY);
        match transport.send::<Answers>(call).await {
            Ok(answers) if answers.parcel == parcel => store.keep_answers(&answers, now)?,
            Ok(_) => return Err(TransportError::Answer("it answers another parcel".to_owned()).into()),
            Err(TransportError::Refused(problem)) if is_final(problem.code) => {
                tracing::warn!(%parcel, "the server does not take a carried parcel: {}", problem.message);
                store.keep_refusal(parcel, &problem.message, now)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Whether delivering the same bytes again can bring no other answer.
const fn is_final(code: ProblemCode) -> bool {
    matches!(code, ProblemCode::BadRequest | ProblemCode::TooLarge | ProblemCode::WireVersion)
}
