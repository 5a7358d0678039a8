//! The transaction: verify, tell new from known, append, judge, acknowledge. Batches that wait are taken in together: one commit and
//! one judgement for all of them.

use std::collections::BTreeSet;
use std::time::Duration;

use ring::signature::Ed25519KeyPair;
use shared::chain::Hash;
use shared::event::Event;
use shared::ids::{EventRef, MemberId, TerminalId};
use shared::reference::Limits;
use shared::rules::arrivals::Fault;
use shared::time::Timestamp;
use shared::wire::{Batch, GateAnswer, Offer, Outcome, OutcomeRange, PushReply};
use sqlx::{AnyConnection, Connection};

use super::append::{Appended, Fresh, append, keep_place, numbered, readable};
use super::refusal::{PushError, lasting};
use super::reply::reply;
use super::{chain, faults};
use crate::identity::Credential;
use crate::packs::reported;
use crate::reconcile::{self, Known, Touched};
use crate::store::facts::Brought;
use crate::store::labelled::Labelled;
use crate::store::quarantine::{Evidence, Reason};
use crate::store::terminal::Terminal;
use crate::store::unjudged::Run;
use crate::store::{self, Store, StoreError};

/// A batch as it came.
#[derive(Clone, Debug)]
pub struct Received {
    /// As read.
    pub batch: Batch,
    /// The chain's value after each of its events.
    pub hashes: Vec<Hash>,
    /// Each body as an event, or why it cannot be read.
    pub events: Vec<Result<Labelled, String>>,
    /// The bytes as they came.
    pub compressed: Vec<u8>,
    /// What proved whose it is, beside its signature.
    pub credential: Credential,
}

impl Received {
    /// A batch and the bytes that it was read from; nothing else says whose it is.
    #[must_use]
    pub fn new(batch: Batch, compressed: Vec<u8>) -> Self {
        let hashes = batch.hashes();
        let events = numbered(&batch).map(|(seq, body)| readable(&batch, seq, body).map(Labelled::from)).collect();
        Self { batch, hashes, events, compressed, credential: Credential::Nothing }
    }

    /// The same with what came beside it.
    #[must_use]
    pub fn with(self, credential: Credential) -> Self {
        Self { credential, ..self }
    }

    /// Bytes that it takes while it waits, about: what came, the lines, and the events read from them, which take about as much as
    /// their text beside their own size.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        let lines: usize = self.batch.bodies.iter().map(|body| 2 * body.len()).sum();
        let each = size_of::<Vec<u8>>() + size_of::<Hash>() + size_of::<Result<Labelled, String>>();
        self.compressed.len() + lines + self.hashes.len() * each
    }
}

/// How long another transaction that stood in the way is given.
const CONFLICT_PAUSE: Duration = Duration::from_millis(200);

/// When the rules are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judging {
    /// In the same transaction: verdicts come with the reply.
    Now,
    /// When there is time: verdicts come by pull.
    Later,
}

/// When and where in the ledger.
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    pub(super) now: Timestamp,
    pub(super) position: u64,
}

/// What taking a batch in came to.
struct Taken {
    outcomes: Vec<OutcomeRange>,
    touched: Touched,
    /// The new events.
    fresh: Option<Fresh>,
    /// Whose they are.
    member: Option<MemberId>,
}

/// Takes one batch in.
pub async fn push(
    store: &Store,
    key: &Ed25519KeyPair,
    received: Received,
    now: Timestamp,
) -> Result<PushReply, PushError> {
    let mut replies = push_group(store, key, &[received], (now, Judging::Now), &mut Known::default()).await;
    replies.pop().unwrap_or(Err(PushError::Store(StoreError::Corrupt("a batch without an answer"))))
}

