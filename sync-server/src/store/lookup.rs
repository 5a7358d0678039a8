//! Which events a judgement needs: found by basis, by code, by what they are about. What was asked before is remembered
//! ([`Facts`]).

use std::collections::{BTreeMap, BTreeSet};

use shared::code::PackageCode;
use shared::event::Event;
use shared::ids::{BasisId, EpochId, EventRef, MemberId, TerminalId};
use shared::reference::CodeRecord;
use shared::trail::clock::Anchors;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::event::{UNFOLDED_AT_ONCE, read};
use super::facts::{Brought, Facts};
use super::packages::PackageNo;
use super::{StoreError, stored, to_i64, trail};

/// All events under the given bases.
pub async fn of_bases(
    conn: &mut AnyConnection,
    bases: &BTreeSet<BasisId>,
    facts: &mut Facts,
) -> Result<(), StoreError> {
    let unknown = facts.memory.of_basis.unknown(bases);
    if !unknown.is_empty() {
        let sql = "select terminal, epoch, seq, member, about, body from event where basis in (select value from json_each($1))";
        let rows = sqlx::query(sql).bind(serde_json::to_string(&unknown)?).fetch_all(&mut *conn).await?;
        let mut places = remember(conn, &rows, facts).await?;
        let batches = trail::batches(conn, unknown.iter().copied()).await?;
        let entries: BTreeSet<u64> = batches.into_values().flatten().collect();
        bring(conn, entries.iter().copied(), facts).await?;
        places.extend(entries.iter().flat_map(|entry| facts.memory.scans(*entry)));
        let answers = basis_of(&places, facts);
        facts.memory.of_basis.learn(&unknown, answers);
    }
    let places = facts.memory.of_basis.places(bases);
    facts.find(&places);
    Ok(())
}

/// All scans of the given codes.
pub async fn of_codes(
    conn: &mut AnyConnection,
    codes: &BTreeSet<PackageCode>,
    facts: &mut Facts,
) -> Result<(), StoreError> {
    let numbers = facts.numbers(codes);
    meet(conn, &numbers, facts).await?;
    let of_code = numbers.iter().flat_map(|number| &facts.memory.packages.get(*number).facts);
    let is_scan = |place: &&u32| facts.memory.fact(**place).act.movement().is_some();
    let places: Vec<u32> = of_code.filter(is_scan).copied().collect();
    facts.find(&places);
    Ok(())
}

/// Reads what is not known yet of packages: their families as registered, their scans, and what was told of them without a scan.
/// Answers the records that were read.
pub(crate) async fn meet(
    conn: &mut AnyConnection,
    numbers: &[PackageNo],
    facts: &mut Facts,
) -> Result<Vec<CodeRecord>, StoreError> {
    let asked = facts.memory.packages.unknown(numbers);
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let codes: BTreeSet<PackageCode> =
        asked.iter().map(|number| facts.memory.packages.get(*number).code.clone()).collect();
    let records = super::code::related(conn, &codes).await?;
    for record in &records {
        facts.memory.packages.relate(&asked, record);
    }

    let keys = super::code::keys_json(&codes)?;
    let sql = "select terminal, epoch, seq, member, about, body from event where code_key in (select unhex(value) from json_each($1))";
    let mut rows = sqlx::query(sql).bind(&keys).fetch_all(&mut *conn).await?;
    rows.extend(super::named::rows(conn, &keys).await?);
    let mut places = remember(conn, &rows, facts).await?;
    let trails = trail::of_codes(conn, &codes).await?;
    bring(conn, trails.iter().flatten().map(|at| at.entry), facts).await?;
    places.extend(trails.iter().flatten().filter_map(|at| facts.memory.scan(*at)));
    places.sort_unstable();
    places.dedup();
    let memory = &mut facts.memory;
    let named: Vec<(PackageNo, u32)> =
        places.iter().flat_map(|place| memory.packages_at(*place).iter().map(|number| (*number, *place))).collect();
    memory.packages.know(&asked, named);
    Ok(records)
}

