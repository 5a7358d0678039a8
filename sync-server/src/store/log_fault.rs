//! What was wrong with a terminal's log when its data arrived.

use std::collections::BTreeSet;

use shared::event::Event;
use shared::ids::{EpochId, EventRef, TerminalId};
use shared::rules::arrivals::{Fault, LogFault};
use shared::time::Timestamp;
use sqlx::{AnyConnection, Row};

use super::{StoreError, from_i64, stored, to_i64};

/// Events named by one fault, at most; the rest is counted.
const EVENTS_MAX: usize = 100;

/// The events of a log before a number, each with when it arrived.
pub async fn arrived_before(
    conn: &mut AnyConnection,
    (terminal, epoch): (TerminalId, EpochId),
    seq: u64,
) -> Result<Vec<(Event, Timestamp)>, StoreError> {
    let mut arrived = Vec::new();
    let Some(last) = seq.checked_sub(1).filter(|last| *last > 0) else { return Ok(arrived) };
    for stored in stored::of_log(conn, (terminal, epoch), (1, last)).await? {
        let before = (stored.first_seq..).zip(&stored.bodies).take_while(|(number, _)| *number < seq);
        for (_, body) in before.filter(|(number, _)| !stored.apart.contains(number)) {
            // An earlier version did not note which bodies it could not read.
            if let Ok(event) = Event::from_body(body) {
                arrived.push((event, stored.received_at));
            }
        }
    }
    Ok(arrived)
}

/// Adds to what is known of a fault. A hole is as old as when it was first seen.
pub async fn add(conn: &mut AnyConnection, fault: &LogFault) -> Result<(), StoreError> {
    let (word, offset_ms) = word(fault.fault);
    let held = of_terminal(conn, fault.terminal).await?.into_iter().find(|held| self::word(held.fault).0 == word);
    let mut events = held.as_ref().map(|held| held.events.clone()).unwrap_or_default();
    let known = events.len();
    let fresh: BTreeSet<EventRef> = fault.events.difference(&events).copied().collect();
    events.extend(fresh.iter().copied().take(EVENTS_MAX.saturating_sub(known)));
    let more = held.as_ref().map_or(0, |held| held.more) + (known + fresh.len() - events.len()) as u64 + fault.more;
    let worst_ms = held.map_or(offset_ms, |held| match held.fault {
        Fault::Offset(ms) if ms.saturating_abs() > offset_ms.saturating_abs() => ms,
        _ => offset_ms,
    });
    sqlx::query(
        "insert into log_fault (terminal, fault, at, more, offset_ms, events) values ($1, $2, $3, $4, $5, $6) \
         on conflict (terminal, fault) do update set more = excluded.more, \
         offset_ms = excluded.offset_ms, events = excluded.events, \
         at = case when excluded.fault <> 'gap' and excluded.at > log_fault.at then excluded.at else log_fault.at end",
    )
    .bind(fault.terminal.to_string())
    .bind(word)
    .bind(fault.at.as_ms())
    .bind(to_i64(more))
    .bind(worst_ms)
    .bind(serde_json::to_string(&events)?)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes events out of a fault of a terminal: a hole was filled, evidence was admitted. Without events there is no fault any more.
/// Answers whether anything was taken out.
pub async fn settle(
    conn: &mut AnyConnection,
    (terminal, epoch): (TerminalId, EpochId),
    fault: Fault,
    (first_seq, last_seq): (u64, u64),
) -> Result<bool, StoreError> {
    let (word, _) = word(fault);
    let sql = "select events from log_fault where terminal = $1 and fault = $2";
    let row = sqlx::query(sql).bind(terminal.to_string()).bind(word).fetch_optional(&mut *conn).await?;
    let Some(row) = row else { return Ok(false) };
    let mut events: BTreeSet<EventRef> = serde_json::from_str(&row.try_get::<String, _>("events")?)?;
    let before = events.len();
    events.retain(|by| by.epoch != epoch || !(first_seq..=last_seq).contains(&by.seq));
    if events.len() == before {
        return Ok(false);
    }
    let query = if events.is_empty() {
        let sql = "delete from log_fault where terminal = $1 and fault = $2";
        sqlx::query(sql).bind(terminal.to_string()).bind(word)
    } else {
        let sql = "update log_fault set events = $3 where terminal = $1 and fault = $2";
        sqlx::query(sql).bind(terminal.to_string()).bind(word).bind(serde_json::to_string(&events)?)
    };
    query.execute(conn).await?;
    Ok(true)
}

/// The faults of one terminal's log.
pub async fn of_terminal(conn: &mut AnyConnection, terminal: TerminalId) -> Result<Vec<LogFault>, StoreError> {
    let sql = "select fault, at, more, offset_ms, events from log_fault where terminal = $1";
    let rows = sqlx::query(sql).bind(terminal.to_string()).fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            let word: String = row.try_get("fault")?;
            let fault = fault(&word, row.try_get("offset_ms")?).ok_or(StoreError::Corrupt("an unknown log fault"))?;
            Ok(LogFault {
                terminal,
                fault,
                at: Timestamp::from_ms(row.try_get("at")?),
                events: serde_json::from_str(&row.try_get::<String, _>("events")?)?,
                more: from_i64(row.try_get("more")?),
            })
        })
        .collect()
}

const fn word(fault: Fault) -> (&'static str, i64) {
    match fault {
        Fault::Gap => ("gap", 0),
        Fault::BrokenChain => ("broken-chain", 0),
        Fault::Fork => ("fork", 0),
        Fault::Revoked => ("revoked", 0),
        Fault::Late => ("late", 0),
        Fault::Offset(ms) => ("offset", ms),
        Fault::SteppedBack => ("stepped-back", 0),
    }
}

fn fault(word: &str, offset_ms: i64) -> Option<Fault> {
    let all = [
        Fault::Gap,
        Fault::BrokenChain,
        Fault::Fork,
        Fault::Revoked,
        Fault::Late,
        Fault::Offset(offset_ms),
        Fault::SteppedBack,
    ];
    all.into_iter().find(|fault| self::word(*fault).0 == word)
}
