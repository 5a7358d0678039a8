//! What is counted of terminals' requests, from the outside of their handlers.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::batches::Batches;
use super::flow::Flow;
use super::histogram::Histogram;
use crate::http::error::RefusedAs;
use crate::http::state::AppState;

/// Counts since the start.
#[derive(Debug, Default)]
pub struct Requests {
    /// Answers by route and status.
    pub(super) answers: Mutex<BTreeMap<(String, u16), u64>>,
    /// Refusals by their word.
    pub(super) refusals: Mutex<BTreeMap<String, u64>>,
    /// Time of pushes.
    pub(super) push: Histogram,
    /// Time of pulls.
    pub(super) pull: Histogram,
    /// Batches.
    pub batches: Batches,
    /// Mismatches that come and go.
    pub flow: Flow,
}

/// Counts one request and its answer.
pub async fn count(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = format!("{} {}", request.method(), path.as_deref().unwrap_or("unknown"));
    let begun = Instant::now();
    let response = next.run(request).await;
    let counts = &state.metrics;
    match route.as_str() {
        "POST /v1/batches" => counts.push.add(begun.elapsed()),
        "GET /v1/changes" => counts.pull.add(begun.elapsed()),
        _ => {}
    }
    if let Some(RefusedAs(word)) = response.extensions().get() {
        *counts.refusals.lock().unwrap_or_else(PoisonError::into_inner).entry(word.clone()).or_default() += 1;
    }
    let key = (route, response.status().as_u16());
    *counts.answers.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default() += 1;
    response
}
