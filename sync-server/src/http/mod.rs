//! The listeners. Every route is in one of their lists: terminals' here, people's in `web`, operations' in `metrics`.

pub mod accept;
pub mod body;
pub mod error;
pub mod guard;
pub mod one_form;
pub mod openapi;
pub mod parameters;
pub mod problem;
pub mod rates;
pub mod request_id;
pub mod serve;
pub mod state;
#[cfg(test)]
mod tests;
pub mod web;

use axum::extract::DefaultBodyLimit;
use axum::http::{Method, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, head, post, put};
use axum::{Json, Router};
use shared::wire::sealed::PARCEL_BYTES_MAX;
use shared::wire::{BATCH_COMPRESSED_BYTES_MAX, ProblemCode};

use crate::{attachments, checkpoint, heartbeat, identity, ingest, metrics, pull, sealed};
use error::ApiError;
use state::AppState;

/// One route of the terminals' listener.
pub struct TerminalRoute {
    /// The method.
    pub method: Method,
    /// The path, with its parameters in braces.
    pub path: &'static str,
    /// What it does, in a sentence.
    pub summary: &'static str,
    handler: MethodRouter<AppState>,
}

/// Every route of the terminals' listener.
#[must_use]
pub fn terminal_list() -> Vec<TerminalRoute> {
    let get_route = |path, summary, handler| TerminalRoute { method: Method::GET, path, summary, handler };
    let post_route = |path, summary, handler| TerminalRoute { method: Method::POST, path, summary, handler };
    let parcels = post(sealed::http::sealed).layer(DefaultBodyLimit::max(PARCEL_BYTES_MAX));
    vec![
        post_route(
            "/v1/batches",
            "Takes a signed batch of events in and answers each event.",
            post(ingest::http::push),
        ),
        post_route("/v1/sealed", "Takes a parcel in that came without a network.", parcels),
        get_route("/v1/changes", "References, verdicts and manifests since a position.", get(pull::http::changes)),
        get_route("/v1/codes/{key}", "What the server knows of one code.", get(pull::http::code)),
        get_route("/v1/checkpoints", "Signed heads of the ledger.", get(checkpoint::http::checkpoints)),
        TerminalRoute {
            method: Method::PUT,
            path: "/v1/attachments/{sha256}",
            summary: "Takes one chunk of a photo.",
            handler: put(attachments::http::put),
        },
        TerminalRoute {
            method: Method::HEAD,
            path: "/v1/attachments/{sha256}",
            summary: "How much of a photo is held.",
            handler: head(attachments::http::head),
        },
        post_route("/v1/heartbeat", "An idle terminal says that nothing waits on it.", post(heartbeat::heartbeat)),
        post_route("/v1/enrol", "Asks for enrolment with an invitation.", post(identity::http::enrol)),
        post_route("/v1/enrol/status", "What became of an asking.", post(identity::http::status)),
        post_route("/v1/renew", "Renews a certificate.", post(identity::http::renew)),
        get_route("/v1/time", "The server's time.", get(time)),
    ]
}

/// What terminals ask.
pub fn terminal_routes(state: AppState) -> Router {
    let routes = terminal_list().into_iter();
    routes
        .fold(Router::new(), |router, route| router.route(route.path, route.handler))
        .fallback(no_such_route)
        .method_not_allowed_fallback(no_such_method)
        .layer(DefaultBodyLimit::max(BATCH_COMPRESSED_BYTES_MAX))
        .layer(from_fn_with_state(state.clone(), rates::of_terminals))
        .layer(from_fn(body::read_on))
        .layer(from_fn_with_state(state.clone(), metrics::count))
        .layer(from_fn(request_id::mark))
        .with_state(state)
}

async fn time(axum::extract::State(state): axum::extract::State<AppState>) -> Json<shared::time::Timestamp> {
    Json(state.clock.now())
}

async fn no_such_method() -> (StatusCode, ApiError) {
    let message = "this address takes another method; docs/protocol.md says which".to_owned();
    (StatusCode::METHOD_NOT_ALLOWED, ApiError::new(ProblemCode::BadRequest, message))
}

async fn no_such_route() -> ApiError {
    ApiError::new(ProblemCode::NotFound, "no such address here; terminals use /v1/batches and /v1/changes".into())
}