/// Takes batches in with one commit. Each has its own answer; none spoils another: where all cannot be taken in at once, each is
/// tried alone, and one that the rules stumble over is stored all the same and judged later. `known` is what the one writer knows of
/// the references from group to group.
pub async fn push_group(
    store: &Store,
    key: &Ed25519KeyPair,
    group: &[Received],
    (now, judging): (Timestamp, Judging),
    known: &mut Known,
) -> Vec<Result<PushReply, PushError>> {
    let mut answers = Vec::with_capacity(group.len());
    match together(store, key, group, (now, judging), known).await {
        Ok(all) => answers = all,
        Err(error) if error.stops_all() => {
            tracing::error!(%error, "the database takes nothing in; terminals come back");
        }
        Err(error) if group.len() == 1 && judging == Judging::Later => answers.push(Err(error.into())),
        Err(error) => {
            tracing::warn!(%error, batches = group.len(), "batches could not be taken in together; each is tried alone");
            if error.is_conflict() {
                // Who waits for the same rows gets its turn first: at once we would meet again.
                tokio::time::sleep(CONFLICT_PAUSE).await;
            }
            for one in group {
                let mut alone = together(store, key, std::slice::from_ref(one), (now, judging), known).await;
                if alone.as_ref().is_err_and(|error| !error.stops_all()) && judging == Judging::Now {
                    alone = together(store, key, std::slice::from_ref(one), (now, Judging::Later), known).await;
                }
                match alone {
                    Ok(answer) => answers.extend(answer),
                    Err(error) if error.stops_all() => break,
                    Err(error) => answers.push(Err(error.into())),
                }
            }
        }
    }
    // A database that is away is not asked once more for each batch.
    answers.extend(group[answers.len()..].iter().map(|_| Err(StoreError::Unreachable.into())));
    answers
}

async fn together(
    store: &Store,
    key: &Ed25519KeyPair,
    group: &[Received],
    (now, judging): (Timestamp, Judging),
    known: &mut Known,
) -> Result<Vec<Result<PushReply, PushError>>, StoreError> {
    let mut tx = store.write().await?;
    // On the heap: everything that waits for a batch would else be as large as its judgement.
    let result = Box::pin(in_transaction(&mut tx, key, group, (now, judging), known)).await;
    match &result {
        Ok(answers)
            if answers.iter().any(|answer| answer.as_ref().map_or_else(PushError::keeps_evidence, |_| true)) =>
        {
            tx.commit().await?;
        }
        // Rolled back explicitly: a dropped transaction keeps its locks until its connection is used again.
        _ => tx.rollback().await?,
    }
    result
}

async fn in_transaction(
    conn: &mut AnyConnection,
    key: &Ed25519KeyPair,
    group: &[Received],
    (now, judging): (Timestamp, Judging),
    references: &mut Known,
) -> Result<Vec<Result<PushReply, PushError>>, StoreError> {
    let at = At { now, position: store::next_position(conn).await? };
    let limits = store::reference::policy(conn).await?.limits;
    let (mut taken, mut faulty, mut touched) = (Vec::new(), BTreeSet::new(), Vec::new());
    for received in group {
        let mut savepoint = conn.begin().await?;
        let mut result = lasting(take_in(&mut savepoint, received, &limits, at, &mut faulty).await)?;
        match &result {
            Err(error) if !error.keeps_evidence() => savepoint.rollback().await?,
            _ => savepoint.commit().await?,
        }
        if let Ok(taken) = &mut result {
            touched.push(std::mem::take(&mut taken.touched));
            if let (Judging::Later, Some(fresh)) = (judging, taken.fresh) {
                let header = &received.batch.header;
                let Fresh { first_seq, last_seq, .. } = fresh;
                let run = Run { terminal: header.terminal, epoch: header.epoch, first_seq, last_seq };
                store::unjudged::put(conn, run).await?;
            }
        }
        taken.push(result);
    }
    for terminal in faulty {
        reconcile::arrivals_changed(conn, terminal, &limits, now, at.position).await?;
    }
    let live = match judging {
        Judging::Now if taken.iter().any(Result::is_ok) => {
            let new = group.iter().zip(&taken).filter_map(|(received, taken)| brought(received, taken)).collect();
            let live = reconcile::rejudge_known(conn, references, (touched, new), (now, at.position)).await?;
            let taken = group.iter().zip(&taken).filter(|(_, taken)| taken.is_ok());
            let acts =
                taken.flat_map(|(received, _)| received.events.iter().flatten().map(|event| (event.by(), &event.act)));
            reported::follow(conn, &reported::among(acts), now).await?;
            live
        }
        _ => Vec::new(),
    };
    let mut answers = Vec::with_capacity(group.len());
    for (received, taken) in group.iter().zip(taken) {
        answers.push(match taken {
            Ok(taken) => {
                let gates = gates(conn, references, (received, &taken.outcomes), (judging, at.position)).await?;
                Ok(reply(conn, key, received, (taken.outcomes, gates), (&live, judging), at).await?)
            }
            Err(error) => Err(error),
        });
    }
    Ok(answers)
}

