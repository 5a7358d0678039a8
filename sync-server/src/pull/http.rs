//! `GET /v1/changes?since=POSITION&ledger=UUID`.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Uri};
use serde::Deserialize;
use shared::wire::{ChangesPage, ProblemCode, REQUEST_HEADER, RequestSignature};
use sqlx::Connection;
use uuid::Uuid;

use super::visible;
use crate::http::error::ApiError;
use crate::http::state::AppState;
use crate::store::{self, StoreError};

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
    uri: Uri,
    headers: HeaderMap,
) -> Result<Json<ChangesPage>, ApiError> {
    let unsigned =
        || ApiError::new(ProblemCode::BadSignature, format!("the header `{REQUEST_HEADER}` does not prove a terminal"));
    let header = headers.get(REQUEST_HEADER).and_then(|value| value.to_str().ok()).ok_or_else(unsigned)?;
    let signature: RequestSignature = header.parse().map_err(|_| unsigned())?;
    let mut conn = state.store.read().await?;
    let terminal = store::terminal::find(&mut conn, signature.terminal).await?.ok_or_else(|| {
        ApiError::new(ProblemCode::UnknownTerminal, "this terminal is not enrolled on this server".into())
    })?;
    let target = uri.path_and_query().map_or("", |target| target.as_str());
    if !signature.verifies("GET", target, &terminal.public_key) {
        return Err(unsigned());
    }
    if terminal.revoked_at.is_some() {
        return Err(ApiError::new(ProblemCode::Revoked, "this terminal was revoked; ask the supervisor".into()));
    }
    let now = state.clock.now();
    // One snapshot: a page whose cursor is older or newer than its records would skip some.
    let mut snapshot = conn.begin().await.map_err(StoreError::from)?;
    let page = super::changes(&mut snapshot, &terminal.member, query.ledger, query.since, now).await?;
    snapshot.rollback().await.map_err(StoreError::from)?;
    Ok(Json(visible::for_site(page, &terminal.site)))
}
