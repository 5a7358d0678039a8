//! What a delivery itself says of a terminal: late data, a clock that is off, a fork, a revocation. Judged apart from trails
//! (`shared::rules::arrivals`).

use std::collections::BTreeSet;

use shared::event::Event;
use shared::ids::{EpochId, EventRef, TerminalId};
use shared::mismatch::Scope;
use shared::reference::Limits;
use shared::rules::arrivals::{Fault, LogFault};
use shared::time::Timestamp;
use shared::trail::clock::Anchors;
use sqlx::AnyConnection;

use super::take_in::At;
use crate::store::{self, StoreError};

/// Missing events that a hole names.
const MISSING_MAX: usize = 100;

/// Notes one fault of a terminal.
pub(super) async fn note(
    conn: &mut AnyConnection,
    terminal: TerminalId,
    fault: Fault,
    events: impl IntoIterator<Item = EventRef> + Send,
    at: At,
) -> Result<(), StoreError> {
    let fault = LogFault { terminal, fault, at: at.now, events: events.into_iter().collect(), more: 0 };
    store::log_fault::add(conn, &fault).await
}

/// Notes that a batch starts beyond the head. The hole may fill by itself, since batches overtake each other: it is looked at again
/// when the grace has run out.
pub(super) async fn note_gap(
    conn: &mut AnyConnection,
    (terminal, epoch): (TerminalId, EpochId),
    (last_seq, first_seq): (u64, u64),
    limits: &Limits,
    at: At,
) -> Result<(), StoreError> {
    let missing = (last_seq + 1..first_seq).take(MISSING_MAX).map(|seq| EventRef { terminal, epoch, seq });
    note(conn, terminal, Fault::Gap, missing, at).await?;
    store::due::put(conn, &[Scope::Terminal(terminal)], at.now.plus_ms(limits.grace_ms)).await
}

/// Notes what the new events of one log say of it: those that came late, anchors that show a wrong clock, clocks that stepped back.
pub(super) async fn note_new(
    conn: &mut AnyConnection,
    events: &[&Event],
    anchors: &Anchors,
    limits: &Limits,
    at: At,
) -> Result<bool, StoreError> {
    let Some(first) = events.first() else { return Ok(false) };
    let terminal = first.terminal;
    let mut found = false;
    let late = late(conn, events, anchors, limits, at.now).await?;
    if !late.is_empty() {
        note(conn, terminal, Fault::Late, late, at).await?;
        found = true;
    }
    let stepped = events.windows(2).filter(|pair| pair[0].boot == pair[1].boot && pair[1].at < pair[0].at);
    let stepped: BTreeSet<EventRef> = stepped.map(|pair| pair[1].by()).collect();
    if !stepped.is_empty() {
        note(conn, terminal, Fault::SteppedBack, stepped, at).await?;
        found = true;
    }
    let offsets = Anchors::of(events.iter().copied())
        .as_slice()
        .iter()
        .map(shared::trail::clock::Anchor::offset_ms)
        .collect::<Vec<_>>();
    if let Some(worst) = offsets.into_iter().max_by_key(|ms| ms.saturating_abs())
        && worst.saturating_abs() > limits.skew_ms
    {
        note(conn, terminal, Fault::Offset(worst), [], at).await?;
        found = true;
    }
    Ok(found)
}

/// Which events came late, by the times that the anchors give them. A log without any anchor has only its own clock, which may be
/// years off: nobody is called late by that. Once the first anchor is there, what came before it is looked at as well.
async fn late(
    conn: &mut AnyConnection,
    events: &[&Event],
    anchors: &Anchors,
    limits: &Limits,
    now: Timestamp,
) -> Result<BTreeSet<EventRef>, StoreError> {
    let (Some(first), Some(anchor)) = (events.first(), anchors.as_slice().first()) else { return Ok(BTreeSet::new()) };
    let is_late = |event: &Event, arrived: Timestamp| {
        arrived.as_ms().saturating_sub(anchors.moment(event).at.as_ms()) > limits.late_ms
    };
    let mut late: BTreeSet<EventRef> =
        events.iter().filter(|event| is_late(event, now)).map(|event| event.by()).collect();
    if anchor.seq >= first.seq && first.seq > 1 {
        let before = store::log_fault::arrived_before(conn, (first.terminal, first.epoch), first.seq).await?;
        late.extend(before.iter().filter(|(event, arrived)| is_late(event, *arrived)).map(|(event, _)| event.by()));
    }
    Ok(late)
}