async fn take_in(
    conn: &mut AnyConnection,
    received: &Received,
    limits: &Limits,
    at: At,
    faulty: &mut BTreeSet<TerminalId>,
) -> Result<Taken, PushError> {
    let Received { batch, hashes, compressed, .. } = received;
    let header = &batch.header;
    let evidence =
        |reason| Evidence { terminal: header.terminal, epoch: header.epoch, seq: None, reason, body: compressed };
    let Some(terminal) = store::terminal::find(conn, header.terminal).await? else {
        store::quarantine::keep(conn, &evidence(&Reason::Stranger), at.now).await?;
        return Err(PushError::UnknownTerminal);
    };
    let last = hashes.last().copied().unwrap_or(header.previous_hash);
    if batch.verify_at(&terminal.public_key, last).is_err() {
        let is_own = received.credential == Credential::Own;
        let reason = if is_own { Reason::Signature } else { Reason::Unproven };
        store::quarantine::keep(conn, &evidence(&reason), at.now).await?;
        if is_own {
            faults::note(conn, header.terminal, Fault::BrokenChain, [], at).await?;
            faulty.insert(header.terminal);
        }
        return Err(PushError::Signature);
    }
    if terminal.revoked_at.is_some() {
        store::quarantine::keep(conn, &evidence(&Reason::Revoked), at.now).await?;
        faults::note(conn, header.terminal, Fault::Revoked, refs(batch).take(100), at).await?;
        faulty.insert(header.terminal);
        let why = || Outcome::Quarantined(Reason::Revoked.as_str().to_owned());
        return Ok(Taken::kept(numbered(batch).map(|(seq, _)| (seq, why()))));
    }
    if header.offer == Offer::Disputed {
        let outcomes = disputed(conn, batch).await?;
        if outcomes.iter().any(|(_, outcome)| *outcome == Outcome::Disputed) {
            store::quarantine::keep(conn, &evidence(&Reason::Disputed), at.now).await?;
            keep_place(conn, received, &terminal, at).await?;
        }
        return Ok(Taken::kept(outcomes));
    }
    let known = match chain::known_before(conn, batch, hashes).await {
        Err(PushError::EpochClosed { epoch, agreed, hash, forked: true }) => {
            let by = EventRef { terminal: header.terminal, epoch, seq: agreed + 1 };
            faults::note(conn, header.terminal, Fault::Fork, [by], at).await?;
            faulty.insert(header.terminal);
            return Err(PushError::EpochClosed { epoch, agreed, hash, forked: true });
        }
        Err(PushError::Gap(epoch, last_seq, hash)) => {
            faults::note_gap(conn, (header.terminal, epoch), (last_seq, header.first_seq), limits, at).await?;
            return Err(PushError::Gap(epoch, last_seq, hash));
        }
        known => known?,
    };
    let Appended { outcomes, fresh } = append(conn, received, &terminal, known, at).await?;
    if note_new(conn, received, known, limits, &terminal, at).await? {
        faulty.insert(header.terminal);
    }
    let log = (header.terminal, header.epoch);
    let run = (header.first_seq, header.first_seq + header.count - 1);
    if store::log_fault::settle(conn, log, Fault::Gap, run).await? {
        faulty.insert(header.terminal);
    }
    Ok(Taken {
        outcomes: OutcomeRange::join(outcomes),
        touched: touched(conn, received).await?,
        fresh,
        member: Some(terminal.member),
    })
}

