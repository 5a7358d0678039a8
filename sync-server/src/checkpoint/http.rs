//! `GET /v1/checkpoints?from=ENTRIES`: how the ledger's chain went on, for a terminal that holds an older checkpoint.

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use shared::wire::SignedCheckpoint;

use crate::http::error::ApiError;
use crate::http::state::AppState;
use crate::identity::caller::Caller;
use crate::store;

/// Where to go on.
#[derive(Debug, Deserialize)]
pub struct From {
    /// Entries of the oldest checkpoint to show.
    #[serde(default)]
    from: u64,
}

/// At most a thousand checkpoints, oldest first.
pub async fn checkpoints(
    State(state): State<AppState>,
    Query(query): Query<From>,
    _: Caller,
) -> Result<Json<Vec<SignedCheckpoint>>, ApiError> {
    Ok(Json(store::checkpoint::from(&mut *state.store.read().await?, query.from).await?))
}
