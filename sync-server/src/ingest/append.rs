//! Appending what is new, in its place in the chain.

use std::collections::BTreeSet;

use shared::chain::{Hash, epoch_hash};
use shared::event::{Act, Event};
use shared::ids::{BasisId, DocumentId, MemberId};
use shared::time::Timestamp;
use shared::wire::{Batch, Outcome};
use sqlx::AnyConnection;

use super::PushError;
use super::take_in::{At, Received};
use crate::store::event::NewEvent;
use crate::store::labelled::Labelled;
use crate::store::ledger::{Head, NewBatch};
use crate::store::quarantine::{Evidence, Reason};
use crate::store::terminal::Terminal;
use crate::store::trail::Place;
use crate::{nul, store};

/// What appending a batch came to.
pub(super) struct Appended {
    /// Of every event of the batch.
    pub(super) outcomes: Vec<(u64, Outcome)>,
    /// The run of new ones, and the batch's entry in the ledger.
    pub(super) fresh: Option<Fresh>,
}

/// The new events of a batch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fresh {
    pub(super) entry: u64,
    pub(super) first_seq: u64,
    pub(super) last_seq: u64,
}

/// Appends what is new. Scans stay in the batch and are found through their trails; all other events get a row. One that cannot be
/// read keeps its place in the chain and goes to quarantine.
pub(super) async fn append(
    conn: &mut AnyConnection,
    received: &Received,
    terminal: &Terminal,
    known: usize,
    at: At,
) -> Result<Appended, PushError> {
    let Received { batch, hashes, events, compressed, .. } = received;
    let (header, member) = (&batch.header, &terminal.member);
    let mut outcomes: Vec<(u64, Outcome)> =
        numbered(batch).take(known).map(|(seq, _)| (seq, Outcome::AlreadyRecorded)).collect();
    let Some(last_hash) = hashes.last().filter(|_| known < hashes.len()) else {
        return Ok(Appended { outcomes, fresh: None });
    };
    let first_seq = header.first_seq + known as u64;
    let (mut rows, mut scans, mut apart) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (((seq, body), hash), event) in numbered(batch).zip(hashes).zip(events).skip(known) {
        match event {
            Ok(event) if event.act.movement().is_some() => scans.push(event),
            Ok(event) => rows.push(NewEvent { event, body, hash: *hash, member }),
            Err(reason) => {
                set_apart(conn, batch, (seq, body, *hash), member, (reason, at.now)).await?;
                apart.insert(seq);
            }
        }
        outcomes
            .push((seq, event.as_ref().map_or_else(|why| Outcome::Quarantined(why.clone()), |_| Outcome::Recorded)));
    }
    let new = NewBatch { header, first_seq, key: &terminal.public_key, body: compressed, member, apart: &apart };
    let entry = store::ledger::keep_batch(conn, &new, (at.now, at.position)).await?;
    store::event::append(conn, &rows).await?;
    let place = |event: &Labelled| Place { entry, index: u16::try_from(event.seq - first_seq).unwrap_or(u16::MAX) };
    store::trail::append(conn, scans.into_iter().map(|event| (event, place(event)))).await?;
    let head = Head { next_seq: header.first_seq + hashes.len() as u64, hash: *last_hash, closed: false };
    store::ledger::set_head(conn, header.terminal, header.epoch, head).await?;
    let fresh = Some(Fresh { entry, first_seq, last_seq: head.next_seq - 1 });
    Ok(Appended { outcomes, fresh })
}

/// A disputed offer that goes on where an open epoch ends, such as a single event that was refused as new: its events say nothing to
/// the rules and keep their place, so that what follows them joins the chain. Any other disputed offer changes no chain.
pub(super) async fn keep_place(
    conn: &mut AnyConnection,
    received: &Received,
    terminal: &Terminal,
    at: At,
) -> Result<(), PushError> {
    let Received { batch, hashes, compressed, .. } = received;
    let header = &batch.header;
    let start = Head { next_seq: 1, hash: epoch_hash(header.terminal, header.epoch), closed: false };
    let head = store::ledger::head(conn, header.terminal, header.epoch).await?.unwrap_or(start);
    let Some(last_hash) = hashes.last() else { return Ok(()) };
    if head.closed || (head.next_seq, head.hash) != (header.first_seq, header.previous_hash) {
        return Ok(());
    }
    let (member, apart) = (&terminal.member, numbered(batch).map(|(seq, _)| seq).collect());
    let (key, first_seq) = (&terminal.public_key, header.first_seq);
    let new = NewBatch { header, first_seq, key, body: compressed, member, apart: &apart };
    store::ledger::keep_batch(conn, &new, (at.now, at.position)).await?;
    for ((seq, body), hash) in numbered(batch).zip(hashes) {
        store::event::append_unread(conn, header, seq, (body, *hash), &terminal.member).await?;
    }
    let head = Head { next_seq: header.first_seq + hashes.len() as u64, hash: *last_hash, closed: false };
    Ok(store::ledger::set_head(conn, header.terminal, header.epoch, head).await?)
}

async fn set_apart(
    conn: &mut AnyConnection,
    batch: &Batch,
    (seq, body, hash): (u64, &[u8], Hash),
    member: &MemberId,
    (reason, now): (&str, Timestamp),
) -> Result<(), PushError> {
    let header = &batch.header;
    store::event::append_unread(conn, header, seq, (body, hash), member).await?;
    let reason = Reason::Unreadable(reason.to_owned());
    let evidence = Evidence { terminal: header.terminal, epoch: header.epoch, seq: Some(seq), reason: &reason, body };
    Ok(store::quarantine::keep(conn, &evidence, now).await?)
}

/// A batch's bodies with their numbers.
pub(super) fn numbered(batch: &Batch) -> impl Iterator<Item = (u64, &Vec<u8>)> {
    (batch.header.first_seq..).zip(&batch.bodies)
}

/// The event of a body, if it says the number, epoch and terminal that its place says. Otherwise why it cannot be read.
pub fn readable(batch: &Batch, seq: u64, body: &[u8]) -> Result<Event, String> {
    let event = Event::from_body(body).map_err(|error| format!("not an event of a known kind: {error}"))?;
    if event.terminal != batch.header.terminal || event.epoch != batch.header.epoch || event.seq != seq {
        return Err(format!("the body says {}, its place says number {seq}", event.by()));
    }
    if has_long_name(&event.act) {
        return Err(format!("a task, contract, order or document is named by more than {NAME_BYTES_MAX} bytes"));
    }
    if has_nul(body) {
        return Err("the event holds a NUL character, which no text of a label or a person has".to_owned());
    }
    Ok(event)
}

/// Bytes of a name that an index is made of: `PostgreSQL` takes 2,700 for all names of a row.
const NAME_BYTES_MAX: usize = 512;

fn has_long_name(act: &Act) -> bool {
    let task = match act {
        Act::TaskOpened { task, .. } | Act::TaskClosed { task, .. } => Some(task.as_str()),
        _ => None,
    };
    let (basis, document) = act.reference().unzip();
    let names = [task, basis.map(BasisId::as_str), document.map(DocumentId::as_str)];
    names.into_iter().flatten().any(|name| name.len() > NAME_BYTES_MAX)
}

/// Whether some string of the body holds a NUL: `PostgreSQL` takes none, and no two databases may differ in what they hold.
fn has_nul(body: &[u8]) -> bool {
    // The escape is rare, so that reading the body again costs nothing as a rule.
    let escaped = body.windows(6).any(|six| six == b"\\u0000");
    escaped && serde_json::from_slice(body).is_ok_and(|value| nul::is_in(&value))
}
