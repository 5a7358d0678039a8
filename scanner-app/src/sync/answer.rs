//! Whether an answer is the enrolled server's, for this very batch; what it says became of the events.

use shared::wire::{AcknowledgedRange, Batch, Outcome, OutcomeRange, PushReply};

use super::{SyncError, Synced, Transport};

/// The acknowledgement must be the enrolled server's, for this very batch, over these very outcomes.
pub(super) fn check(batch: &Batch, reply: &PushReply, transport: &Transport) -> Result<(), SyncError> {
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

/// Adds up what became of the events.
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
