//! What the log says of packages, tasks and bases, found by the rows beside it.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, Row, Statement, params};
use shared::code::{CodeKey, PackageCode};
use shared::event::Event;
use shared::ids::{BasisId, EventRef, TaskId};
use shared::mismatch::{Mismatch, ScanResult};

use super::log::{event_no, from_i64, to_i64};
use super::projection::{ACTIVATIONS, ANCHORS, EventNo, of_code, of_event};
use super::{Store, StoreError};

/// A scan of a task and what the clerk was told of it.
#[derive(Clone, Debug)]
pub struct ScanRow {
    /// The event.
    pub event: Event,
    /// What the clerk was told; none where it is not known any more.
    pub shown: Option<(ScanResult, Vec<Mismatch>)>,
    /// Whether it was undone.
    pub voided: bool,
}

/// The scan itself and what is about it, as places in the log.
const SCAN: &str = "s.epoch_no, s.seq, s.voided, s.voided_in, s.aside, s.released";

impl Store {
    /// The events about a package: scans of it, what was done to them, and other events that name it.
    pub(crate) fn events_of_code(&self, code: &PackageCode, into: &mut BTreeSet<EventNo>) -> Result<(), StoreError> {
        let sql = format!("select {SCAN} from scan s where s.code_key = ?1");
        collect(&mut *self.conn.prepare_cached(&sql)?, params![CodeKey::of(code).as_bytes()], into)?;
        self.mentions(&of_code(&code.to_string()), into)
    }

    /// The events about the packages that are registered as being inside another.
    pub(crate) fn events_of_children(
        &self,
        parent: &PackageCode,
        into: &mut BTreeSet<EventNo>,
    ) -> Result<(), StoreError> {
        let key = CodeKey::of(parent);
        let sql = format!("select {SCAN} from code c join scan s on s.code_key = c.code_key where c.parent_key = ?1");
        collect(&mut *self.conn.prepare_cached(&sql)?, params![key.as_bytes()], into)?;
        let sql = "select m.epoch_no, m.seq from code c join mention m on m.name = 'code:' || c.code \
                   where c.parent_key = ?1";
        self.mentioned(sql, params![key.as_bytes()], into)
    }

    /// The scans under a basis, what was done to them, and other events there that name packages.
    pub(crate) fn scans_under(&self, basis: &BasisId, into: &mut BTreeSet<EventNo>) -> Result<(), StoreError> {
        let sql = format!("select {SCAN} from place p join scan s using (place_no) where p.basis = ?1");
        collect(&mut *self.conn.prepare_cached(&sql)?, params![basis.as_str()], into)?;
        self.mentions(&format!("basis-codes:{basis}"), into)
    }

    /// Tasks, notes, gates and reports of no single package under a basis; packs put into use.
    pub(crate) fn frame_of(&self, basis: &BasisId, into: &mut BTreeSet<EventNo>) -> Result<(), StoreError> {
        self.mentions(&format!("basis:{basis}"), into)?;
        self.mentions(ACTIVATIONS, into)
    }

    /// The clock anchors of the log.
    pub(crate) fn anchors(&self) -> Result<Vec<Event>, StoreError> {
        let mut places = BTreeSet::new();
        self.mentions(ANCHORS, &mut places)?;
        Ok(self.events_at(&places)?.into_iter().map(|(_, event)| event).collect())
    }

    /// The events at these places of the log, in order.
    pub(crate) fn events_at(&self, places: &BTreeSet<EventNo>) -> Result<Vec<(EventNo, Event)>, StoreError> {
        let mut statement = self.conn.prepare_cached("select body from log where event_no = ?1")?;
        let mut events = Vec::with_capacity(places.len());
        for place in places {
            let body: Option<Vec<u8>> = statement.query_row([event_no(*place)], |row| row.get(0)).optional()?;
            // An acknowledged event may have been pruned; what rests on it was judged by the server.
            if let Some(body) = body {
                events.push((*place, Event::from_body(&body)?));
            }
        }
        Ok(events)
    }

