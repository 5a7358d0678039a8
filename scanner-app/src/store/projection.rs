//! What is found quickly in the log: scans by place and by package, other events by what they name. All of it follows from the
//! log alone and is written in the transaction of the events.

use rusqlite::{Connection, OptionalExtension, params};
use shared::code::{CodeKey, Grammars};
use shared::event::{Act, Close, Event, Movement, Stage};

use super::log::{event_no, from_i64, to_i64};
use super::{Shown, StoreError};

/// Where an event stands: ordinal of its epoch, number.
pub(crate) type EventNo = (i64, u64);

/// Writes the rows that follow from one event.
pub(super) fn project(
    conn: &Connection,
    grammars: &Grammars,
    epoch_no: i64,
    event: &Event,
    shown: Option<&Shown>,
) -> Result<(), StoreError> {
    let by = (epoch_no, event.seq);
    match &event.act {
        Act::Void { voids, .. } if voids.terminal == event.terminal => {
            let sql = "select ordinal from epoch where epoch = ?1";
            let of: Option<i64> = conn.query_row(sql, [voids.epoch.to_string()], |row| row.get(0)).optional()?;
            mark(conn, (of.unwrap_or(epoch_no), voids.seq), "voided = ?4, voided_in = ?5", by)
        }
        // Another terminal's event is not here: its void is for the server to judge.
        Act::Void { .. } => Ok(()),
        Act::SetAside { scan_seq, .. } => mark(conn, (epoch_no, *scan_seq), "aside = ?4, released = null", by),
        Act::Released { scan_seq, .. } => mark(conn, (epoch_no, *scan_seq), "released = ?4", by),
        act => match act.movement() {
            Some((stage, movement)) => insert_scan(conn, grammars, by, (stage, movement), shown),
            None => mention(conn, grammars, by, act),
        },
    }
}

