//! The transaction: verify, tell new from known, append, judge, acknowledge.

use std::collections::{BTreeMap, BTreeSet};

use ring::signature::Ed25519KeyPair;
use shared::chain::{Hash, epoch_hash};
use shared::event::{Act, Event};
use shared::ids::EpochId;
use shared::mismatch::{Kind, Mismatch, State};
use shared::time::Timestamp;
use shared::wire::{AcknowledgedRange, Answer, Batch, EventVerdict, Outcome, OutcomeRange, PushReply};
use sqlx::SqliteConnection;

use crate::reconcile::{self, Touched};
use crate::store::event::NewEvent;
use crate::store::ledger::{Evidence, Head};
use crate::store::terminal::Terminal;
use crate::store::{self, Store, StoreError};

/// Why a batch was refused. Nothing of it entered the ledger.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// No such terminal is enrolled here.
    #[error("this terminal is not enrolled on this server; a supervisor must enrol it")]
    UnknownTerminal,
    /// The signature does not hold; the bytes are kept as evidence.
    #[error("the batch's signature does not hold; its bytes are kept as evidence")]
    Signature,
    /// The batch starts beyond the head.
    #[error("events are missing before this batch; go on from the head")]
    Gap(EpochId, u64, Hash),
    /// A number was used for other content: the epoch takes nothing more.
    #[error("a number of this epoch was used for other content; start a new epoch")]
    EpochClosed(EpochId, u64, Hash),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes a batch in. `compressed` is kept as it came.
pub async fn push(
    store: &Store,
    key: &Ed25519KeyPair,
    batch: &Batch,
    compressed: &[u8],
    now: Timestamp,
) -> Result<PushReply, PushError> {
    let mut tx = store.write().await?;
    let result = take_in(&mut tx, key, batch, compressed, now).await;
    match &result {
        // Evidence and closed epochs are facts as well: they stay.
        Ok(_) | Err(PushError::Signature | PushError::EpochClosed(..)) => {
            tx.commit().await.map_err(StoreError::from)?;
        }
        // Rolled back explicitly: a dropped transaction keeps its locks until its connection is used again.
        Err(_) => tx.rollback().await.map_err(StoreError::from)?,
    }
    result
}

async fn take_in(
    conn: &mut SqliteConnection,
    key: &Ed25519KeyPair,
    batch: &Batch,
    compressed: &[u8],
    now: Timestamp,
) -> Result<PushReply, PushError> {
    let header = &batch.header;
    let position = store::next_position(conn).await?;
    let terminal = store::terminal::find(conn, header.terminal).await?.ok_or(PushError::UnknownTerminal)?;
    let whole =
        |reason| Evidence { terminal: header.terminal, epoch: header.epoch, seq: None, reason, body: compressed };
    if batch.verify(&terminal.public_key).is_err() {
        store::ledger::quarantine(conn, &whole("signature does not hold"), now).await?;
        return Err(PushError::Signature);
    }
    if terminal.revoked_at.is_some() {
        store::ledger::quarantine(conn, &whole("terminal revoked"), now).await?;
        let outcomes = numbered(batch).map(|(seq, _)| (seq, Outcome::Quarantined("terminal revoked".to_owned())));
        return reply(key, batch, OutcomeRange::join(outcomes), Vec::new(), (now, position), conn).await;
    }
    let known = known_before(conn, batch).await?;
    let outcomes = append(conn, batch, &terminal, known, compressed, (now, position)).await?;
    let touched = touched(conn, batch).await?;
    let live = reconcile::rejudge(conn, &touched, now, position).await?;
    let verdicts = verdicts(batch, &live);
    reply(key, batch, outcomes, verdicts, (now, position), conn).await
}

/// Checks a batch against the head. Answers how many of its first events are held already, with the same bytes.
async fn known_before(conn: &mut SqliteConnection, batch: &Batch) -> Result<usize, PushError> {
    let header = &batch.header;
    let start = Head { next_seq: 1, hash: epoch_hash(header.terminal, header.epoch), closed: false };
    let head = store::ledger::head(conn, header.terminal, header.epoch).await?.unwrap_or(start);
    let last_seq = head.next_seq - 1;
    if header.first_seq > head.next_seq {
        return Err(PushError::Gap(header.epoch, last_seq, head.hash));
    }
    let hashes = batch.hashes();
    let overlap = usize::try_from(head.next_seq - header.first_seq).unwrap_or(usize::MAX).min(hashes.len());
    let mut same = header.first_seq < head.next_seq || header.previous_hash == head.hash;
    for (place, hash) in hashes.iter().enumerate().take(overlap) {
        let seq = header.first_seq + place as u64;
        let stored = store::event::hash_at(conn, header.terminal, header.epoch, seq).await?;
        same &= stored.as_deref() == Some(hash.as_bytes().as_slice());
    }
    let extends = overlap < hashes.len();
    if same && !(extends && head.closed) {
        return Ok(overlap);
    }
    store::ledger::set_head(conn, header.terminal, header.epoch, Head { closed: true, ..head }).await?;
    tracing::warn!(terminal = %header.terminal, epoch = %header.epoch, last_seq, "two contents claim one number: epoch closed");
    Err(PushError::EpochClosed(header.epoch, last_seq, head.hash))
}

