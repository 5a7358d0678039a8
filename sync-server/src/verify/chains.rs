//! Each terminal's chain: every event's hash from its bytes, every head from its last event, every event from a signed batch.

use std::collections::{BTreeMap, BTreeSet};

use shared::chain::{Hash, PublicKey, epoch_hash, event_hash};
use shared::ids::{EpochId, TerminalId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::Fault;
use super::trails::{self, Trailed};
use crate::store::admission::epoch_of;
use crate::store::{StoreError, entry, from_i64};
use crate::unfold::read;

/// Checks all. Answers how many events there are.
pub(super) async fn check(conn: &mut AnyConnection) -> Result<u64, Fault> {
    let rows = sqlx::query("select terminal, epoch, next_seq, hash from head order by terminal, epoch")
        .fetch_all(&mut *conn)
        .await?;
    let (mut chained, mut rows_held, mut found) = (0, 0, Trailed::default());
    for row in &rows {
        let (terminal, epoch): (String, String) = (row.try_get("terminal")?, row.try_get("epoch")?);
        let head = (from_i64(row.try_get("next_seq")?), entry::hash(row.try_get("hash")?)?);
        let log = Log { terminal: &terminal, epoch: &epoch };
        let held = log.rows(conn).await?;
        rows_held += held.len() as u64;
        chained += log.batches(conn, held, head, &mut found).await?;
    }
    let admitted = admitted_events(conn).await?;
    let row = sqlx::query("select count(*) as events from event").fetch_one(&mut *conn).await?;
    let events = from_i64(row.try_get("events")?);
    if events != rows_held + admitted {
        let strange = events - rows_held.min(events) - admitted.min(events);
        return Err(Fault::Found(format!("{strange} events belong to no chain and no admission")));
    }
    trails::nothing_else(conn, &found).await?;
    Ok(chained + admitted)
}

/// One terminal's log in one epoch.
struct Log<'a> {
    terminal: &'a str,
    epoch: &'a str,
}

/// An event's row: what it holds, and its hash.
type Held = BTreeMap<u64, (Vec<u8>, Hash)>;

impl Log<'_> {
    fn fault(&self, what: &str) -> Fault {
        Fault::Found(format!("terminal {}, epoch {}: {what}", self.terminal, self.epoch))
    }

    /// Events that have a row.
    async fn rows(&self, conn: &mut AnyConnection) -> Result<Held, Fault> {
        let sql = "select seq, body, hash from event where terminal = $1 and epoch = $2";
        let rows = sqlx::query(sql).bind(self.terminal).bind(self.epoch).fetch_all(conn).await?;
        let read = |row: &AnyRow| -> Result<_, Fault> {
            let (seq, body) = (from_i64(row.try_get("seq")?), row.try_get("body")?);
            Ok((seq, (body, entry::hash(row.try_get("hash")?)?)))
        };
        rows.iter().map(read).collect()
    }

    /// The stored batches, signed by the terminal, must bring the log without a hole, each event with what is held of it. Answers how
    /// many events they bring.
    async fn batches(
        &self,
        conn: &mut AnyConnection,
        mut held: Held,
        (next_seq, head): (u64, Hash),
        found: &mut Trailed,
    ) -> Result<u64, Fault> {
        let damaged = |_| StoreError::Corrupt("a terminal or epoch is not a UUID");
        let ids: (TerminalId, EpochId) =
            (self.terminal.parse().map_err(damaged)?, self.epoch.parse().map_err(damaged)?);
        let sql = "select entry, first_seq, public_key, member, apart, body from batch \
                   where terminal = $1 and epoch = $2 order by first_seq";
        let rows = sqlx::query(sql).bind(self.terminal).bind(self.epoch).fetch_all(&mut *conn).await?;
        let (mut next, mut hash) = (1, epoch_hash(ids.0, ids.1));
        for row in &rows {
            let first = from_i64(row.try_get("first_seq")?);
            if first != next {
                return Err(self.fault(&format!("event {next} came with no batch")));
            }
            let batch = checked(row).map_err(|why| self.fault(&format!("the batch from event {first} on {why}")))?;
            if (batch.header.terminal, batch.header.epoch) != ids {
                return Err(self.fault(&format!("the batch from event {first} on is another log's")));
            }
            let skip = usize::try_from(first.saturating_sub(batch.header.first_seq)).unwrap_or(usize::MAX);
            let mut brought = trails::Brought::of(row, first)?;
            for (seq, body) in (first..).zip(batch.bodies.iter().skip(skip)) {
                hash = event_hash(hash, body);
                let row = held.remove(&seq);
                if row.as_ref().is_some_and(|(held, _)| held != body) {
                    return Err(self.fault(&format!("event {seq} is not what its batch brought")));
                }
                if row.as_ref().is_some_and(|(_, held)| *held != hash) {
                    return Err(self.fault(&format!("event {seq} is not what was hashed")));
                }
                if !brought.accounts_for(&batch, (seq, body), row.is_some()) {
                    return Err(self.fault(&format!("event {seq} is missing")));
                }
                next = seq + 1;
            }
            brought.check(conn, found).await.map_err(|what| match what {
                Fault::Found(what) => self.fault(&what),
                failed @ Fault::Store(_) => failed,
            })?;
        }
        if let Some((seq, _)) = held.pop_first() {
            return Err(self.fault(&format!("event {seq} came with no batch")));
        }
        if (next_seq, head) != (next, hash) {
            return Err(self.fault(&format!("the log ends at {}, its head elsewhere", next - 1)));
        }
        Ok(next - 1)
    }
}

