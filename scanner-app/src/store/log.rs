//! The log: append-only, hash-chained; the outbox is a view of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use serde::Serialize;
use shared::chain::{Hash, epoch_hash, event_hash};
use shared::event::Event;
use shared::ids::{EpochId, TerminalId};
use shared::mismatch::{Mismatch, ScanResult};
use shared::wire::WIRE_VERSION;

use super::commit::WriteBeside;
use super::grammars::ReadBy;
use super::projection::{EventNo, project};
use super::{Store, StoreError};

/// What an append answers: the numbers are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Number of the last event appended.
    pub last_seq: u64,
    /// The chain's value after it.
    pub hash: Hash,
}

/// One row of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRow {
    /// The event's number.
    pub seq: u64,
    /// Its bytes.
    pub body: Vec<u8>,
    /// The chain's value after it.
    pub hash: Hash,
    /// The wire version that it is written in.
    pub wire: u16,
}

/// What a check of the chain found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerifiedLog {
    /// Whether every chain holds.
    pub ok: bool,
    /// Events checked.
    pub events: u64,
    /// The first place where a chain does not hold.
    pub first_fault: Option<String>,
}

/// What a clerk was told of a scan, kept beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The one-word answer.
    pub result: ScanResult,
    /// What spoke against it, gravest first.
    pub verdict: Vec<Mismatch>,
}

/// One event on its way into the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The event, with the number that it gets.
    pub event: Event,
    /// What the clerk is told, where it is a scan.
    pub shown: Option<Shown>,
}

/// Writes entries behind the last event of an epoch, with all that follows from them; `conn` is inside a transaction.
pub(super) fn append_entries(
    conn: &Connection,
    writing: &mut Writing,
    entries: &[Entry],
) -> Result<Appended, StoreError> {
    let Writing { terminal, epoch, epoch_no, read_by } = writing;
    let grammars = read_by.now(conn)?;
    let (mut seq, mut hash) = last(conn, *epoch_no)?.unwrap_or((0, epoch_hash(*terminal, *epoch)));
    for Entry { event, shown } in entries {
        seq += 1;
        if event.seq != seq || event.epoch != *epoch || event.terminal != *terminal {
            return Err(StoreError::Corrupt("an event was numbered out of order; it was not recorded"));
        }
        let body = event.to_body()?;
        hash = event_hash(hash, &body);
        let sql = "insert into log (epoch, seq, body, hash, wire, event_no) values (?1, ?2, ?3, ?4, ?5, ?6)";
        let at = event_no((*epoch_no, seq));
        let row = params![epoch.to_string(), to_i64(seq), body, hash.as_bytes(), WIRE_VERSION, at];
        conn.prepare_cached(sql)?.execute(row)?;
        project(conn, grammars, *epoch_no, event, shown.as_ref())?;
    }
    Ok(Appended { last_seq: seq, hash })
}

/// Whose log is written, and how label texts are read.
#[derive(Clone, Debug)]
pub(super) struct Writing {
    pub(super) terminal: TerminalId,
    pub(super) epoch: EpochId,
    pub(super) epoch_no: i64,
    pub(super) read_by: ReadBy,
}

impl Store {
    /// The number that the next event gets.
    pub fn next_seq(&self) -> Result<u64, StoreError> {
        Ok(last(&self.conn, self.writing.epoch_no)?.map_or(1, |(seq, _)| seq + 1))
    }

    /// One try of an append.
    pub(super) fn append_once(&mut self, entries: &Arc<[Entry]>, beside: &WriteBeside) -> Result<Appended, StoreError> {
        match &self.committer {
            Some(committer) => committer.append(Arc::clone(entries), Arc::clone(beside)),
            None => commit(&mut self.conn, &mut self.writing, entries, beside),
        }
    }

    /// All events of all epochs, in order.
    pub fn events(&self) -> Result<Vec<Event>, StoreError> {
        let sql = "select body from log order by event_no";
        let mut statement = self.conn.prepare(sql)?;
        let bodies = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
        bodies.map(|body| Ok(Event::from_body(&body?)?)).collect()
    }

