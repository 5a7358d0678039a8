//! `POST /v1/heartbeat`: an idle terminal says that nothing waits on it. Its watermark moves to now: what it did not tell did not
//! happen.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use shared::ids::TerminalId;
use shared::time::Timestamp;
use shared::wire::{Heartbeat, HeartbeatReply, ProblemCode};
use sqlx::{AnyConnection, Row};

use crate::http::error::ApiError;
use crate::http::state::AppState;
use crate::identity::caller::Caller;
use crate::store::terminal::Terminal;
use crate::store::{StoreError, from_i64, to_i64};

/// A stored heartbeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    /// When, by the server's clock.
    pub received_at: Timestamp,
    /// Events that waited on the terminal.
    pub pending: u64,
}

/// Takes a heartbeat in.
pub async fn heartbeat(
    State(state): State<AppState>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<HeartbeatReply>, ApiError> {
    let wrong = |error| {
        let why = format!(
            "the body is no heartbeat ({error}); send {{\"pending_after\",\"last_effective_at\",\"data_as_of\"}}"
        );
        ApiError::new(ProblemCode::BadRequest, why)
    };
    let said: Heartbeat = serde_json::from_slice(&body).map_err(wrong)?;
    let received_at = state.clock.now();
    let mut tx = state.store.write().await?;
    keep(&mut tx, caller.terminal.terminal, &said, received_at).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Json(HeartbeatReply { received_at }))
}

/// Keeps the newest heartbeat of a terminal.
pub async fn keep(
    conn: &mut AnyConnection,
    terminal: TerminalId,
    said: &Heartbeat,
    received_at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into heartbeat (terminal, received_at, pending_after, last_effective_at, data_as_of) \
         values ($1, $2, $3, $4, $5) on conflict (terminal) do update set received_at = excluded.received_at, \
         pending_after = excluded.pending_after, last_effective_at = excluded.last_effective_at, \
         data_as_of = excluded.data_as_of",
    )
    .bind(terminal.to_string())
    .bind(received_at.as_ms())
    .bind(to_i64(said.pending_after))
    .bind(said.last_effective_at.map(Timestamp::as_ms))
    .bind(to_i64(said.data_as_of))
    .execute(conn)
    .await?;
    Ok(())
}

/// The newest heartbeat of every terminal that ever sent one.
pub async fn all(conn: &mut AnyConnection) -> Result<BTreeMap<TerminalId, Heard>, StoreError> {
    let rows = sqlx::query("select terminal, received_at, pending_after from heartbeat").fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            let terminal: String = row.try_get("terminal")?;
            let terminal = terminal.parse().map_err(|_| StoreError::Corrupt("a terminal is not a UUID"))?;
            let received_at = Timestamp::from_ms(row.try_get("received_at")?);
            Ok((terminal, Heard { received_at, pending: from_i64(row.try_get("pending_after")?) }))
        })
        .collect()
}

/// Up to when a terminal has told everything: the time of its last stored event, or its heartbeat's where nothing waited then.
/// For people; nothing is judged by it.
#[must_use]
pub fn watermark(terminal: &Terminal, heard: Option<&Heard>) -> Option<Timestamp> {
    let idle_at = heard.filter(|heard| heard.pending == 0).map(|heard| heard.received_at);
    terminal.reached_at.max(idle_at)
}