fn insert_scan(
    conn: &Connection,
    grammars: &Grammars,
    (epoch_no, seq): EventNo,
    (stage, movement): (Stage, &Movement),
    shown: Option<&Shown>,
) -> Result<(), StoreError> {
    let place_no = place_no(conn, stage, movement)?;
    let key = grammars.parse(&movement.text).ok().map(|code| *CodeKey::of(&code).as_bytes());
    let verdict = shown.filter(|shown| !shown.verdict.is_empty());
    let verdict = verdict.map(|shown| serde_json::to_string(&shown.verdict)).transpose()?;
    let mut statement = conn.prepare_cached(
        "insert into scan (place_no, epoch_no, seq, task, code_key, result, verdict) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let result = shown.map(|shown| serde_json::to_value(shown.result)).transpose()?;
    let result = result.as_ref().and_then(serde_json::Value::as_str);
    statement.execute(params![place_no, epoch_no, to_i64(seq), movement.task.as_str(), key, result, verdict])?;
    Ok(())
}

pub(super) fn place_no(conn: &Connection, stage: Stage, movement: &Movement) -> Result<i64, StoreError> {
    let named = params![movement.basis.as_str(), movement.document.as_str(), stage.as_str()];
    let sql = "select place_no from place where basis = ?1 and document = ?2 and stage = ?3";
    if let Some(found) = conn.prepare_cached(sql)?.query_row(named, |row| row.get(0)).optional()? {
        return Ok(found);
    }
    conn.prepare_cached("insert into place (basis, document, stage) values (?1, ?2, ?3)")?.execute(named)?;
    Ok(conn.last_insert_rowid())
}

/// Notes beside a scan that another event is about it; beside other events by a mention.
fn mark(conn: &Connection, (epoch_no, seq): EventNo, set: &str, by: EventNo) -> Result<(), StoreError> {
    let sql = "select body from log where event_no = ?1";
    let named = [event_no((epoch_no, seq))];
    let body: Option<Vec<u8>> = conn.prepare_cached(sql)?.query_row(named, |row| row.get(0)).optional()?;
    let named = body.and_then(|body| Event::from_body(&body).ok());
    let Some((stage, movement)) = named.as_ref().and_then(|event| event.act.movement()) else {
        return insert_mention(conn, &of_event((epoch_no, seq)), by);
    };
    let place_no = place_no(conn, stage, movement)?;
    let sql = format!("update scan set {set} where place_no = ?1 and epoch_no = ?2 and seq = ?3");
    let mut statement = conn.prepare_cached(&sql)?;
    for (place, value) in [place_no, epoch_no, to_i64(seq), to_i64(by.1), by.0].into_iter().enumerate() {
        if place < statement.parameter_count() {
            statement.raw_bind_parameter(place + 1, value)?;
        }
    }
    statement.raw_execute()?;
    Ok(())
}

/// The name under which events about an event that is no scan are found.
pub(super) fn of_event((epoch_no, seq): EventNo) -> String {
    format!("event:{epoch_no}/{seq}")
}

fn mention(conn: &Connection, grammars: &Grammars, at: EventNo, act: &Act) -> Result<(), StoreError> {
    let texts = texts(act);
    let frame = if texts.is_empty() { "basis" } else { "basis-codes" };
    for text in texts {
        if let Ok(code) = grammars.parse(text) {
            insert_mention(conn, &of_code(&code.to_string()), at)?;
        }
    }
    if let Some((basis, _)) = act.reference() {
        insert_mention(conn, &format!("{frame}:{basis}"), at)?;
    }
    match act {
        Act::TaskOpened { .. } | Act::TaskClosed { .. } => task(conn, at, act),
        Act::DocumentDrafted { note } => insert_mention(conn, &format!("basis:{}", note.basis), at),
        Act::ClockAnchor { .. } => insert_mention(conn, ANCHORS, at),
        Act::PackActivated { .. } => insert_mention(conn, ACTIVATIONS, at),
        _ => Ok(()),
    }
}

fn task(conn: &Connection, (epoch_no, seq): EventNo, act: &Act) -> Result<(), StoreError> {
    match act {
        Act::TaskOpened { task, stage, basis, document, reserved } => {
            let sql = "insert into task (task, stage, basis, document, opened_in, opened_seq, reserved) \
                       values (?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict (task) do update set \
                       opened_in = coalesce(opened_in, excluded.opened_in), \
                       opened_seq = coalesce(opened_seq, excluded.opened_seq)";
            let (task, stage, basis, document) = (task.as_str(), stage.as_str(), basis.as_str(), document.as_str());
            conn.execute(sql, params![task, stage, basis, document, epoch_no, to_i64(seq), reserved])?;
        }
        Act::TaskClosed { task, close, .. } => {
            let word = match close {
                Close::Partial => "partial",
                Close::Final => "final",
            };
            conn.execute("update task set closed = ?2 where task = ?1", params![task.as_str(), word])?;
        }
        _ => {}
    }
    Ok(())
}

/// The name under which clock anchors are found.
pub(super) const ANCHORS: &str = "kind:clock_anchor";

/// The name under which packs put into use are found.
pub(super) const ACTIVATIONS: &str = "kind:pack_activated";

/// The name under which events that name a package are found.
pub(super) fn of_code(code: &str) -> String {
    format!("code:{code}")
}

/// The label texts that an event other than a scan names.
pub(super) fn texts(act: &Act) -> Vec<&str> {
    match act {
        Act::Associate { parent, children, .. }
        | Act::Dissociate { parent, children, .. }
        | Act::CaseChecked { parent, children, .. } => children.iter().chain([parent]).map(String::as_str).collect(),
        Act::Relabel { old, new } => vec![old, new],
        Act::Report(report) => report.text.as_deref().into_iter().collect(),
        _ => Vec::new(),
    }
}

pub(super) fn insert_mention(conn: &Connection, name: &str, (epoch_no, seq): EventNo) -> Result<(), StoreError> {
    let sql = "insert or ignore into mention (name, epoch_no, seq) values (?1, ?2, ?3)";
    conn.prepare_cached(sql)?.execute(params![name, epoch_no, to_i64(seq)])?;
    Ok(())
}

/// Makes the rows of the whole log again.
pub(super) fn project_all(conn: &Connection, grammars: &Grammars) -> Result<(), StoreError> {
    let mut statement = conn.prepare("select event_no >> 40, seq, body from log order by event_no")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (epoch_no, seq, body): (i64, i64, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        // What an older version cannot read any more is still sent; it finds nothing.
        let Ok(event) = Event::from_body(&body) else {
            tracing::warn!("event {} of the log cannot be read by this version", from_i64(seq));
            continue;
        };
        project(conn, grammars, epoch_no, &event, None)?;
    }
    Ok(())
}
