//! What may leave the log: acknowledged events, thirty days after the server took them in. A server restored from a backup can be
//! offered everything younger. Never what waits, never the chain's end, never the events of an open task.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, params};
use shared::chain::{Hash, epoch_hash};
use shared::event::{Act, Event};
use shared::ids::{EpochId, TaskId};
use shared::time::Timestamp;
use shared::wire::Acknowledgement;

use super::{Store, StoreError};

/// Events that leave in one step: a scan that comes meanwhile waits for no more than this.
const STEP_EVENTS: u32 = 200;

/// How long acknowledged events stay, in milliseconds.
pub const RETENTION_MS: i64 = 30 * 24 * 3_600_000;

impl Store {
    /// One small step of tidying, for when nothing is to do: old events and photos leave. Answers how many went. `now` is this
    /// device's clock.
    pub fn tidy(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        Ok(self.let_go(now, STEP_EVENTS)? + self.clean_photos(now)?)
    }

    /// Lets at most `at_most` events go, oldest first. Answers how many went. `now` is this device's clock: it and the server's, as
    /// last heard, must both say that the time has come, so that a wrong clock takes nothing away. To be called when nothing is to do.
    pub fn let_go(&mut self, now: Timestamp, at_most: u32) -> Result<u64, StoreError> {
        let Some(before) = self.old_before(now)? else { return Ok(0) };
        let open: BTreeSet<TaskId> = self.open_tasks()?.into_iter().map(|task| task.task).collect();
        let mut gone = 0;
        for epoch in self.epochs()? {
            let left = self.left(epoch)?.0;
            let until = self.acknowledged_before(epoch, left, before)?;
            let rows = self.rows_after(epoch, left, u64::from(at_most) - gone)?;
            let head = self.last_of(epoch)?;
            let mut last = None;
            for row in rows.iter().take_while(|row| row.seq <= until && row.seq < head) {
                if opens(&Event::from_body(&row.body)?.act, &open) {
                    break;
                }
                last = Some((row.seq, row.hash));
            }
            if let Some((seq, hash)) = last {
                self.leave(epoch, seq, hash)?;
                gone += seq - left;
            }
            // What follows an event that stays, stays.
            if last.map_or(left, |(seq, _)| seq) + 1 < head {
                break;
            }
        }
        Ok(gone)
    }

    /// What the server had before this time, in milliseconds since 1970, may leave, by both clocks; none = the server's was not heard.
    pub(super) fn old_before(&self, now: Timestamp) -> Result<Option<i64>, StoreError> {
        let server_time = self.server_time()?;
        Ok(server_time.map(|server_time| now.as_ms().min(server_time.as_ms()).saturating_sub(RETENTION_MS)))
    }

    /// Up to where an epoch's events have left, and the chain's value there; 0 and the epoch's own value where none has.
    pub(super) fn left(&self, epoch: EpochId) -> Result<(u64, Hash), StoreError> {
        let sql = "select seq, hash from left_log where epoch = ?1";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, [u8; 32]>(1)?));
        let held = self.conn.query_row(sql, [epoch.to_string()], read).optional()?;
        Ok(held.map_or((0, epoch_hash(self.writing.terminal, epoch)), |(seq, hash)| {
            (u64::try_from(seq).unwrap_or(0), Hash::new(hash))
        }))
    }

    fn leave(&mut self, epoch: EpochId, seq: u64, hash: Hash) -> Result<(), StoreError> {
        let (epoch, seq) = (epoch.to_string(), i64::try_from(seq).unwrap_or(i64::MAX));
        let tx = self.conn.transaction()?;
        let epoch_no: i64 = tx.query_row("select ordinal from epoch where epoch = ?1", [&epoch], |row| row.get(0))?;
        let (start, end) = (epoch_no << 40, (epoch_no << 40) + seq);
        tx.execute("delete from log where event_no > ?1 and event_no <= ?2", params![start, end])?;
        // What was found by them goes with them.
        for found in ["scan", "mention"] {
            let sql = format!("delete from {found} where epoch_no = ?1 and seq <= ?2");
            tx.execute(&sql, params![epoch_no, seq])?;
        }
        let sql = "insert into left_log (epoch, seq, hash) values (?1, ?2, ?3) \
                   on conflict (epoch) do update set seq = excluded.seq, hash = excluded.hash";
        tx.execute(sql, params![epoch, seq, hash.as_bytes()])?;
        tx.commit()?;
        Ok(())
    }

    fn epochs(&self) -> Result<Vec<EpochId>, StoreError> {
        let mut statement = self.conn.prepare("select epoch from epoch order by ordinal")?;
        let epochs = statement.query_map([], |row| row.get::<_, String>(0))?;
        epochs.map(|text| text?.parse().map_err(|_| StoreError::Corrupt("an epoch is not a UUID"))).collect()
    }

    fn last_of(&self, epoch: EpochId) -> Result<u64, StoreError> {
        let sql = "select coalesce(max(l.seq), 0) from epoch e join log l on l.event_no > e.ordinal << 40 and l.event_no < (e.ordinal + 1) << 40 where e.epoch = ?1";
        let last: i64 = self.conn.query_row(sql, [epoch.to_string()], |row| row.get(0))?;
        Ok(u64::try_from(last).unwrap_or(0))
    }

    /// Up to which number, without a gap, the server took everything in before that time, by its own clock.
    fn acknowledged_before(&self, epoch: EpochId, left: u64, before_ms: i64) -> Result<u64, StoreError> {
        let acknowledged = "select acknowledged_seq from epoch where epoch = ?1";
        let acknowledged: i64 = self.conn.query_row(acknowledged, [epoch.to_string()], |row| row.get(0))?;
        let sql = "select body from acknowledgement where epoch = ?1 order by from_seq, to_seq";
        let mut statement = self.conn.prepare(sql)?;
        let mut until = left;
        for body in statement.query_map([epoch.to_string()], |row| row.get::<_, String>(0))? {
            let acknowledgement: Acknowledgement = serde_json::from_str(&body?)?;
            let range = acknowledgement.value();
            if range.from > until + 1 || (range.to > until && range.received_at.as_ms() >= before_ms) {
                break;
            }
            until = until.max(range.to);
        }
        // A server restored from a backup took its word back: what it lacks waits again.
        Ok(until.min(u64::try_from(acknowledged).unwrap_or(0)))
    }

    /// The newest time that the server told: of its last acknowledgement or of the references.
    fn server_time(&self) -> Result<Option<Timestamp>, StoreError> {
        // Of form 1 the range lies in the row, of form 3 its text.
        let sql = "select body from acknowledgement order by coalesce(json_extract(body, '$.range.position'), \
                   json_extract(json_extract(body, '$.signed'), '$.position')) desc limit 1";
        let newest: Option<String> = self.conn.query_row(sql, [], |row| row.get(0)).optional()?;
        let acknowledged = newest.map(|body| serde_json::from_str::<Acknowledgement>(&body)).transpose()?;
        Ok(acknowledged.map(|newest| newest.value().received_at).max(self.data_as_of()?))
    }
}

fn opens(act: &Act, open: &BTreeSet<TaskId>) -> bool {
    matches!(act, Act::TaskOpened { task, .. } if open.contains(task))
}
