//! `GET /api/v1/audit`: the log, newest first.

use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};

use super::store::{self, Entry};
use crate::http::state::AppState;
use crate::people::{Actor, Refusal};

/// Acts of one page, at most.
pub const PAGE: usize = 200;

/// Where to go on.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuditQuery {
    /// Acts before this number; the newest where it is left out.
    pub before: Option<u64>,
}

/// One page.
#[derive(Debug, Serialize)]
pub struct AuditPage {
    /// Newest first.
    pub acts: Vec<Entry>,
    /// `before` of the next page, where there is one.
    pub next: Option<u64>,
}

/// The log, as far as the actor may read it.
pub async fn audit(
    State(state): State<AppState>,
    actor: Actor,
    Query(query): Query<AuditQuery>,
) -> Result<Json<AuditPage>, Refusal> {
    Ok(Json(page(&state, &actor, query.before).await?))
}

/// One page of the log.
pub async fn page(state: &AppState, actor: &Actor, before: Option<u64>) -> Result<AuditPage, Refusal> {
    let mut conn = state.store.read().await?;
    let acts = store::before(&mut conn, &actor.scope(), before.unwrap_or(i64::MAX as u64), PAGE).await?;
    let next = acts.last().filter(|_| acts.len() == PAGE).map(|last| last.audit_no);
    Ok(AuditPage { acts, next })
}
