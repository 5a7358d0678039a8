//! One request at a time: a batch, a page, a photo, a heartbeat; and what each answer changes.

use std::time::Duration;

use shared::wire::{Offer, Problem, ProblemCode};

use super::answer::{check, count_outcomes};
use super::batch::{self, Ready};
use super::lane::Lanes;
use super::plan::Waiting;
use super::pull::Fetching;
use super::{
    Pace, SyncError, SyncPolicy, Synced, Transport, TransportError, attachments, heartbeat, leftovers, parcels, pull,
    questions,
};
use crate::device::Device;
use crate::store::{Outgoing, Rewound, Store};

/// What a request works with.
pub(super) struct Round<'a> {
    pub(super) store: &'a mut Store,
    pub(super) transport: &'a Transport,
    pub(super) device: &'a dyn Device,
    pub(super) synced: &'a mut Synced,
}

/// What is learnt from answers and forgotten when the app ends; what must last is in the store.
pub(super) struct Sender {
    policy: SyncPolicy,
    pace: Pace,
    lanes: Lanes,
    photos: attachments::Photos,
    leftovers: leftovers::Leftovers,
    parcels: parcels::Parcels,
    questions: questions::Questions,
    fetching: Option<Fetching>,
}

impl Sender {
    pub(super) fn new(policy: SyncPolicy) -> Self {
        Self {
            policy,
            pace: Pace::new(&policy),
            lanes: Lanes::default(),
            photos: attachments::Photos::default(),
            leftovers: leftovers::Leftovers::default(),
            parcels: parcels::Parcels::default(),
            questions: questions::Questions::default(),
            fetching: None,
        }
    }

    /// What waits, as the plan asks for it.
    pub(super) fn waiting(&self, store: &Store, now_ms: u64) -> Result<Waiting, SyncError> {
        let outgoing = store.outgoing()?;
        let pending = outgoing.iter().map(|row| row.last - row.acknowledged).sum();
        let photos = self.photos.waiting(store, now_ms)?;
        let leftovers = self.leftovers.waiting(store, now_ms)?;
        let parcels = self.parcels.waiting(store, now_ms)?;
        let events = self.lanes.events(&outgoing, now_ms);
        // They go after the events anyway: while events come fast, nothing is looked up for them.
        let questions = if events > 0 { 0 } else { self.questions.waiting(store, now_ms, &self.policy)? };
        Ok(Waiting { events, questions, photos, leftovers, parcels, pending })
    }

    /// Events in the next batch, at most.
    pub(super) const fn batch_events(&self) -> u64 {
        self.pace.events()
    }

    /// When something that was refused may be offered again, in milliseconds from now.
    pub(super) fn wakes_in_ms(&self, now_ms: u64) -> Option<u64> {
        self.lanes.wakes_in_ms(now_ms).into_iter().chain(self.photos.wakes_in_ms(now_ms)).min()
    }

    /// What the server would not take, and why.
    pub(super) fn problem(&self) -> Option<&Problem> {
        self.lanes.problem().or(self.photos.problem()).or(self.leftovers.problem())
    }

    /// Offers the next batch of the first epoch that does not rest. An answer that refuses is no error: the epoch is mended, its
    /// culprit searched for, or it rests.
    pub(super) async fn batch(&mut self, round: &mut Round<'_>, at_most: u64) -> Result<(), SyncError> {
        let asked_ms = round.device.mono_ms();
        let outgoing = round.store.outgoing()?;
        let Some(row) = self.lanes.open(&outgoing, asked_ms).copied() else { return Ok(()) };
        let refused = round.store.refused_after(row.epoch, row.acknowledged)?;
        let stretch = self.lanes.of(row.epoch).next(&row, &refused, at_most);
        let ready = batch::build(round.store, &round.transport.key, round.device, (&row, stretch))?;
        let timeout = Duration::from_millis(self.policy.timeout_ms(ready.compressed.len() as u64));
        match round.transport.push(ready.compressed.clone(), timeout).await {
            Ok(reply) => {
                check(&ready.batch, &reply, round.transport)?;
                // Before the rows leave the outbox: a kill in between sends them again, and the answers come again.
                round.synced.gates_answered += round.store.keep_gate_answers(row.epoch, &reply.gates)?;
                round.store.acknowledge(&reply.acknowledgement)?;
                let took_ms = round.device.mono_ms().saturating_sub(asked_ms);
                self.pace.answered(ready.count(), took_ms, &self.policy);
                self.lanes.of(row.epoch).taken(ready.last());
                count_outcomes(&reply.outcomes, round.synced);
                round.synced.sent += ready.count();
                round.synced.body_bytes += ready.compressed.len() as u64;
                Ok(())
            }
            Err(TransportError::Refused(problem)) => self.refused(round, &row, &ready, *problem),
            Err(error) => {
                if matches!(error, TransportError::Offline { .. }) {
                    self.pace.failed(ready.count(), &self.policy);
                }
                Err(error.into())
            }
        }
    }