/// Answers the questions of a batch that are in the ledger.
async fn gates(
    conn: &mut AnyConnection,
    known: &mut Known,
    (received, outcomes): (&Received, &[OutcomeRange]),
    (judging, position): (Judging, u64),
) -> Result<Vec<GateAnswer>, StoreError> {
    let is_stored = |event: &&Labelled| {
        let of = outcomes.iter().find(|run| (run.from..=run.to).contains(&event.seq));
        of.is_some_and(|run| matches!(run.outcome, Outcome::Recorded | Outcome::AlreadyRecorded))
    };
    let asked = reconcile::gates::questions(received.events.iter().flatten().filter(is_stored).map(|event| &**event));
    match judging {
        Judging::Now => reconcile::gates::answer(conn, known, &asked, position).await,
        Judging::Later => Ok(reconcile::gates::put_off(&asked, position)),
    }
}

/// The events of a batch that were appended now and can be read.
fn brought(received: &Received, taken: &Result<Taken, PushError>) -> Option<Brought> {
    let Ok(Taken { fresh: Some(fresh), member: Some(member), .. }) = taken else { return None };
    let events = received.events.iter().flatten().filter(|event| event.seq >= fresh.first_seq);
    let Fresh { entry, first_seq, .. } = *fresh;
    Some(Brought { entry, first_seq, member: member.clone(), events: events.cloned().collect() })
}

impl Taken {
    /// Kept apart: nothing is to be judged.
    fn kept(outcomes: impl IntoIterator<Item = (u64, Outcome)>) -> Self {
        Self { outcomes: OutcomeRange::join(outcomes), touched: Touched::default(), fresh: None, member: None }
    }
}

/// Each event that is offered again after its epoch was closed: recorded before with the same bytes, or disputed.
async fn disputed(conn: &mut AnyConnection, batch: &Batch) -> Result<Vec<(u64, Outcome)>, StoreError> {
    let mut outcomes = Vec::with_capacity(batch.bodies.len());
    for (seq, body) in numbered(batch) {
        let by = EventRef { terminal: batch.header.terminal, epoch: batch.header.epoch, seq };
        let same = store::event::body(conn, by).await?.is_some_and(|held| held == *body);
        outcomes.push((seq, if same { Outcome::AlreadyRecorded } else { Outcome::Disputed }));
    }
    Ok(outcomes)
}

/// Moves the terminal's watermark on and notes what the new events say of its clock and its delay.
async fn note_new(
    conn: &mut AnyConnection,
    Received { batch, events, .. }: &Received,
    known: usize,
    limits: &Limits,
    terminal: &Terminal,
    at: At,
) -> Result<bool, StoreError> {
    let events: Vec<&Event> = events.iter().skip(known).flatten().map(|event| &**event).collect();
    let log = (batch.header.terminal, batch.header.epoch);
    let first_seq = events.first().map_or(batch.header.first_seq, |event| event.seq);
    let anchors = store::lookup::anchors_from(conn, log, first_seq).await?;
    // Before the first anchor a clock may be years ahead: what it says must not count as told.
    let told = |event: &&Event| anchors.moment(*event).at.min(at.now);
    if let Some(reached) = events.iter().map(told).max() {
        store::ledger::set_reached(conn, terminal.terminal, reached).await?;
    }
    faults::note_new(conn, &events, &anchors, limits, at).await
}

fn refs(batch: &Batch) -> impl Iterator<Item = EventRef> + Send {
    let (terminal, epoch) = (batch.header.terminal, batch.header.epoch);
    let last = batch.header.first_seq + batch.header.count;
    (batch.header.first_seq..last).map(move |seq| EventRef { terminal, epoch, seq })
}

/// What the batch's events may change: bases and codes they name, those of events they void or set aside, and bases that this
/// terminal worked on (a later event of it may complete them).
async fn touched(conn: &mut AnyConnection, received: &Received) -> Result<Touched, PushError> {
    let bases = store::open_task::bases(conn, received.batch.header.terminal).await?;
    let mut touched = Touched { bases, ..Touched::default() };
    for event in received.events.iter().flatten() {
        touched.follow(conn, event).await?;
    }
    Ok(touched)
}
