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
    if range.from == 0 || !answers_each(&reply.outcomes, range.from, range.to) {
        return wrong("it does not answer every event");
    }
    Ok(range)
}

/// Whether the runs follow on each other from the first number to the last: none left out, none twice.
fn answers_each(runs: &[OutcomeRange], from: u64, to: u64) -> bool {
    let mut next = Some(from);
    for run in runs {
        if next != Some(run.from) || run.to < run.from {
            return false;
        }
        next = run.to.checked_add(1);
    }
    next == to.checked_add(1)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What it is called, the runs, whether they answer 3 to 9.
    type Case = (&'static str, &'static [(u64, u64)], bool);

    #[test]
    fn every_number_is_answered_once_and_in_order() {
        let runs = |spans: &[(u64, u64)]| -> Vec<OutcomeRange> {
            spans.iter().map(|&(from, to)| OutcomeRange { from, to, outcome: Outcome::Recorded }).collect()
        };
        let table: [Case; 8] = [
            ("one run", &[(3, 9)], true),
            ("two runs", &[(3, 5), (6, 9)], true),
            ("none", &[], false),
            ("a hole", &[(3, 5), (7, 9)], false),
            ("as many, some twice", &[(3, 5), (3, 6)], false),
            ("out of order", &[(6, 9), (3, 5)], false),
            ("too far", &[(3, 10)], false),
            ("backwards", &[(3, 2), (3, 9)], false),
        ];
        for (name, spans, holds) in table {
            assert_eq!(answers_each(&runs(spans), 3, 9), holds, "{name}");
        }
        assert!(!answers_each(&runs(&[(3, u64::MAX)]), 3, 9));
    }
}
