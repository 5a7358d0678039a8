//! Checks every stored chain offline: each event's hash from its bytes, each epoch's head from its last event.

use serde::Serialize;
use shared::chain::{Hash, epoch_hash, event_hash};
use shared::ids::{EpochId, TerminalId};
use sqlx::{Row, SqliteConnection};

use crate::store::{self, StoreError};

/// What the check found.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Whether every chain holds.
    pub ok: bool,
    /// How many events were checked.
    pub events: u64,
    /// The first place where a chain does not hold.
    pub first_fault: Option<String>,
}

/// Checks the whole ledger.
pub async fn verify_log(conn: &mut SqliteConnection) -> Result<Verified, StoreError> {
    let rows = sqlx::query("select terminal, epoch, next_seq, hash from head order by terminal, epoch")
        .fetch_all(&mut *conn)
        .await?;
    let mut verified = Verified { ok: true, events: 0, first_fault: None };
    for row in rows {
        let (terminal, epoch): (String, String) = (row.try_get("terminal")?, row.try_get("epoch")?);
        let head: (i64, Vec<u8>) = (row.try_get("next_seq")?, row.try_get("hash")?);
        let (events, fault) = epoch_chain(conn, &terminal, &epoch, &head).await?;
        verified.events += events;
        verified.first_fault = verified.first_fault.or(fault);
    }
    verified.ok = verified.first_fault.is_none();
    Ok(verified)
}

async fn epoch_chain(
    conn: &mut SqliteConnection,
    terminal: &str,
    epoch: &str,
    head: &(i64, Vec<u8>),
) -> Result<(u64, Option<String>), StoreError> {
    let damaged = |_| StoreError::Corrupt("a terminal or epoch is not a UUID");
    let ids: (TerminalId, EpochId) = (terminal.parse().map_err(damaged)?, epoch.parse().map_err(damaged)?);
    let sql = "select seq, body, hash from event where terminal = $1 and epoch = $2 order by seq";
    let rows = sqlx::query(sql).bind(terminal).bind(epoch).fetch_all(conn).await?;
    let mut hash: Hash = epoch_hash(ids.0, ids.1);
    let mut expected = 1;
    for row in &rows {
        let seq = store::from_i64(row.try_get("seq")?);
        let (body, stored): (Vec<u8>, Vec<u8>) = (row.try_get("body")?, row.try_get("hash")?);
        if seq != expected {
            return Ok((
                expected - 1,
                Some(format!("terminal {terminal}, epoch {epoch}: event {expected} is missing")),
            ));
        }
        hash = event_hash(hash, &body);
        if stored != hash.as_bytes() {
            let fault = format!("terminal {terminal}, epoch {epoch}: event {seq} is not what was hashed");
            return Ok((seq, Some(fault)));
        }
        expected += 1;
    }
    let ends = store::from_i64(head.0) == expected && head.1 == hash.as_bytes();
    let fault = (!ends)
        .then(|| format!("terminal {terminal}, epoch {epoch}: the log ends at {}, its head elsewhere", expected - 1));
    Ok((expected - 1, fault))
}
