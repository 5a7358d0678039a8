//! `GET /v1/changes?since=POSITION&ledger=UUID`.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Method, Uri};
use serde::Deserialize;
use shared::wire::ChangesPage;
use sqlx::Connection;
use uuid::Uuid;

use super::visible;
use crate::http::asking;
use crate::http::error::ApiError;
use crate::http::state::AppState;
use crate::store::StoreError;

/// Where to go on.
#[derive(Debug, Deserialize)]
pub struct Since {
    /// Position of the last page's end.
    #[serde(default)]
    since: u64,
    /// The ledger that the position belongs to.
    ledger: Option<Uuid>,
}

/// One page of what the asking terminal's member may see.
pub async fn changes(
    State(state): State<AppState>,
    Query(query): Query<Since>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Json<ChangesPage>, ApiError> {
    let mut conn = state.store.read().await?;
    let terminal = asking::terminal(&mut conn, (&method, &uri, &headers)).await?;
    let now = state.clock.now();
    // One snapshot: a page whose cursor is older or newer than its records would skip some.
    let mut snapshot = conn.begin().await.map_err(StoreError::from)?;
    let page = super::changes(&mut snapshot, &terminal.member, query.ledger, query.since, now).await?;
    snapshot.rollback().await.map_err(StoreError::from)?;
    Ok(Json(visible::for_site(page, &terminal.site)))
}
