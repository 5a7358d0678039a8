//! What operators watch: probes and Prometheus metrics, on a listener of their own. Counts of requests are kept in memory; what can
//! be read from the database is read when somebody asks.

mod batches;
mod flow;
mod histogram;
mod render;
mod requests;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::http::state::AppState;

pub use requests::{Requests, count};

/// Probes and metrics.
pub fn operations_routes(state: AppState) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(state)
}

/// Whether the server can do its work: the database answers, the writer runs, nobody asked it to stop.
async fn ready(State(state): State<AppState>) -> Response {
    match not_ready(&state).await {
        None => (StatusCode::OK, "ready\n".to_owned()).into_response(),
        Some(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")).into_response(),
    }
}

async fn not_ready(state: &AppState) -> Option<&'static str> {
    if state.stopping.is_set() {
        return Some("stopping");
    }
    if !state.intake.is_running() {
        return Some("the writer has stopped; restart the server");
    }
    if !state.store.has_right_to_serve() {
        return Some("the right to serve this database was lost; nothing is written before it is taken again");
    }
    let answers = async { crate::store::position(&mut *state.store.read().await?).await };
    match tokio::time::timeout(std::time::Duration::from_secs(2), answers).await {
        Ok(Ok(_)) => None,
        Ok(Err(_)) => Some("the database refuses; see the log"),
        Err(_) => Some("the database does not answer within 2 s"),
    }
}

async fn metrics(State(state): State<AppState>) -> Response {
    match render::render(&state).await {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "metrics could not be read from the database");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer; see the log\n").into_response()
        }
    }
}
