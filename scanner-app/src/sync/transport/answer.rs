//! Reading the server's answers.

use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;
use shared::wire::Problem;

use super::TransportError;
use super::error::innermost;
use crate::sync::retry_after;

/// A successful answer whose body was not read yet, or why there is none.
pub(super) async fn accepted(response: Response) -> Result<Response, TransportError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
        return Err(TransportError::Busy { retry_after_ms: retry_after_ms(&response) });
    }
    if status.is_server_error() {
        return Err(TransportError::Busy { retry_after_ms: None });
    }
    match response.json::<Problem>().await {
        Ok(problem) => Err(TransportError::Refused(Box::new(problem))),
        Err(_) => Err(TransportError::Answer(format!("status {status} without a reason"))),
    }
}

/// The body as what is expected. An empty body is read as `null`, so that an answer without content can be `()`.
pub(super) async fn read<T: DeserializeOwned>(response: Response) -> Result<T, TransportError> {
    let server = response.url().origin().ascii_serialization();
    let body = response.bytes().await;
    let body = body.map_err(|error| TransportError::Offline { server, why: innermost(&error) })?;
    let json = if body.is_empty() { b"null".as_slice() } else { &body };
    serde_json::from_slice(json).map_err(|error| TransportError::Answer(error.to_string()))
}

/// The server's wish, in milliseconds.
fn retry_after_ms(response: &Response) -> Option<u64> {
    let text = |name| response.headers().get(name)?.to_str().ok();
    retry_after::in_ms(text("retry-after")?, text("date"))
}
