//! The outbox: log rows beyond what is acknowledged. A row leaves it only by an acknowledgement that names it.

use rusqlite::{Connection, OptionalExtension, params};
use shared::event::Event;
use shared::ids::EpochId;
use shared::time::Timestamp;
use shared::wire::Acknowledgement;
use uuid::Uuid;

use super::log::{event_no, from_i64, to_i64};
use super::projection::EventNo;
use super::{Store, StoreError, meta, restored, set_meta};

/// The ledger that the acknowledged numbers were told by.
const ACKNOWLEDGED_BY: &str = "acknowledged_by";

/// An epoch with events to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Which.
    pub epoch: EpochId,
    /// The last number acknowledged.
    pub acknowledged: u64,
    /// The last number of all.
    pub last: u64,
    /// The last number that is offered as new; what lies beyond is disputed. None = the epoch is open.
    pub closed: Option<u64>,
}

/// What became of an epoch whose newest events the server does not hold (any more).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rewound {
    /// So many events are offered again.
    Again(u64),
    /// The epoch is closed: what follows does not join the server's chain, and is offered as disputed.
    Closed,
    /// The server holds all that was acknowledged: there is nothing to go back to.
    Nothing,
}

impl Store {
    /// The epochs with events to send, oldest first.
    pub fn outgoing(&self) -> Result<Vec<Outgoing>, StoreError> {
        Ok(self.epoch_rows()?.into_iter().map(|(_, row)| row).filter(|row| row.last > row.acknowledged).collect())
    }

    /// How many events wait, and when the oldest was made. Costs the same however many wait.
    pub fn pending(&self) -> Result<(u64, Option<Timestamp>), StoreError> {
        let (mut pending, mut oldest) = (0, None);
        for (ordinal, row) in self.epoch_rows()? {
            pending += row.last.saturating_sub(row.acknowledged);
            if row.last > row.acknowledged && oldest.is_none() {
                oldest = self.made_at((ordinal, row.acknowledged + 1))?;
            }
        }
        Ok((pending, oldest))
    }

    fn epoch_rows(&self) -> Result<Vec<(i64, Outgoing)>, StoreError> {
        let sql = "select ordinal, epoch, acknowledged_seq, closed_seq, coalesce((select l.seq from log l \
                   where l.event_no > ordinal << 40 and l.event_no < (ordinal + 1) << 40 \
                   order by l.event_no desc limit 1), 0) from epoch order by ordinal";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| {
            let closed = row.get::<_, Option<i64>>(3)?.map(from_i64);
            Ok((row.get(0)?, row.get::<_, String>(1)?, from_i64(row.get(2)?), closed, from_i64(row.get(4)?)))
        })?;
        rows.map(|row| {
            let (ordinal, epoch, acknowledged, closed, last) = row?;
            let epoch = epoch.parse().map_err(|_| StoreError::Corrupt("an epoch is not a UUID"))?;
            Ok((ordinal, Outgoing { epoch, acknowledged, last, closed }))
        })
        .collect()
    }

    /// When the newest event was made, by this terminal's clock; none = there is none.
    pub fn last_made_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "select body from log order by event_no desc limit 1";
        let body: Option<Vec<u8>> = self.conn.query_row(sql, [], |row| row.get(0)).optional()?;
        Ok(body.and_then(|body| Event::from_body(&body).ok()).map(|event| event.at))
    }

    fn made_at(&self, at: EventNo) -> Result<Option<Timestamp>, StoreError> {
        let sql = "select body from log where event_no = ?1";
        let body: Option<Vec<u8>> = self.conn.query_row(sql, [event_no(at)], |row| row.get(0)).optional()?;
        Ok(body.and_then(|body| Event::from_body(&body).ok()).map(|event| event.at))
    }

    /// Keeps an acknowledgement and moves the outbox on. The caller has checked that it is the server's and ours.
    pub fn acknowledge(&mut self, acknowledgement: &Acknowledgement) -> Result<(), StoreError> {
        let range = acknowledgement.value();
        let epoch = range.epoch.to_string();
        let tx = self.conn.transaction()?;
        tx.execute(
            "insert into acknowledgement (epoch, from_seq, to_seq, body) values (?1, ?2, ?3, ?4) \
             on conflict (epoch, from_seq, to_seq) do update set body = excluded.body",
            params![epoch, to_i64(range.from), to_i64(range.to), serde_json::to_string(acknowledgement)?],
        )?;
        // Only a range that starts where the acknowledged part ends moves it: nothing is skipped.
        tx.execute(
            "update epoch set acknowledged_seq = max(acknowledged_seq, ?2) where epoch = ?1 and acknowledged_seq >= ?3 - 1",
            params![epoch, to_i64(range.to), to_i64(range.from)],
        )?;
        let taken = "update refused set taken = 1 where epoch = ?1 and seq between ?2 and ?3";
        tx.execute(taken, params![epoch, to_i64(range.from), to_i64(range.to)])?;
        heard_from(&tx, range.ledger_id)?;
        tx.commit()?;
        Ok(())
    }

    /// The server holds an epoch only up to `head`, though it acknowledged more: it was restored from a backup. What it lacks is
    /// offered again, as far as it is still here.
    pub fn rewind(&mut self, epoch: EpochId, head: u64) -> Result<Rewound, StoreError> {
        let acknowledged = self.acknowledged(epoch)?;
        if head >= acknowledged {
            return Ok(Rewound::Nothing);
        }
        let left = self.left(epoch)?.0;
        let id = epoch.to_string();
        let tx = self.conn.transaction()?;
        let disputed = "select exists (select 1 from refused where epoch = ?1 and seq > ?2 and seq <= ?3 and taken)";
        let disputed: bool =
            tx.query_row(disputed, params![id, to_i64(head), to_i64(acknowledged)], |row| row.get(0))?;
        let rewound = if disputed {
            // It took an event aside and does not count it in the chain: going back would go round in circles.
            close(&tx, &id, acknowledged)?;
            Rewound::Closed
        } else if head < left {
            let sql = "insert into lacking (epoch, from_seq, to_seq) values (?1, ?2, ?3) \
                       on conflict (epoch, from_seq) do update set to_seq = excluded.to_seq";
            tx.execute(sql, params![id, to_i64(head + 1), to_i64(left)])?;
            set_acknowledged(&tx, &id, left)?;
            close(&tx, &id, left)?;
            Rewound::Closed
        } else {
            set_acknowledged(&tx, &id, head)?;
            restored::took_back(&tx, &meta(&tx, ACKNOWLEDGED_BY)?.unwrap_or_default())?;
            Rewound::Again(acknowledged - head)
        };
        tx.commit()?;
        Ok(rewound)
    }

    /// The server takes nothing new into an epoch beyond `head`. Durable: the next session begins a new epoch, and what is not
    /// acknowledged is offered as disputed. Answers whether that was news.
    pub fn close_epoch(&mut self, epoch: EpochId, head: u64) -> Result<bool, StoreError> {
        let acknowledged = self.acknowledged(epoch)?;
        let left = self.left(epoch)?.0;
        let id = epoch.to_string();
        let tx = self.conn.transaction()?;
        let closed: Option<Option<i64>> =
            tx.query_row("select closed_seq from epoch where epoch = ?1", [&id], |row| row.get(0)).optional()?;
        let is_news = closed == Some(None);
        if is_news {
            // A head behind what was acknowledged: restored from a backup, and forked since.
            let common = head.max(left).min(acknowledged);
            set_acknowledged(&tx, &id, common)?;
            close(&tx, &id, common)?;
        }
        tx.commit()?;
        Ok(is_news)
    }

    /// Whether the server closed the epoch that events are appended to: a session must begin a new one.
    pub fn epoch_is_closed(&self) -> Result<bool, StoreError> {
        let sql = "select closed_seq is not null from epoch where epoch = ?1";
        let closed = self.conn.prepare_cached(sql)?.query_row([self.writing.epoch.to_string()], |row| row.get(0));
        Ok(closed.optional()?.unwrap_or(false))
    }
}

