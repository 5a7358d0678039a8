//! The listeners. Every route is in one of their lists: terminals' here, people's in `web`, operations' in `metrics`.

pub mod accept;
pub mod error;
pub mod serve;
pub mod state;
pub mod web;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use shared::wire::sealed::PARCEL_BYTES_MAX;
use shared::wire::{BATCH_COMPRESSED_BYTES_MAX, ProblemCode};

use crate::{attachments, checkpoint, heartbeat, identity, ingest, metrics, pull, sealed};
use error::ApiError;
use state::AppState;

/// What terminals ask.
pub fn terminal_routes(state: AppState) -> Router {
    Router::new()
        .route("/v1/batches", post(ingest::http::push))
        .route("/v1/sealed", post(sealed::http::sealed).layer(DefaultBodyLimit::max(PARCEL_BYTES_MAX)))
        .route("/v1/changes", get(pull::http::changes))
        .route("/v1/checkpoints", get(checkpoint::http::checkpoints))
        .route("/v1/attachments/{sha256}", put(attachments::http::put).head(attachments::http::head))
        .route("/v1/heartbeat", post(heartbeat::heartbeat))
        .route("/v1/enrol", post(identity::http::enrol))
        .route("/v1/enrol/status", post(identity::http::status))
        .route("/v1/renew", post(identity::http::renew))
        .route("/v1/time", get(time))
        .fallback(no_such_route)
        .layer(DefaultBodyLimit::max(BATCH_COMPRESSED_BYTES_MAX))
        .layer(axum::middleware::from_fn_with_state(state.clone(), metrics::count))
        .with_state(state)
}

async fn time(axum::extract::State(state): axum::extract::State<AppState>) -> Json<shared::time::Timestamp> {
    Json(state.clock.now())
}

async fn no_such_route() -> ApiError {
    ApiError::new(ProblemCode::NotFound, "no such address here; terminals use /v1/batches and /v1/changes".into())
}
