//! The two listeners. Every route is in one of these two lists.

pub mod accept;
pub mod error;
pub mod serve;
pub mod state;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use shared::wire::sealed::PARCEL_BYTES_MAX;
use shared::wire::{BATCH_COMPRESSED_BYTES_MAX, ProblemCode};

use crate::{attachments, checkpoint, console, heartbeat, identity, ingest, packs, pull, registry, sealed};
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
        .with_state(state)
}

/// What people open.
pub fn web_routes(state: AppState) -> Router {
    Router::new()
        .route("/", get(console::pages::mismatches))
        .route("/mismatches/{kind}/{*subject}", get(console::pages::mismatch))
        .route("/attachments/{sha256}", get(attachments::http::picture))
        .route("/terminals", get(console::terminals::terminals))
        .route("/terminals/{terminal}/approve/{code}", post(console::terminals::approve))
        .route("/terminals/{terminal}/refuse", post(console::terminals::refuse))
        .route("/assets/console.css", get(console::pages::stylesheet))
        .route("/healthz", get(|| async { "ok\n" }))
        .merge(registry::http::router())
        .merge(packs::http::router())
        .fallback(console::pages::not_found)
        .with_state(state)
}

async fn time(axum::extract::State(state): axum::extract::State<AppState>) -> Json<shared::time::Timestamp> {
    Json(state.clock.now())
}

async fn no_such_route() -> ApiError {
    ApiError::new(ProblemCode::NotFound, "no such address here; terminals use /v1/batches and /v1/changes".into())
}