/// Openings and closings of tasks under the given bases.
pub async fn of_tasks(
    conn: &mut AnyConnection,
    bases: &BTreeSet<BasisId>,
    facts: &mut Facts,
) -> Result<(), StoreError> {
    let unknown = facts.memory.tasks.unknown(bases);
    if !unknown.is_empty() {
        let sql = "select terminal, epoch, seq, member, about, body from event where kind in ('task_opened', 'task_closed') \
                   and basis in (select value from json_each($1))";
        let rows = sqlx::query(sql).bind(serde_json::to_string(&unknown)?).fetch_all(&mut *conn).await?;
        let places = remember(conn, &rows, facts).await?;
        let answers = basis_of(&places, facts);
        facts.memory.tasks.learn(&unknown, answers);
    }
    let places = facts.memory.tasks.places(bases);
    facts.find(&places);
    Ok(())
}

fn basis_of(places: &[u32], facts: &Facts) -> Vec<(BasisId, u32)> {
    let basis = |place: &u32| Some((facts.memory.fact(*place).act.reference()?.0.clone(), *place));
    places.iter().filter_map(basis).collect()
}

/// How often what is about events is followed: a void of a void has no effect, and one of that says nothing more.
const ABOUT_ROUNDS: usize = 3;

/// Voids and set-asides of the events found so far, and voids of those.
pub async fn about_found(conn: &mut AnyConnection, facts: &mut Facts) -> Result<(), StoreError> {
    for _ in 0..ABOUT_ROUNDS {
        let asked = facts.not_asked_about();
        if !asked.is_empty() {
            let refs: Vec<String> = asked.iter().map(ToString::to_string).collect();
            let sql = "select terminal, epoch, seq, member, about, body from event where about in (select value from json_each($1))";
            let rows = sqlx::query(sql).bind(serde_json::to_string(&refs)?).fetch_all(&mut *conn).await?;
            remember(conn, &rows, facts).await?;
        }
        if !facts.find_about() {
            break;
        }
    }
    Ok(())
}

/// The events with the numbers `first..=last` of an epoch.
pub async fn of_run(
    conn: &mut AnyConnection,
    (terminal, epoch): (TerminalId, EpochId),
    (first, last): (u64, u64),
    facts: &mut Facts,
) -> Result<(), StoreError> {
    let sql = "select terminal, epoch, seq, member, about, body from event where terminal = $1 and epoch = $2 \
               and seq between $3 and $4 and kind <> 'unread'";
    let query =
        sqlx::query(sql).bind(terminal.to_string()).bind(epoch.to_string()).bind(to_i64(first)).bind(to_i64(last));
    let rows = query.fetch_all(&mut *conn).await?;
    let mut places = remember(conn, &rows, facts).await?;
    for stored in stored::of_log(conn, (terminal, epoch), (first, last)).await? {
        clocks(conn, [stored.terminal].into(), facts).await?;
        facts.memory.bring(&stored)?;
        places.extend(facts.memory.scans(stored.entry));
    }
    places.retain(|place| (first..=last).contains(&facts.memory.fact(*place).by.seq));
    facts.find(&places);
    Ok(())
}

/// What some terminals' conduct is judged by, whatever basis it was under: when their gates were asked, what they took back.
pub async fn of_conduct(
    conn: &mut AnyConnection,
    terminals: &BTreeSet<TerminalId>,
    facts: &mut Facts,
) -> Result<(), StoreError> {
    if terminals.is_empty() {
        return Ok(());
    }
    let sql = "select terminal, epoch, seq, member, about, body from event where kind in ('gate_asked', 'void') \
               and terminal in (select value from json_each($1))";
    let rows = sqlx::query(sql).bind(serde_json::to_string(terminals)?).fetch_all(&mut *conn).await?;
    let places = remember(conn, &rows, facts).await?;
    facts.find(&places);
    Ok(())
}

/// Adds events that were appended just now to what was found.
pub async fn append(conn: &mut AnyConnection, new: Vec<Brought>, facts: &mut Facts) -> Result<(), StoreError> {
    let events = new.iter().flat_map(|brought| &brought.events);
    clocks(conn, events.map(|event| event.terminal).collect(), facts).await?;
    for brought in new {
        facts.append(brought);
    }
    Ok(())
}

