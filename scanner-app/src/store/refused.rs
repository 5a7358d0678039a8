//! What the server would not take: single events that it refused, with its reason, and numbers that nobody holds any more.

use rusqlite::params;
use serde::Serialize;
use shared::ids::EpochId;

use super::log::{from_i64, to_i64};
use super::{Store, StoreError};

/// An event that the server refused as new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Of which epoch.
    pub epoch: EpochId,
    /// Its number.
    pub seq: u64,
    /// The server's word for programs, such as `bad-request`.
    pub code: String,
    /// Its sentence for people.
    pub reason: String,
    /// Whether the server has taken it since, as disputed or quarantined.
    pub taken: bool,
}

/// Numbers of an epoch that a restored server lacks and that had left this terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Lacking {
    /// Of which epoch.
    pub epoch: EpochId,
    /// The first.
    pub from: u64,
    /// The last.
    pub to: u64,
}

impl Store {
    /// Notes that the server refused a single event as new: it is offered as disputed from now on.
    pub fn refuse(&mut self, epoch: EpochId, seq: u64, (code, reason): (&str, &str)) -> Result<(), StoreError> {
        let sql = "insert into refused (epoch, seq, code, reason) values (?1, ?2, ?3, ?4) \
                   on conflict (epoch, seq) do update set code = excluded.code, reason = excluded.reason";
        self.conn.execute(sql, params![epoch.to_string(), to_i64(seq), code, reason])?;
        Ok(())
    }

    /// Every event that the server refused as new, oldest epoch first.
    pub fn refused(&self) -> Result<Vec<Refused>, StoreError> {
        let sql = "select r.epoch, r.seq, r.code, r.reason, r.taken from refused r join epoch e using (epoch) \
                   order by e.ordinal, r.seq";
        let mut statement = self.conn.prepare(sql)?;
        let rows = statement
            .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))?;
        rows.map(|row| {
            let (epoch, seq, code, reason, taken) = row?;
            Ok(Refused { epoch: parsed(&epoch)?, seq: from_i64(seq), code, reason, taken })
        })
        .collect()
    }

    /// The numbers of refused events of an epoch beyond one, in order.
    pub fn refused_after(&self, epoch: EpochId, seq: u64) -> Result<Vec<u64>, StoreError> {
        let sql = "select seq from refused where epoch = ?1 and seq > ?2 order by seq";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map(params![epoch.to_string(), to_i64(seq)], |row| row.get(0).map(from_i64))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What a restored server lacks and nobody can offer it any more.
    pub fn lacking(&self) -> Result<Vec<Lacking>, StoreError> {
        let sql = "select k.epoch, k.from_seq, k.to_seq from lacking k join epoch e using (epoch) order by e.ordinal";
        let mut statement = self.conn.prepare(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?)))?;
        rows.map(|row| {
            let (epoch, from, to) = row?;
            Ok(Lacking { epoch: parsed(&epoch)?, from: from_i64(from), to: from_i64(to) })
        })
        .collect()
    }
}

fn parsed(epoch: &str) -> Result<EpochId, StoreError> {
    epoch.parse().map_err(|_| StoreError::Corrupt("an epoch is not a UUID"))
}
