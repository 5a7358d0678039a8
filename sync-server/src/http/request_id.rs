//! A name for each request: in every line that is logged for it, and in its answer, so that a person's question finds the lines.

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use crate::people::random;

/// The header of the answer.
const REQUEST_ID: &str = "x-request-id";

/// Names a request. What it asks for is logged without its parameters: they may hold a label's text.
pub async fn mark(request: Request, next: Next) -> Response {
    let id = random::<8>().map(hex::encode).unwrap_or_default();
    let span = tracing::info_span!("request", %id, method = %request.method());
    let mut response = next.run(request).instrument(span).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