/// Remembers the scans of batches that were not met yet.
async fn bring(
    conn: &mut AnyConnection,
    entries: impl IntoIterator<Item = u64>,
    facts: &mut Facts,
) -> Result<(), StoreError> {
    let unmet: Vec<u64> = facts.memory.unmet(entries).into_iter().collect();
    for part in unmet.chunks(UNFOLDED_AT_ONCE) {
        let batches = stored::by_entries(conn, part).await?;
        clocks(conn, batches.iter().map(|stored| stored.terminal).collect(), facts).await?;
        for stored in &batches {
            facts.memory.bring(stored)?;
        }
    }
    Ok(())
}

/// Remembers the events of these rows. Answers their places, found before or not.
pub(super) async fn remember(
    conn: &mut AnyConnection,
    rows: &[AnyRow],
    facts: &mut Facts,
) -> Result<Vec<u32>, StoreError> {
    let refs = rows.iter().map(reference).collect::<Result<Vec<_>, _>>()?;
    clocks(conn, refs.iter().map(|by| by.terminal).collect(), facts).await?;
    let mut places = Vec::with_capacity(rows.len());
    for (by, row) in refs.iter().zip(rows) {
        places.push(match facts.memory.place(by) {
            Some(place) => place,
            None => facts.memory.keep(read(row)?.into(), MemberId::from(row.try_get::<String, _>("member")?)),
        });
    }
    Ok(places)
}

/// Reads the anchors of terminals that were not met yet.
async fn clocks(
    conn: &mut AnyConnection,
    terminals: BTreeSet<TerminalId>,
    facts: &mut Facts,
) -> Result<(), StoreError> {
    let strange = facts.memory.strange(terminals);
    if !strange.is_empty() {
        facts.memory.anchors.extend(anchors(conn, &strange).await?);
    }
    Ok(())
}

/// Which event a row holds.
fn reference(row: &AnyRow) -> Result<EventRef, StoreError> {
    let damaged = |_| StoreError::Corrupt("a terminal or epoch of an event is not a UUID");
    Ok(EventRef {
        terminal: row.try_get::<String, _>("terminal")?.parse().map_err(damaged)?,
        epoch: row.try_get::<String, _>("epoch")?.parse().map_err(damaged)?,
        seq: super::from_i64(row.try_get("seq")?),
    })
}

/// The clock anchors that tell when new events of a log happened: the last before them, and those among them.
pub async fn anchors_from(
    conn: &mut AnyConnection,
    (terminal, epoch): (TerminalId, EpochId),
    first_seq: u64,
) -> Result<Anchors, StoreError> {
    let sql = "select epoch, about, body from event where terminal = $1 and epoch = $2 and kind = 'clock_anchor' \
               and seq >= coalesce((select seq from event where terminal = $1 and epoch = $2 and kind = 'clock_anchor' \
                   and seq < $3 order by seq desc limit 1), 0)";
    let query = sqlx::query(sql).bind(terminal.to_string()).bind(epoch.to_string()).bind(to_i64(first_seq));
    let events = query.fetch_all(conn).await?.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(Anchors::of(&events))
}

/// The clock anchors in the logs of these terminals, by epoch.
pub async fn anchors(
    conn: &mut AnyConnection,
    terminals: &[TerminalId],
) -> Result<BTreeMap<(TerminalId, EpochId), Anchors>, StoreError> {
    let terminals: Vec<String> = terminals.iter().map(ToString::to_string).collect();
    let sql = "select epoch, about, body from event where kind = 'clock_anchor' \
               and terminal in (select value from json_each($1))";
    let rows = sqlx::query(sql).bind(serde_json::to_string(&terminals)?).fetch_all(conn).await?;
    let mut logs: BTreeMap<(TerminalId, EpochId), Vec<Event>> = BTreeMap::new();
    for row in &rows {
        let event = read(row)?;
        logs.entry((event.terminal, event.epoch)).or_default().push(event);
    }
    Ok(logs.into_iter().map(|(log, events)| (log, Anchors::of(&events))).collect())
}
