//! Bodies that are too long, and those that nobody reads. Who sends one hears so: what is left of a refused request is read and thrown
//! away for a while, since a system that closes a connection with something unread takes the answer back.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use futures_util::stream::{self, StreamExt};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::problem::Problem;
use super::state::AppState;
use crate::people::Refusal;
use crate::told::Told;

/// What is left of a refused body is read for so long, at most.
const DRAINED_FOR: Duration = Duration::from_secs(30);

/// A route that takes bodies of so many bytes, at most.
pub fn limited(routes: MethodRouter<AppState>, bytes_max: usize) -> MethodRouter<AppState> {
    routes.layer(DefaultBodyLimit::max(bytes_max)).layer(from_fn_with_state(bytes_max, refuse_longer))
}

/// Refuses by `Content-Length` before a byte is read, and says the limit where it was met on the way.
async fn refuse_longer(State(bytes_max): State<usize>, request: Request, next: Next) -> Response {
    if length(request.headers()).is_some_and(|bytes| bytes > bytes_max as u64) {
        return too_long(bytes_max);
    }
    let response = next.run(request).await;
    let is_said = response.extensions().get::<Problem>().is_some();
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE && !is_said { too_long(bytes_max) } else { response }
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_long(bytes_max: usize) -> Response {
    let megabytes = bytes_max >> 20;
    let why = Told::new(
        format!(
            "the body is longer than the {megabytes} MB that this address takes; nothing was changed. Split it and send the parts"
        ),
        format!("内容超过此处的上限 {megabytes} MB，没有改动。请拆分后分次发送。"),
    );
    Refusal::TooLarge(why).into_response()
}

/// Reads on after a refusal, beside the answer that is on its way, so that the answer arrives.
pub async fn read_on(request: Request, next: Next) -> Response {
    let waits = request.headers().contains_key(header::EXPECT);
    let (parts, body) = request.into_parts();
    let left = Arc::new(Mutex::new(body.into_data_stream()));
    let chunks = stream::unfold(Arc::clone(&left), |left| async move {
        let chunk: Option<Result<Bytes, axum::Error>> = left.lock().await.next().await;
        chunk.map(|chunk| (chunk, left))
    });
    let response = next.run(Request::from_parts(parts, Body::from_stream(chunks))).await;
    let is_refused = response.status().is_client_error() || response.status().is_server_error();
    // Whoever waits for `100 Continue` sends nothing once he is refused; reading would ask him to.
    if is_refused && !waits {
        tokio::spawn(timeout(DRAINED_FOR, async move {
            let mut left = left.lock().await;
            while let Some(Ok(_)) = left.next().await {}
        }));
    }
    response
}

#[cfg(test)]
mod tests;
