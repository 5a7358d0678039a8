//! Gates that stay shut are asked again: the event that asked is offered once more, alone, and the server answers it as things stand
//! then. No event is made for that, so it cannot feed itself; what another answer changes is recorded by who watches the gate.

use std::time::Duration;

use shared::ids::{EpochId, EventRef};
use shared::wire::Offer;

use super::answer::check;
use super::lane::Stretch;
use super::sender::Round;
use super::{SyncError, SyncPolicy, TransportError, batch};
use crate::store::{Outgoing, Store};

/// Questions asked again at one time, at most: the newest.
const ASKED_MAX: usize = 20;

/// When shut gates were asked again last, and which are still to be.
#[derive(Debug, Default)]
pub(super) struct Questions {
    /// By the monotonic clock; none: not since the start.
    asked_ms: Option<u64>,
    /// Ledger position of the newest change that a pull brought since: a settled mismatch, an amended contract.
    stirred: Option<u64>,
    left: Vec<EventRef>,
}

impl Questions {
    /// How many are to be asked now.
    pub(super) fn waiting(&self, store: &Store, now_ms: u64, policy: &SyncPolicy) -> Result<u64, SyncError> {
        Ok(self.list(store, now_ms, policy)?.len() as u64)
    }

    /// A pull brought changes up to here, which may change an answer.
    pub(super) fn stir(&mut self, newest: Option<u64>) {
        self.stirred = self.stirred.max(newest);
    }

    /// What is to be asked: where something came after it was answered; all of it from time to time, since what changed need not
    /// concern this terminal.
    fn list(&self, store: &Store, now_ms: u64, policy: &SyncPolicy) -> Result<Vec<EventRef>, SyncError> {
        let is_time = self.asked_ms.is_some_and(|asked| now_ms.saturating_sub(asked) >= policy.heartbeat_ms);
        let newest = match self.asked_ms {
            _ if is_time => Some(u64::MAX),
            None => Some(store.cursor()?.1),
            Some(_) => self.stirred,
        };
        let Some(newest) = newest else { return Ok(self.left.clone()) };
        let mut due = Vec::new();
        for by in store.open_questions(ASKED_MAX)? {
            if store.gate_answer(by.epoch, by.seq)?.is_none_or(|answer| answer.position < newest) {
                due.push(by);
            }
        }
        Ok(due)
    }

    /// Asks the next.
    pub(super) async fn ask(&mut self, round: &mut Round<'_>, policy: &SyncPolicy) -> Result<(), SyncError> {
        let now_ms = round.device.mono_ms();
        self.left = self.list(round.store, now_ms, policy)?;
        (self.asked_ms, self.stirred) = (Some(now_ms), None);
        let Some(by) = self.left.pop() else { return Ok(()) };
        let row = Outgoing { epoch: by.epoch, acknowledged: by.seq - 1, last: by.seq, closed: None };
        let stretch = Stretch { first: by.seq, at_most: 1, offer: Offer::New };
        let ready = batch::build(round.store, &round.transport.key, round.device, (&row, stretch))?;
        let timeout = Duration::from_millis(policy.timeout_ms(ready.compressed.len() as u64));
        match round.transport.push(ready.compressed.clone(), timeout).await {
            Ok(reply) => {
                check(&ready.batch, &reply, round.transport)?;
                round.synced.gates_answered += round.store.keep_gate_answers(by.epoch, &reply.gates)?;
                Ok(())
            }
            // What is wrong with the log is told and mended where new events are sent.
            Err(TransportError::Refused(problem)) => {
                log_refused(by.epoch, by.seq, &problem.message);
                Ok(())
            }
            Err(error) => {
                self.left.push(by);
                Err(error.into())
            }
        }
    }
}

fn log_refused(epoch: EpochId, seq: u64, why: &str) {
    tracing::warn!(%epoch, seq, "the server does not answer a gate that was asked: {why}");
}