    /// Goes through the scans of a task, oldest first, with what the clerk was told: one at a time, since there may be ten thousand.
    pub fn each_scan_of(
        &self,
        task: &TaskId,
        mut each: impl FnMut(ScanRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let sql = "select l.body, s.result, s.verdict, s.voided from task t \
                   join place p on p.stage = t.stage \
                   join scan s on s.place_no = p.place_no and (s.epoch_no, s.seq) > (t.opened_in, t.opened_seq) \
                   join log l on l.event_no = (s.epoch_no << 40) + s.seq \
                   where t.task = ?1 and s.task = ?1 order by s.epoch_no, s.seq";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([task.as_str()])?;
        while let Some(row) = rows.next()? {
            let event = Event::from_body(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?;
            let voided: Option<i64> = row.get(3)?;
            each(ScanRow { event, shown: shown(row)?, voided: voided.is_some() })?;
        }
        Ok(())
    }

    /// One event of this terminal, where it is still held.
    pub fn event(&self, by: EventRef) -> Result<Option<Event>, StoreError> {
        let sql = "select l.body from epoch e join log l on l.event_no = (e.ordinal << 40) + ?2 where e.epoch = ?1";
        let mut statement = self.conn.prepare_cached(sql)?;
        let body: Option<Vec<u8>> =
            statement.query_row(params![by.epoch.to_string(), to_i64(by.seq)], |row| row.get(0)).optional()?;
        Ok(body.map(|body| Event::from_body(&body)).transpose()?)
    }

    /// The newest events of the present epoch, newest first.
    pub(crate) fn newest(&self, at_most: u64) -> Result<Vec<Event>, StoreError> {
        let sql = "select body from log where event_no > ?1 << 40 order by event_no desc limit ?2";
        let mut statement = self.conn.prepare_cached(sql)?;
        let bodies =
            statement.query_map(params![self.writing.epoch_no, to_i64(at_most)], |row| row.get::<_, Vec<u8>>(0))?;
        bodies.map(|body| Ok(Event::from_body(&body?)?)).collect()
    }

    fn mentions(&self, name: &str, into: &mut BTreeSet<EventNo>) -> Result<(), StoreError> {
        self.mentioned("select epoch_no, seq from mention where name = ?1", params![name], into)
    }

    /// Events found by a statement, and what is about them in turn.
    fn mentioned(
        &self,
        sql: &str,
        named: impl rusqlite::Params,
        into: &mut BTreeSet<EventNo>,
    ) -> Result<(), StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let found = statement.query_map(named, |row| Ok((row.get(0)?, from_i64(row.get(1)?))))?;
        let found: Vec<EventNo> = found.collect::<Result<_, _>>()?;
        for place in found {
            if into.insert(place) {
                self.mentions(&of_event(place), into)?;
            }
        }
        Ok(())
    }
}

fn shown(row: &Row<'_>) -> Result<Option<(ScanResult, Vec<Mismatch>)>, StoreError> {
    let (result, verdict): (Option<String>, Option<String>) = (row.get(1)?, row.get(2)?);
    let Some(result) = result else { return Ok(None) };
    let result = serde_json::from_value(serde_json::Value::String(result))?;
    let verdict = verdict.map_or(Ok(Vec::new()), |text| serde_json::from_str(&text))?;
    Ok(Some((result, verdict)))
}

fn collect(
    statement: &mut Statement<'_>,
    named: impl rusqlite::Params,
    into: &mut BTreeSet<EventNo>,
) -> Result<(), StoreError> {
    let mut rows = statement.query(named)?;
    while let Some(row) = rows.next()? {
        let (epoch_no, seq): (i64, i64) = (row.get(0)?, row.get(1)?);
        into.insert((epoch_no, from_i64(seq)));
        if let (Some(voided), Some(in_epoch)) = (row.get::<_, Option<i64>>(2)?, row.get::<_, Option<i64>>(3)?) {
            into.insert((in_epoch, from_i64(voided)));
        }
        for column in [4, 5] {
            if let Some(about) = row.get::<_, Option<i64>>(column)? {
                into.insert((epoch_no, from_i64(about)));
            }
        }
    }
    Ok(())
}