    /// Rows of an epoch beyond a number, at most `at_most`.
    pub fn rows_after(&self, epoch: EpochId, seq: u64, at_most: u64) -> Result<Vec<LogRow>, StoreError> {
        let sql = "select l.seq, l.body, l.hash, l.wire from epoch e join log l on l.event_no > (e.ordinal << 40) + ?2 \
                   and l.event_no < (e.ordinal + 1) << 40 where e.epoch = ?1 order by l.event_no limit ?3";
        let mut statement = self.conn.prepare(sql)?;
        let rows = statement.query_map(params![epoch.to_string(), to_i64(seq), to_i64(at_most)], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, [u8; 32]>(2)?, row.get::<_, u16>(3)?))
        })?;
        rows.map(|row| {
            let (seq, body, hash, wire) = row?;
            Ok(LogRow { seq: from_i64(seq), body, hash: Hash::new(hash), wire })
        })
        .collect()
    }

    /// The chain's value after a number of an epoch; before the first it is the epoch's own.
    pub fn hash_after(&self, epoch: EpochId, seq: u64) -> Result<Option<Hash>, StoreError> {
        let (left, hash_there) = self.left(epoch)?;
        if seq == left {
            return Ok(Some(hash_there));
        }
        let sql = "select l.hash from epoch e join log l on l.event_no = (e.ordinal << 40) + ?2 where e.epoch = ?1";
        let hash: Option<[u8; 32]> =
            self.conn.query_row(sql, params![epoch.to_string(), to_i64(seq)], |row| row.get(0)).optional()?;
        Ok(hash.map(Hash::new))
    }

    /// Recomputes every chain from the stored bytes.
    pub fn verify_log(&self) -> Result<VerifiedLog, StoreError> {
        let mut verified = VerifiedLog { ok: true, events: 0, first_fault: None };
        let sql = "select epoch from epoch where exists \
                   (select 1 from log where event_no > ordinal << 40 and event_no < (ordinal + 1) << 40)";
        let mut statement = self.conn.prepare(sql)?;
        let epochs: BTreeSet<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for epoch in epochs {
            let id: EpochId = epoch.parse().map_err(|_| StoreError::Corrupt("an epoch is not a UUID"))?;
            let (left, mut hash) = self.left(id)?;
            for (place, row) in self.rows_after(id, 0, u64::MAX)?.into_iter().enumerate() {
                verified.events += 1;
                hash = event_hash(hash, &row.body);
                let expected = left + place as u64 + 1;
                if verified.first_fault.is_none() && (row.seq != expected || row.hash != hash) {
                    verified.first_fault = Some(format!("epoch {epoch}: event {expected} is missing or was changed"));
                }
            }
        }
        let sql = "select count(*) from log l left join epoch e on e.ordinal = l.event_no >> 40 \
                   where e.epoch is not l.epoch";
        let astray: i64 = self.conn.query_row(sql, [], |row| row.get(0))?;
        if verified.first_fault.is_none() && astray > 0 {
            verified.first_fault = Some(format!("{astray} events stand under another epoch than they name"));
        }
        verified.ok = verified.first_fault.is_none();
        Ok(verified)
    }
}

/// One durable transaction.
pub(super) fn commit(
    conn: &mut Connection,
    writing: &mut Writing,
    entries: &[Entry],
    beside: &WriteBeside,
) -> Result<Appended, StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let appended = append_entries(&tx, writing, entries)?;
    beside(&tx)?;
    tx.commit()?;
    Ok(appended)
}

fn last(conn: &Connection, epoch_no: i64) -> Result<Option<(u64, Hash)>, StoreError> {
    let sql = "select seq, hash from log where event_no > ?1 << 40 and event_no < (?1 + 1) << 40 \
               order by event_no desc limit 1";
    let row: Option<(i64, [u8; 32])> =
        conn.prepare_cached(sql)?.query_row([epoch_no], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(row.map(|(seq, hash)| (from_i64(seq), Hash::new(hash))))
}

/// The log's key: the ordinal of the epoch and, in the lower 40 bits, the number.
pub(super) fn event_no((epoch_no, seq): EventNo) -> i64 {
    (epoch_no << 40) + to_i64(seq)
}

/// Numbers of events fit in SQLite's 63 bits.
pub(super) fn to_i64(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn from_i64(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
