//! One batch up: the bytes exactly as stored, signed; a row leaves the outbox only by an acknowledgement that names it.

use shared::time::Timestamp;
use shared::wire::{
    AcknowledgedRange, Batch, BatchHeader, DataAsOf, Offer, Outcome, OutcomeRange, ProblemCode, PushReply, REPLY_FORM,
    WIRE_VERSION,
};

use super::{SyncError, Synced, Transport, TransportError};
use crate::store::Store;

/// Events in one batch: small enough that a cut costs little, large enough that 10,000 pending ones drain in ten.
const BATCH_EVENTS: u64 = 1_000;

/// Compression level: bodies repeat each other, so the lowest level does nearly all.
const ZSTD_LEVEL: i32 = 3;

/// Sends the oldest batch that waits. Answers whether there was one.
pub(super) async fn push_batch(
    store: &mut Store,
    transport: &Transport,
    synced: &mut Synced,
) -> Result<bool, SyncError> {
    let Some((epoch, acknowledged)) = store.epochs_to_send()?.into_iter().next() else { return Ok(false) };
    let rows = store.rows_after(epoch, acknowledged, BATCH_EVENTS)?;
    let Some(previous_hash) = store.hash_after(epoch, acknowledged)? else {
        return Err(crate::store::StoreError::Corrupt("the log has a hole before the first unsent event").into());
    };
    let (pending, _) = store.pending()?;
    let count = rows.len() as u64;
    let last_event = rows.last().map(|row| shared::event::Event::from_body(&row.body)).transpose()?;
    let header = BatchHeader {
        wire: WIRE_VERSION,
        terminal: store.terminal(),
        epoch,
        first_seq: acknowledged + 1,
        count,
        previous_hash,
        offer: Offer::New,
        pending_after: pending.saturating_sub(count),
        data_as_of: DataAsOf { references: store.cursor()?.1 },
        app: env!("CARGO_PKG_VERSION").to_owned(),
        rules: "2022-trial".to_owned(),
        sent_at: last_event.map_or(Timestamp::default(), |event| event.at),
        reply: REPLY_FORM,
    };
    let batch = Batch::sign(header, rows.into_iter().map(|row| row.body).collect(), &transport.key)?;
    let compressed = zstd::encode_all(&*batch.to_ndjson()?, ZSTD_LEVEL)?;
    match transport.push(compressed).await {
        Ok(reply) => {
            check(&batch, &reply, transport)?;
            // Before the rows leave the outbox: a kill in between sends them again, and the answers come again.
            store.keep_gate_answers(epoch, &reply.gates)?;
            store.acknowledge(&reply.acknowledgement)?;
            count_outcomes(&reply.outcomes, synced);
            synced.sent += count;
            Ok(true)
        }
        Err(TransportError::Refused(problem)) if problem.code == ProblemCode::Gap => {
            // The server lost its newest events (restored from a backup): what it lacks is offered again.
            match problem.head {
                Some((at, seq, _)) if at == epoch && seq < acknowledged => {
                    store.rewind(epoch, seq)?;
                    Ok(true)
                }
                _ => Err(TransportError::Refused(problem).into()),
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// The acknowledgement must be the enrolled server's, for this very batch, over these very outcomes.
fn check(batch: &Batch, reply: &PushReply, transport: &Transport) -> Result<(), SyncError> {
    let wrong = |what| Err(SyncError::Acknowledgement(what));
    if !reply.acknowledgement.verifies(&transport.server_key) {
        return wrong("its signature does not hold");
    }
    let header = &batch.header;
    let AcknowledgedRange { terminal, epoch, from, to, hash, .. } = reply.acknowledgement.value();
    let last = header.first_seq + header.count - 1;
    if (*terminal, *epoch, *from, *to) != (header.terminal, header.epoch, header.first_seq, last) {
        return wrong("it names other events");
    }
    if batch.hashes().last() != Some(hash) {
        return wrong("it names another hash");
    }
    if !reply.answers_hold() {
        return wrong("its outcomes were changed on the way");
    }
    let covered: u64 = reply.outcomes.iter().map(|run| (run.to + 1).saturating_sub(run.from)).sum();
    if covered != header.count {
        return wrong("it does not answer every event");
    }
    Ok(())
}

pub(super) fn count_outcomes(outcomes: &[OutcomeRange], synced: &mut Synced) {
    for run in outcomes {
        let count = (run.to + 1).saturating_sub(run.from);
        match run.outcome {
            Outcome::Recorded => synced.recorded += count,
            Outcome::AlreadyRecorded => synced.already_recorded += count,
            Outcome::Disputed => synced.disputed += count,
            Outcome::Quarantined(_) => synced.quarantined += count,
        }
    }
}
