//! Signed batches as they are kept: the evidence, and the scans that they brought.

use std::collections::{BTreeMap, BTreeSet};

use shared::chain::Hash;
use shared::event::Event;
use shared::ids::{EpochId, EventRef, MemberId, TerminalId};
use shared::time::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::{StoreError, from_i64, to_i64};
use crate::unfold::read;

/// A batch as it is kept, unfolded: what of it was new when it came.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its entry in the ledger; 0 in ledgers that were never started by a version that numbers them.
    pub entry: u64,
    /// Whose log.
    pub terminal: TerminalId,
    /// Which part of it.
    pub epoch: EpochId,
    /// The number of the first body here.
    pub first_seq: u64,
    /// The bodies, in order.
    pub bodies: Vec<Vec<u8>>,
    /// The chain's value after each.
    pub hashes: Vec<Hash>,
    /// Whose terminal sent it. None: it came to an earlier version, and each of its events has a row.
    pub member: Option<MemberId>,
    /// Numbers of the bodies that could not be read.
    pub apart: BTreeSet<u64>,
    /// When it came.
    pub received_at: Timestamp,
}

impl Stored {
    /// The body with a number.
    #[must_use]
    pub fn body(&self, seq: u64) -> Option<&Vec<u8>> {
        self.bodies.get(usize::try_from(seq.checked_sub(self.first_seq)?).ok()?)
    }

    /// The scans that have no row of their own.
    pub fn scans(&self) -> impl Iterator<Item = Result<Event, StoreError>> + '_ {
        let numbered = (self.first_seq..).zip(&self.bodies).filter(|(seq, _)| !self.apart.contains(seq));
        let events = numbered.filter(|_| self.member.is_some()).map(|(_, body)| Ok(Event::from_body(body)?));
        events.filter(|event: &Result<Event, StoreError>| {
            event.as_ref().map_or(true, |event| event.act.movement().is_some())
        })
    }

    fn of(row: &AnyRow) -> Result<Self, StoreError> {
        let batch = read(&row.try_get::<Vec<u8>, _>("body")?)
            .map_err(|_| StoreError::Corrupt("a stored batch cannot be read; `sync-server verify-log` says which"))?;
        let first_seq = from_i64(row.try_get("first_seq")?);
        let known = usize::try_from(first_seq.saturating_sub(batch.header.first_seq)).unwrap_or(usize::MAX);
        let apart: Option<String> = row.try_get("apart")?;
        Ok(Self {
            entry: row.try_get::<Option<i64>, _>("entry")?.map_or(0, from_i64),
            terminal: batch.header.terminal,
            epoch: batch.header.epoch,
            first_seq,
            hashes: batch.hashes().into_iter().skip(known).collect(),
            bodies: batch.bodies.into_iter().skip(known).collect(),
            member: row.try_get::<Option<String>, _>("member")?.map(MemberId::from),
            apart: apart.map(|apart| serde_json::from_str(&apart)).transpose()?.unwrap_or_default(),
            received_at: Timestamp::from_ms(row.try_get("received_at")?),
        })
    }
}

/// The batches of these entries.
pub async fn by_entries(conn: &mut AnyConnection, entries: &[u64]) -> Result<Vec<Stored>, StoreError> {
    let sql = "select entry, first_seq, received_at, body, member, apart from batch \
               where entry in (select cast(value as integer) from json_each($1))";
    let rows = sqlx::query(sql).bind(serde_json::to_string(entries)?).fetch_all(conn).await?;
    rows.iter().map(Stored::of).collect()
}

/// The batches of a log that brought some of the numbers `first..=last`, in order.
pub async fn of_log(
    conn: &mut AnyConnection,
    (terminal, epoch): (TerminalId, EpochId),
    (first, last): (u64, u64),
) -> Result<Vec<Stored>, StoreError> {
    let sql = "select entry, first_seq, received_at, body, member, apart from batch \
               where terminal = $1 and epoch = $2 and first_seq <= $4 and first_seq >= coalesce(( \
                   select max(first_seq) from batch where terminal = $1 and epoch = $2 and first_seq <= $3), 0) \
               order by first_seq";
    let query = sqlx::query(sql).bind(terminal.to_string()).bind(epoch.to_string());
    let rows = query.bind(to_i64(first)).bind(to_i64(last)).fetch_all(conn).await?;
    rows.iter().map(Stored::of).collect()
}

/// The first new event of each of these entries' batches, and whose they are.
pub async fn logs(
    conn: &mut AnyConnection,
    entries: &BTreeSet<u64>,
) -> Result<BTreeMap<u64, (EventRef, Option<MemberId>)>, StoreError> {
    let sql = "select entry, terminal, epoch, first_seq, member from batch \
               where entry in (select cast(value as integer) from json_each($1))";
    let rows = sqlx::query(sql).bind(serde_json::to_string(entries)?).fetch_all(conn).await?;
    let log = |row: &AnyRow| -> Result<_, StoreError> {
        let damaged = |_| StoreError::Corrupt("a terminal or epoch of a batch is not a UUID");
        let first = EventRef {
            terminal: row.try_get::<String, _>("terminal")?.parse().map_err(damaged)?,
            epoch: row.try_get::<String, _>("epoch")?.parse().map_err(damaged)?,
            seq: from_i64(row.try_get("first_seq")?),
        };
        let member = row.try_get::<Option<String>, _>("member")?.map(MemberId::from);
        Ok((from_i64(row.try_get("entry")?), (first, member)))
    };
    rows.iter().map(log).collect()
}

/// The batch that brought an event.
pub async fn of_event(conn: &mut AnyConnection, by: EventRef) -> Result<Option<Stored>, StoreError> {
    let found = of_log(conn, (by.terminal, by.epoch), (by.seq, by.seq)).await?;
    Ok(found.into_iter().find(|stored| stored.body(by.seq).is_some()))
}

/// The batches after an entry whose scans have no rows, at most so many, in order.
pub async fn after(conn: &mut AnyConnection, entry: u64, at_most: i64) -> Result<Vec<Stored>, StoreError> {
    let sql = "select entry, first_seq, received_at, body, member, apart from batch \
               where entry > $1 and member is not null order by entry limit $2";
    let rows = sqlx::query(sql).bind(to_i64(entry)).bind(at_most).fetch_all(conn).await?;
    rows.iter().map(Stored::of).collect()
}