    fn refused(
        &mut self,
        round: &mut Round<'_>,
        row: &Outgoing,
        ready: &Ready,
        problem: Problem,
    ) -> Result<(), SyncError> {
        let head = problem.head.filter(|(epoch, ..)| *epoch == row.epoch).map(|(_, seq, _)| seq);
        let is_new = ready.offer() == Offer::New;
        let mended = match (problem.code, head) {
            // The server lost its newest events (restored from a backup): what it lacks is offered again.
            (ProblemCode::Gap, Some(head)) => match round.store.rewind(row.epoch, head)? {
                Rewound::Again(count) => {
                    round.synced.offered_again += count;
                    true
                }
                Rewound::Closed => true,
                Rewound::Nothing => false,
            },
            (ProblemCode::EpochClosed, head) if is_new => {
                let closed = round.store.close_epoch(row.epoch, head.unwrap_or(row.acknowledged))?;
                round.synced.epochs_closed += u64::from(closed);
                closed
            }
            (ProblemCode::BadRequest | ProblemCode::TooLarge, _) if ready.count() > 1 => {
                if problem.code == ProblemCode::TooLarge {
                    self.pace.failed(ready.count(), &self.policy);
                }
                self.lanes.of(row.epoch).suspect(ready.last());
                true
            }
            (ProblemCode::BadRequest | ProblemCode::TooLarge, _) if is_new => {
                tracing::warn!(epoch = %row.epoch, seq = ready.last(), "the server refused one event: {}", problem.message);
                let code = serde_json::to_value(problem.code)?;
                let code = code.as_str().unwrap_or_default();
                round.store.refuse(row.epoch, ready.last(), (code, &problem.message))?;
                true
            }
            _ => false,
        };
        if !mended {
            let jitter = round.device.jitter();
            self.lanes.of(row.epoch).rest(problem, round.device.mono_ms(), &self.policy, jitter);
        }
        Ok(())
    }

    /// Fetches a page of changes. Answers whether another follows.
    pub(super) async fn page(&mut self, round: &mut Round<'_>) -> Result<bool, SyncError> {
        let so_far = self.fetching;
        let page = pull::pull_page(round.store, round.transport, round.device, round.synced, so_far).await?;
        self.questions.stir(page.newest);
        self.fetching = page.fetching;
        Ok(page.more)
    }

    /// How far the run of pages under way has come, where the server tells.
    pub(super) const fn fetching(&self) -> Option<Fetching> {
        self.fetching
    }

    /// Asks again for the next gate that is shut.
    pub(super) async fn question(&mut self, round: &mut Round<'_>) -> Result<(), SyncError> {
        self.questions.ask(round, &self.policy).await
    }

    /// Sends the next chunk of the next photo.
    pub(super) async fn photo(&mut self, round: &mut Round<'_>) -> Result<(), SyncError> {
        self.photos.send(round, &self.policy).await
    }

    /// Offers the next of what a rescue kept.
    pub(super) async fn leftover(&mut self, round: &mut Round<'_>) -> Result<(), SyncError> {
        self.leftovers.send(round, &self.policy).await
    }

    /// Delivers the next parcel of another terminal.
    pub(super) async fn parcel(&mut self, round: &mut Round<'_>) -> Result<(), SyncError> {
        self.parcels.deliver(round, &self.policy).await
    }

    /// Says that nothing waits.
    pub(super) async fn heartbeat(&self, round: &mut Round<'_>) -> Result<(), SyncError> {
        heartbeat::send(round).await
    }
}