/// Takes note of the ledger that spoke. Another one than before was restored from a backup: the newest row of each epoch is offered
/// again, so that the server says where its chain ends.
pub(super) fn heard_from(conn: &Connection, ledger: Uuid) -> Result<(), StoreError> {
    let ledger = ledger.to_string();
    let before = match meta(conn, ACKNOWLEDGED_BY)? {
        Some(before) => Some(before),
        // A store of before this was noted.
        None => meta(conn, "ledger_id")?,
    };
    if before.as_ref() == Some(&ledger) {
        return Ok(());
    }
    if let Some(before) = before {
        let last = "select max(l.seq) from log l where l.event_no > epoch.ordinal << 40 and l.event_no < (epoch.ordinal + 1) << 40";
        // Of a closed epoch the row that closed it: what lies beyond was never in the chain.
        let sql = format!(
            "update epoch set acknowledged_seq = min(acknowledged_seq, max(min(coalesce(({last}), 0), coalesce(closed_seq, ({last}), 0)) - 1, 0)) \
             where exists (select 1 from log l where l.event_no > epoch.ordinal << 40 and l.event_no < (epoch.ordinal + 1) << 40)"
        );
        conn.execute(&sql, [])?;
        // What has left this terminal cannot be offered.
        let sql = "update epoch set acknowledged_seq = max(acknowledged_seq, coalesce((select seq from left_log \
                   where left_log.epoch = epoch.epoch), 0))";
        conn.execute(sql, [])?;
        restored::changed(conn, &before, &ledger)?;
    }
    set_meta(conn, ACKNOWLEDGED_BY, &ledger)
}

fn set_acknowledged(conn: &Connection, epoch: &str, seq: u64) -> Result<(), StoreError> {
    conn.execute("update epoch set acknowledged_seq = ?2 where epoch = ?1", params![epoch, to_i64(seq)])?;
    Ok(())
}

fn close(conn: &Connection, epoch: &str, seq: u64) -> Result<(), StoreError> {
    conn.execute("update epoch set closed_seq = ?2 where epoch = ?1", params![epoch, to_i64(seq)])?;
    Ok(())
}
