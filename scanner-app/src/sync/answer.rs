//! Whether an answer is the enrolled server's, for this very batch; what it says became of the events.

use shared::chain::PublicKey;
use shared::wire::{AcknowledgedRange, Batch, Outcome, OutcomeRange, PushReply};

use super::{SyncError, Synced, Transport};

/// The acknowledgement must be the enrolled server's, over these very outcomes, which answer each event that it names. Answers what
/// it acknowledges.
pub(super) fn genuine<'r>(reply: &'r PushReply, server_key: &PublicKey) -> Result<&'r AcknowledgedRange, SyncError> {
    let wrong = |what| Err(SyncError::Acknowledgement(what));
    if !reply.acknowledgement.verifies(server_key) {
        return wrong("its signature does not hold");
    }
    if !reply.answers_hold() {
        return wrong("its outcomes were changed on the way");
    }
    let range = reply.acknowledgement.value();
    let counts = reply.outcomes.iter().map(|run| run.to.saturating_add(1).saturating_sub(run.from));
    let named = range.to.checked_sub(range.from).and_then(|length| length.checked_add(1));
    if range.from == 0 || named != Some(counts.fold(0, u64::saturating_add)) {
        return wrong("it does not answer every event");
    }
    Ok(range)
}

/// A genuine acknowledgement must be for this very batch.
pub(super) fn check(batch: &Batch, reply: &PushReply, transport: &Transport) -> Result<(), SyncError> {
    let wrong = |what| Err(SyncError::Acknowledgement(what));
    let header = &batch.header;
    let AcknowledgedRange { terminal, epoch, from, to, hash, .. } = genuine(reply, &transport.server_key)?;
    let last = header.first_seq + header.count - 1;
    if (*terminal, *epoch, *from, *to) != (header.terminal, header.epoch, header.first_seq, last) {
        return wrong("it names other events");
    }
    if batch.hashes().last() != Some(hash) {
        return wrong("it names another hash");
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
