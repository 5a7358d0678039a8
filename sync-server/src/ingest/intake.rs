//! Where batches wait for the one writer: bounded in bytes, taken in together.

use std::sync::Arc;

use shared::time::Clock;
use shared::wire::PushReply;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::{Backlog, Judging, PushError, Received, push_group};
use crate::keys::ServerKeys;
use crate::reconcile::Known;
use crate::store::{Store, StoreError};

/// Batches that one commit takes in, at most.
const GROUP_MAX: usize = 32;

/// Events that one commit takes in, at most: a reply must not wait for a whole fleet.
const GROUP_EVENTS_MAX: u64 = 16_000;

/// Batches that wait beyond which judging is put off, as a rule.
pub const BACKLOG_MAX: usize = 64;

/// How much may wait.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes that batches take while they wait; beyond them senders are asked to come back.
    pub bytes_max: usize,
    /// Batches; beyond them, or when half of the room is taken, events are stored and judged later.
    pub backlog_max: usize,
}

/// The way in.
#[derive(Clone, Debug)]
pub struct Intake {
    jobs: mpsc::UnboundedSender<Job>,
    bytes: Arc<Semaphore>,
    bytes_max: usize,
}

/// One batch that waits, and who waits for its answer.
#[derive(Debug)]
struct Job {
    received: Received,
    answer: oneshot::Sender<Result<PushReply, PushError>>,
    /// Given back when the answer is there.
    room: Room,
}

/// Bytes reserved for a batch, from before its body is read until it is answered; given back when it is dropped.
#[derive(Debug)]
pub struct Room {
    taken: OwnedSemaphorePermit,
    bytes: Arc<Semaphore>,
    bytes_max: usize,
}

impl Room {
    /// Makes it as large as what is held. Answers whether there was room; a smaller one always has. A batch that is larger than all
    /// room there is waits alone.
    pub fn hold(&mut self, bytes: usize) -> bool {
        let (wanted, held) = (bytes.clamp(1, self.bytes_max), self.taken.num_permits());
        if wanted <= held {
            drop(self.taken.split(held - wanted));
            return true;
        }
        let more = u32::try_from(wanted - held).unwrap_or(u32::MAX);
        match Arc::clone(&self.bytes).try_acquire_many_owned(more) {
            Ok(more) => {
                self.taken.merge(more);
                true
            }
            Err(_) => false,
        }
    }
}

impl Intake {
    /// Starts the writer; it ends when the last way in is dropped.
    #[must_use]
    pub fn start(store: Store, keys: Arc<ServerKeys>, clock: Arc<dyn Clock>, limits: Limits) -> Self {
        let (jobs, waiting) = mpsc::unbounded_channel();
        let bytes = Arc::new(Semaphore::new(limits.bytes_max));
        let (known, backlog) = (Known::default(), Backlog::default());
        let writer = Writer { store, known, backlog, keys, clock, waiting, bytes: Arc::clone(&bytes), limits };
        tokio::spawn(writer.run());
        Self { jobs, bytes, bytes_max: limits.bytes_max }
    }

    /// Room for so many bytes; none when too much waits already.
    #[must_use]
    pub fn room(&self, bytes: usize) -> Option<Room> {
        let permits = u32::try_from(bytes.clamp(1, self.bytes_max)).unwrap_or(u32::MAX);
        let taken = Arc::clone(&self.bytes).try_acquire_many_owned(permits).ok()?;
        Some(Room { taken, bytes: Arc::clone(&self.bytes), bytes_max: self.bytes_max })
    }

    /// Whether the writer runs.
    #[must_use]
    pub fn is_running(&self) -> bool {
        !self.jobs.is_closed()
    }

    /// Bytes that the batches that wait take, and how many they may.
    #[must_use]
    pub fn waiting_bytes(&self) -> (usize, usize) {
        (self.bytes_max.saturating_sub(self.bytes.available_permits()), self.bytes_max)
    }

    /// Hands a batch over and waits for its answer.
    pub async fn push(&self, received: Received, room: Room) -> Result<PushReply, PushError> {
        let (answer, answered) = oneshot::channel();
        let stopped = || PushError::Store(StoreError::Corrupt("the writer has stopped"));
        self.jobs.send(Job { received, answer, room }).map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

struct Writer {
    store: Store,
    known: Known,
    backlog: Backlog,
    keys: Arc<ServerKeys>,
    clock: Arc<dyn Clock>,
    waiting: mpsc::UnboundedReceiver<Job>,
    bytes: Arc<Semaphore>,
    limits: Limits,
}

impl Writer {
    async fn run(mut self) {
        let mut unjudged = true;
        loop {
            let first = match self.waiting.try_recv() {
                Ok(job) => job,
                Err(mpsc::error::TryRecvError::Disconnected) => return,
                Err(mpsc::error::TryRecvError::Empty) if unjudged => {
                    unjudged = self.judge_some().await;
                    continue;
                }
                Err(mpsc::error::TryRecvError::Empty) => match self.waiting.recv().await {
                    Some(job) => job,
                    None => return,
                },
            };
            let group = self.group(first);
            let judging = if self.is_crowded() { Judging::Later } else { Judging::Now };
            unjudged |= judging == Judging::Later;
            self.take_in(group, judging).await;
        }
    }

    /// Whether so much waits that storing it must come before judging it: many batches, or few that take half of all room. Else terminals
    /// would be sent away and come back, some of them again and again.
    fn is_crowded(&self) -> bool {
        let waiting = self.waiting.len();
        let is_half_full = self.bytes.available_permits() < self.limits.bytes_max / 2;
        waiting > self.limits.backlog_max || (waiting > 0 && is_half_full)
    }

    /// What waits already joins the first.
    fn group(&mut self, first: Job) -> Vec<Job> {
        let mut events = first.received.batch.header.count;
        let mut group = vec![first];
        while group.len() < GROUP_MAX && events < GROUP_EVENTS_MAX {
            let Ok(job) = self.waiting.try_recv() else { break };
            events += job.received.batch.header.count;
            group.push(job);
        }
        group
    }

    async fn take_in(&mut self, jobs: Vec<Job>, judging: Judging) {
        let (mut group, mut waiting) = (Vec::new(), Vec::new());
        for Job { received, answer, room } in jobs {
            group.push(received);
            waiting.push((answer, room));
        }
        let answers =
            push_group(&self.store, &self.keys.ack, &group, (self.clock.now(), judging), &mut self.known).await;
        for ((waiting, room), answer) in waiting.into_iter().zip(answers) {
            // Whoever asked may have gone: the batch is stored, and comes again.
            let _ = waiting.send(answer);
            drop(room);
        }
    }

    /// Answers whether more waits to be judged.
    async fn judge_some(&mut self) -> bool {
        match self.backlog.judge_some(&self.store, self.clock.now(), &mut self.known).await {
            Ok(more) => more,
            Err(error) => {
                tracing::error!(%error, "stored events could not be judged; tried again after the next batch");
                false
            }
        }
    }
}
