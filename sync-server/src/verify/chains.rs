//! Each terminal's chain: every event's hash from its bytes, every head from its last event, every event from a signed batch.

use std::collections::BTreeSet;

use shared::chain::{Hash, PublicKey, epoch_hash, event_hash};
use shared::ids::{EpochId, TerminalId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::Fault;
use crate::ingest::read;
use crate::store::admission::epoch_of;
use crate::store::{StoreError, entry, from_i64};

/// Checks all. Answers how many events there are.
pub(super) async fn check(conn: &mut AnyConnection) -> Result<u64, Fault> {
    let rows = sqlx::query("select terminal, epoch, next_seq, hash from head order by terminal, epoch")
        .fetch_all(&mut *conn)
        .await?;
    let mut chained = 0;
    for row in &rows {
        let (terminal, epoch): (String, String) = (row.try_get("terminal")?, row.try_get("epoch")?);
        let head = (from_i64(row.try_get("next_seq")?), entry::hash(row.try_get("hash")?)?);
        let bodies = epoch_chain(conn, &terminal, &epoch, head).await?;
        came_with_batches(conn, &terminal, &epoch, &bodies).await?;
        chained += bodies.len() as u64;
    }
    let admitted = admitted_events(conn).await?;
    let row = sqlx::query("select count(*) as events from event").fetch_one(conn).await?;
    let events = from_i64(row.try_get("events")?);
    if events != chained + admitted {
        let strange = events - chained.min(events) - admitted.min(events);
        return Err(Fault::Found(format!("{strange} events belong to no chain and no admission")));
    }
    Ok(events)
}

async fn epoch_chain(
    conn: &mut AnyConnection,
    terminal: &str,
    epoch: &str,
    (next_seq, head): (u64, Hash),
) -> Result<Vec<Vec<u8>>, Fault> {
    let damaged = |_| StoreError::Corrupt("a terminal or epoch is not a UUID");
    let ids: (TerminalId, EpochId) = (terminal.parse().map_err(damaged)?, epoch.parse().map_err(damaged)?);
    let sql = "select seq, body, hash from event where terminal = $1 and epoch = $2 order by seq";
    let rows = sqlx::query(sql).bind(terminal).bind(epoch).fetch_all(conn).await?;
    let fault = |what: String| Fault::Found(format!("terminal {terminal}, epoch {epoch}: {what}"));
    let mut hash: Hash = epoch_hash(ids.0, ids.1);
    let mut bodies = Vec::with_capacity(rows.len());
    for (expected, row) in (1..).zip(&rows) {
        let body: Vec<u8> = row.try_get("body")?;
        if from_i64(row.try_get("seq")?) != expected {
            return Err(fault(format!("event {expected} is missing")));
        }
        hash = event_hash(hash, &body);
        if entry::hash(row.try_get("hash")?)? != hash {
            return Err(fault(format!("event {expected} is not what was hashed")));
        }
        bodies.push(body);
    }
    if next_seq != bodies.len() as u64 + 1 || head != hash {
        return Err(fault(format!("the log ends at {}, its head elsewhere", bodies.len())));
    }
    Ok(bodies)
}

/// The stored batches, signed by the terminal, must bring exactly the stored events.
async fn came_with_batches(
    conn: &mut AnyConnection,
    terminal: &str,
    epoch: &str,
    bodies: &[Vec<u8>],
) -> Result<(), Fault> {
    let sql = "select first_seq, public_key, body from batch where terminal = $1 and epoch = $2 order by first_seq";
    let rows = sqlx::query(sql).bind(terminal).bind(epoch).fetch_all(conn).await?;
    let fault = |what: String| Fault::Found(format!("terminal {terminal}, epoch {epoch}: {what}"));
    let mut next = 1;
    for row in &rows {
        let first = from_i64(row.try_get("first_seq")?);
        if first != next {
            return Err(fault(format!("event {next} came with no batch")));
        }
        let batch = checked(row).map_err(|why| fault(format!("the batch from event {first} on {why}")))?;
        let header = &batch.header;
        if header.terminal.to_string() != terminal || header.epoch.to_string() != epoch {
            return Err(fault(format!("the batch from event {first} on is another log's")));
        }
        let skip = usize::try_from(first.saturating_sub(header.first_seq)).unwrap_or(usize::MAX);
        for (seq, brought) in (first..).zip(batch.bodies.iter().skip(skip)) {
            let held = usize::try_from(seq - 1).ok().and_then(|place| bodies.get(place));
            if held != Some(brought) {
                return Err(fault(format!("event {seq} is not what its batch brought")));
            }
            next = seq + 1;
        }
    }
    if next != bodies.len() as u64 + 1 {
        return Err(fault(format!("event {next} came with no batch")));
    }
    Ok(())
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
