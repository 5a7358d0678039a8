//! Mismatches as people and programs read them.

use shared::event::Event;
use shared::ids::EventRef;
use shared::mismatch::{Mismatch, State};
use shared::time::Timestamp;
use sqlx::{AnyConnection, Row, any::AnyRow};

use super::verdict::parse_state;
use super::{StoreError, stored, to_i64};

/// A stored mismatch.
#[derive(Clone, Debug)]
pub struct StoredMismatch {
    /// As judged last.
    pub mismatch: Mismatch,
    /// Its state now.
    pub state: State,
    /// Where it is in the hands of people.
    pub workflow: String,
    /// When it was first raised.
    pub raised_at: Timestamp,
    /// When it changed last.
    pub changed_at: Timestamp,
}

/// All mismatches, gravest first, then newest.
pub async fn list(conn: &mut AnyConnection) -> Result<Vec<StoredMismatch>, StoreError> {
    let rows = sqlx::query("select body, state, workflow, raised_at, changed_at from mismatch").fetch_all(conn).await?;
    let mut all: Vec<StoredMismatch> = rows.iter().map(read).collect::<Result<_, _>>()?;
    all.sort_by(|a, b| {
        let gravest = b.mismatch.severity.cmp(&a.mismatch.severity);
        gravest.then(b.raised_at.cmp(&a.raised_at)).then(a.mismatch.cmp(&b.mismatch))
    });
    Ok(all)
}

/// A mismatch from a row with `body`, `state`, `workflow`, `raised_at` and `changed_at`.
pub fn read(row: &AnyRow) -> Result<StoredMismatch, StoreError> {
    let body: String = row.try_get("body")?;
    let state: String = row.try_get("state")?;
    Ok(StoredMismatch {
        mismatch: serde_json::from_str(&body)?,
        state: parse_state(&state)?,
        workflow: row.try_get("workflow")?,
        raised_at: Timestamp::from_ms(row.try_get("raised_at")?),
        changed_at: Timestamp::from_ms(row.try_get("changed_at")?),
    })
}

/// One event as evidence.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// What its body says.
    pub event: Event,
    /// The chain's value after it, hex.
    pub hash: String,
    /// When the server took its batch in.
    pub received_at: Timestamp,
}

/// The evidence for one event.
pub async fn evidence(conn: &mut AnyConnection, by: EventRef) -> Result<Option<Evidence>, StoreError> {
    let stored = stored::of_event(conn, by).await?;
    let received_at = stored.as_ref().map_or(Timestamp::from_ms(0), |stored| stored.received_at);
    let sql = "select body, hex(hash) as hash from event where terminal = $1 and epoch = $2 and seq = $3";
    let query = sqlx::query(sql).bind(by.terminal.to_string()).bind(by.epoch.to_string()).bind(to_i64(by.seq));
    if let Some(row) = query.fetch_optional(conn).await? {
        let (body, hash): (Vec<u8>, String) = (row.try_get("body")?, row.try_get("hash")?);
        return Ok(Some(Evidence { event: Event::from_body(&body)?, hash: hash.to_lowercase(), received_at }));
    }
    let Some(stored) = stored.filter(|stored| !stored.apart.contains(&by.seq)) else { return Ok(None) };
    let at = usize::try_from(by.seq - stored.first_seq).unwrap_or(usize::MAX);
    let (Some(body), Some(hash)) = (stored.bodies.get(at), stored.hashes.get(at)) else { return Ok(None) };
    Ok(Some(Evidence { event: Event::from_body(body)?, hash: hash.to_string(), received_at }))
}
