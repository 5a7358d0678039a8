//! Appending what is new, in its place in the chain.

use shared::chain::{Hash, epoch_hash};
use shared::event::{Act, Event};
use shared::ids::{BasisId, DocumentId, MemberId};
use shared::time::Timestamp;
use shared::wire::{Batch, Outcome};
use sqlx::AnyConnection;

use super::PushError;
use super::take_in::{At, Received};
use crate::store::event::NewEvent;
use crate::store::ledger::Head;
use crate::store::quarantine::{Evidence, Reason};
use crate::store::terminal::Terminal;
use crate::{nul, store};

/// Appends what is new. An event that cannot be read keeps its place in the chain and goes to quarantine.
pub(super) async fn append(
    conn: &mut AnyConnection,
    received: &Received,
    terminal: &Terminal,
    known: usize,
    at: At,
) -> Result<Vec<(u64, Outcome)>, PushError> {
    let Received { batch, hashes, events, compressed } = received;
    let (header, member) = (&batch.header, &terminal.member);
    let mut outcomes: Vec<(u64, Outcome)> =
        numbered(batch).take(known).map(|(seq, _)| (seq, Outcome::AlreadyRecorded)).collect();
    let Some(last_hash) = hashes.last().filter(|_| known < hashes.len()) else { return Ok(outcomes) };
    let first_new = header.first_seq + known as u64;
    store::ledger::keep_batch(conn, header, first_new, (&terminal.public_key, compressed), (at.now, at.position))
        .await?;
    let mut new = Vec::with_capacity(events.len() - known);
    for (((seq, body), hash), event) in numbered(batch).zip(hashes).zip(events).skip(known) {
        match event {
            Ok(event) => {
                new.push(NewEvent { event, body, hash: *hash, member });
                outcomes.push((seq, Outcome::Recorded));
            }
            Err(reason) => {
                set_apart(conn, batch, (seq, body, *hash), member, (reason, at.now)).await?;
                outcomes.push((seq, Outcome::Quarantined(reason.clone())));
            }
        }
    }
    store::event::append(conn, &new).await?;
    let head = Head { next_seq: header.first_seq + hashes.len() as u64, hash: *last_hash, closed: false };
    store::ledger::set_head(conn, header.terminal, header.epoch, head).await?;
    Ok(outcomes)
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
    let signed = (&terminal.public_key, compressed.as_slice());
    store::ledger::keep_batch(conn, header, header.first_seq, signed, (at.now, at.position)).await?;
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