fn checked(row: &AnyRow) -> Result<shared::wire::Batch, String> {
    let body: Vec<u8> = row.try_get("body").map_err(|error| error.to_string())?;
    let key: Option<String> = row.try_get("public_key").map_err(|error| error.to_string())?;
    let batch = read(&body).map_err(|error| format!("cannot be read: {error}"))?;
    // Versions before 0004 did not keep the key.
    let Some(key) = key else { return Ok(batch) };
    let key = PublicKey::from_hex(&key).ok_or("names no key")?;
    batch.verify(&key).map_err(|_| "is not signed by its terminal")?;
    Ok(batch)
}

/// Events of admitted evidence must be what the evidence holds.
async fn admitted_events(conn: &mut AnyConnection) -> Result<u64, Fault> {
    let mut events = 0;
    for admission in crate::store::admission::list(conn).await? {
        let epoch = admission.epoch.to_string();
        let sql = "select seq, body, hash from event where terminal = $1 and epoch = $2 order by seq";
        let rows = sqlx::query(sql).bind(admission.terminal.to_string()).bind(&epoch).fetch_all(&mut *conn).await?;
        let kept = crate::store::quarantine::find(conn, admission.quarantine_id).await?;
        let kept = kept.ok_or_else(|| Fault::Found(format!("the evidence of admission {epoch} is gone")))?;
        let batch = read(&kept.body).map_err(|error| Fault::Found(format!("admission {epoch}: {error}")))?;
        let header = &batch.header;
        let says = (admission.epoch, admission.of_epoch, admission.terminal, admission.first_seq, admission.last_seq);
        let last_seq = header.first_seq + header.count - 1;
        if says != (epoch_of(&kept), header.epoch, header.terminal, header.first_seq, last_seq) {
            return Err(Fault::Found(format!("admission {epoch} is not of its evidence")));
        }
        let hashes = batch.hashes();
        let mut held = BTreeSet::new();
        for row in &rows {
            let seq = from_i64(row.try_get("seq")?);
            let place = usize::try_from(seq.saturating_sub(batch.header.first_seq)).unwrap_or(usize::MAX);
            let (body, hash): (Vec<u8>, Vec<u8>) = (row.try_get("body")?, row.try_get("hash")?);
            let stands = hashes.get(place).is_some_and(|stands| stands.as_bytes().as_slice() == hash);
            if batch.bodies.get(place) != Some(&body) || !stands {
                return Err(Fault::Found(format!("admission {epoch}: event {seq} is not what its evidence holds")));
            }
            held.insert(seq);
        }
        for (seq, body) in (batch.header.first_seq..).zip(&batch.bodies) {
            let by = shared::ids::EventRef { terminal: admission.terminal, epoch: admission.of_epoch, seq };
            let recorded = crate::store::event::body(conn, by).await?.is_some_and(|recorded| recorded == *body);
            let readable = crate::ingest::readable(&batch, seq, body).is_ok();
            if readable && !recorded && !held.contains(&seq) {
                return Err(Fault::Found(format!("admission {epoch}: event {seq} is missing")));
            }
        }
        events += held.len() as u64;
    }
    Ok(events)
}
