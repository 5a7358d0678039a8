//! What a rescue kept for the server goes up as disputed, after everything else.

use std::time::Duration;

use shared::chain::epoch_hash;
use shared::wire::{Batch, BatchHeader, DataAsOf, Offer, Problem, REPLY_FORM, WIRE_VERSION};

use super::answer::{check, count_outcomes};
use super::batch::ZSTD_LEVEL;
use super::sender::Round;
use super::{SyncError, SyncPolicy, TransportError};
use crate::store::{Leftover, Store};

/// Events in one batch of them: they are few, and never in a hurry.
const EVENTS: usize = 200;

/// Whether they rest after a refusal.
#[derive(Clone, Debug, Default)]
pub(super) struct Leftovers {
    failures: u32,
    rests_until_ms: u64,
    problem: Option<Problem>,
}

impl Leftovers {
    /// How many runs may be offered now.
    pub(super) fn waiting(&self, store: &Store, now_ms: u64) -> Result<u64, SyncError> {
        if self.problem.is_some() && now_ms < self.rests_until_ms {
            return Ok(0);
        }
        Ok(store.leftovers_pending()?)
    }

    /// Why the server would not take the last one.
    pub(super) const fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    /// Offers the next batch of them.
    pub(super) async fn send(&mut self, round: &mut Round<'_>, policy: &SyncPolicy) -> Result<(), SyncError> {
        let Some(leftover) = round.store.next_leftover()? else { return Ok(()) };
        let batch = batch(round, &leftover)?;
        let compressed = zstd::encode_all(&*batch.to_ndjson()?, ZSTD_LEVEL)?;
        let timeout = Duration::from_millis(policy.timeout_ms(compressed.len() as u64));
        match round.transport.push(compressed, timeout).await {
            Ok(reply) => {
                check(&batch, &reply, round.transport)?;
                round.store.leftover_taken(&leftover, batch.bodies.len())?;
                count_outcomes(&reply.outcomes, round.synced);
                round.synced.sent += batch.header.count;
                (self.failures, self.problem) = (0, None);
                Ok(())
            }
            Err(TransportError::Refused(problem)) => {
                self.failures = self.failures.saturating_add(1);
                let wait_ms = policy.wait_ms(self.failures, None, round.device.jitter());
                self.rests_until_ms = round.device.mono_ms().saturating_add(wait_ms);
                self.problem = Some(*problem);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Of one wire version, as bodies tell by themselves: from version 2 on none carries an id of its own.
fn batch(round: &Round<'_>, leftover: &Leftover) -> Result<Batch, SyncError> {
    let wire = |body: &[u8]| if body.windows(10).any(|part| part == b"\"event_id\"") { 1 } else { WIRE_VERSION };
    let first = leftover.bodies.first().map_or(WIRE_VERSION, |body| wire(body));
    let bodies: Vec<Vec<u8>> =
        leftover.bodies.iter().take(EVENTS).take_while(|body| wire(body) == first).cloned().collect();
    let header = BatchHeader {
        wire: first,
        terminal: round.store.terminal(),
        epoch: leftover.epoch,
        first_seq: leftover.first_seq,
        count: bodies.len() as u64,
        // What stood before is damaged, or was somebody else's: disputed events join no chain.
        previous_hash: epoch_hash(round.store.terminal(), leftover.epoch),
        offer: Offer::Disputed,
        pending_after: round.store.pending()?.0,
        data_as_of: DataAsOf { references: round.store.cursor()?.1 },
        app: env!("CARGO_PKG_VERSION").to_owned(),
        rules: "2022-trial".to_owned(),
        sent_at: round.device.now(),
        reply: REPLY_FORM,
    };
    Ok(Batch::sign(header, bodies, &round.transport.key)?)
}