/// Appends what is new. An event that cannot be read keeps its place in the chain and goes to quarantine.
async fn append(
    conn: &mut SqliteConnection,
    batch: &Batch,
    terminal: &Terminal,
    known: usize,
    compressed: &[u8],
    (now, position): (Timestamp, u64),
) -> Result<Vec<OutcomeRange>, PushError> {
    let header = &batch.header;
    let hashes = batch.hashes();
    let mut outcomes: Vec<(u64, Outcome)> =
        numbered(batch).take(known).map(|(seq, _)| (seq, Outcome::AlreadyRecorded)).collect();
    if known < hashes.len() {
        let first_new = header.first_seq + known as u64;
        store::ledger::keep_batch(conn, header, first_new, compressed, (now, position)).await?;
    }
    for ((seq, body), hash) in numbered(batch).zip(&hashes).skip(known) {
        match readable(batch, seq, body) {
            Ok(event) => {
                let new = NewEvent { event: &event, body, hash: *hash, member: &terminal.member };
                store::event::append(conn, &new).await?;
                store::ledger::set_reached(conn, header.terminal, event.at).await?;
                outcomes.push((seq, Outcome::Recorded));
            }
            Err(reason) => {
                store::event::append_unread(conn, header, seq, (body, *hash), &terminal.member).await?;
                let evidence =
                    Evidence { terminal: header.terminal, epoch: header.epoch, seq: Some(seq), reason: &reason, body };
                store::ledger::quarantine(conn, &evidence, now).await?;
                outcomes.push((seq, Outcome::Quarantined(reason)));
            }
        }
    }
    if let Some(hash) = hashes.last().filter(|_| known < hashes.len()) {
        let next_seq = header.first_seq + hashes.len() as u64;
        let head = Head { next_seq, hash: *hash, closed: false };
        store::ledger::set_head(conn, header.terminal, header.epoch, head).await?;
    }
    Ok(OutcomeRange::join(outcomes))
}

fn numbered(batch: &Batch) -> impl Iterator<Item = (u64, &Vec<u8>)> {
    (batch.header.first_seq..).zip(&batch.bodies)
}

/// The event of a body, if it says the number, epoch and terminal that its place says.
fn readable(batch: &Batch, seq: u64, body: &[u8]) -> Result<Event, String> {
    let event = Event::from_body(body).map_err(|error| format!("not an event of a known kind: {error}"))?;
    if event.terminal != batch.header.terminal || event.epoch != batch.header.epoch || event.seq != seq {
        return Err(format!("the body says {}, its place says number {seq}", event.by()));
    }
    Ok(event)
}

/// What the batch's events may change: bases and codes they name, those of events they void or set aside, and bases that this
/// terminal worked on (a later event of it may complete them).
async fn touched(conn: &mut SqliteConnection, batch: &Batch) -> Result<Touched, PushError> {
    let mut touched =
        Touched { bases: store::event::bases_opened_by(conn, batch.header.terminal).await?, ..Touched::default() };
    for event in batch.bodies.iter().filter_map(|body| Event::from_body(body).ok()) {
        add(&mut touched, &event.act);
        if let Act::Void { voids, .. } = event.act
            && let Some(voided) = store::event::find(conn, voids).await?
        {
            add(&mut touched, &voided.act);
        }
    }
    Ok(touched)
}

fn add(touched: &mut Touched, act: &Act) {
    touched.bases.extend(act.reference().map(|(basis, _)| basis.clone()));
    let code = act.movement().and_then(|(_, movement)| shared::code::parse(&movement.text).ok());
    touched.codes.extend(code);
}

fn verdicts(batch: &Batch, live: &[Mismatch]) -> Vec<EventVerdict> {
    let header = &batch.header;
    let mut found: BTreeMap<u64, BTreeSet<(Kind, State)>> = BTreeMap::new();
    for mismatch in live {
        let here = mismatch.events.iter().filter(|by| by.terminal == header.terminal && by.epoch == header.epoch);
        let in_batch = header.first_seq..header.first_seq + header.count;
        for by in here.filter(|by| in_batch.contains(&by.seq)) {
            found.entry(by.seq).or_default().insert((mismatch.kind, mismatch.state));
        }
    }
    found.into_iter().map(|(seq, kinds)| EventVerdict { seq, kinds: kinds.into_iter().collect() }).collect()
}

async fn reply(
    key: &Ed25519KeyPair,
    batch: &Batch,
    outcomes: Vec<OutcomeRange>,
    verdicts: Vec<EventVerdict>,
    (now, position): (Timestamp, u64),
    conn: &mut SqliteConnection,
) -> Result<PushReply, PushError> {
    let header = &batch.header;
    let answer = Answer { outcomes, verdicts, ..Answer::default() };
    let range = AcknowledgedRange {
        ledger_id: store::ledger_id(conn).await?,
        terminal: header.terminal,
        epoch: header.epoch,
        from: header.first_seq,
        to: header.first_seq + header.count - 1,
        hash: batch.hashes().last().copied().unwrap_or(header.previous_hash),
        outcomes_digest: Hash::new([0; 32]),
        position,
        received_at: now,
        server_key: None,
        checkpoint: None,
    };
    Ok(PushReply::sign(answer, range, key, header.reply).map_err(StoreError::from)?)
}
