//! `POST /v1/batches`.

use std::time::Duration;

use axum::Json;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use shared::wire::{BATCH_COMPRESSED_BYTES_MAX, ProblemCode, PushReply};

use super::{PushError, Received, stranger};
use crate::http::error::ApiError;
use crate::http::state::AppState;
use crate::identity::caller::Shown;
use crate::unfold::{ReadError, read_header, read_within};

/// Unfolding holds the text twice, once as lines; the events read from it take no more than the text does.
const UNFOLDED_TIMES: usize = 3;

/// How long a body may take to come: a sender that trickles must not hold its room for ever. 256 KB at 4 KB/s take a minute.
const BODY_TIMEOUT: Duration = Duration::from_secs(90);

/// Takes a batch in and answers each event on its own. Authority is the batch's signature; no certificate is needed, but a foreign
/// one is refused.
pub async fn push(State(state): State<AppState>, shown: Shown, request: Request) -> Result<Json<PushReply>, ApiError> {
    let bytes = announced(request.headers())?;
    // Before the body is read: an overloaded server must not take in what it cannot hold.
    let mut room = state.intake.room(bytes).ok_or(ReadError::NoRoom)?;
    let body = body(request).await?;
    // Before anything but the first line is unfolded: strangers get no memory.
    let header = read_header(&body)?;
    let terminal = header.terminal;
    let credential = shown.may_speak_for(&state, terminal).await?;
    stranger::refuse(&state.store, &header, &body, state.clock.now()).await?;
    // Reading and hashing cost processor time that no other connection should wait for.
    let (received, room) = tokio::task::spawn_blocking(move || {
        let batch = read_within(&body, |unfolded| room.hold(body.len() + UNFOLDED_TIMES * unfolded))?;
        let received = Received::new(batch, body.into()).with(credential);
        // What is read is there already: it is counted, and only a smaller room can follow.
        room.hold(received.held_bytes());
        Ok::<_, ReadError>((received, room))
    })
    .await
    .map_err(|_| ApiError::new(ProblemCode::Internal, "the batch could not be read; send it again".into()))??;
    let answered = state.metrics.batches.count(state.intake.push(received, room)).await;
    if matches!(answered, Err(PushError::Signature)) {
        state.metrics.batches.count_bad_signature(credential);
    }
    let reply = answered?;
    crate::sealed::http::follow(&state, terminal).await;
    Ok(Json(reply))
}

/// How long the body says it is; the most where it does not say.
fn announced(headers: &HeaderMap) -> Result<usize, ApiError> {
    let max = BATCH_COMPRESSED_BYTES_MAX;
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    match length {
        Some(length) if length > max => Err(too_large()),
        length => Ok(length.unwrap_or(max)),
    }
}

async fn body(request: Request) -> Result<Bytes, ApiError> {
    let read = to_bytes(request.into_body(), BATCH_COMPRESSED_BYTES_MAX);
    match tokio::time::timeout(BODY_TIMEOUT, read).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(error)) if is_limit(&error) => Err(too_large()),
        Ok(Err(error)) => {
            Err(ApiError::new(ProblemCode::BadRequest, format!("the body did not come whole ({error}); send it again")))
        }
        Err(_) => {
            let seconds = BODY_TIMEOUT.as_secs();
            Err(ApiError::new(
                ProblemCode::Busy,
                format!("the body did not come within {seconds} s; send a smaller batch"),
            ))
        }
    }
}

fn is_limit(error: &axum::Error) -> bool {
    let mut deepest: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = deepest {
        if error.to_string().contains("length limit exceeded") {
            return true;
        }
        deepest = error.source();
    }
    false
}

fn too_large() -> ApiError {
    let max = BATCH_COMPRESSED_BYTES_MAX;
    ApiError::new(
        ProblemCode::TooLarge,
        format!("a batch is at most {max} bytes compressed; nothing was taken in, send fewer events"),
    )
}

impl From<ReadError> for ApiError {
    fn from(error: ReadError) -> Self {
        let code = match error {
            ReadError::TooLong => ProblemCode::TooLarge,
            ReadError::WireVersion(_) => ProblemCode::WireVersion,
            ReadError::Compression(_) | ReadError::Form(_) => ProblemCode::BadRequest,
            ReadError::NoRoom => ProblemCode::Busy,
        };
        Self::new(code, error.to_string())
    }
}

impl From<PushError> for ApiError {
    fn from(error: PushError) -> Self {
        let message = error.to_string();
        match error {
            PushError::UnknownTerminal => Self::new(ProblemCode::UnknownTerminal, message),
            PushError::Signature => Self::new(ProblemCode::BadSignature, message),
            PushError::Gap(epoch, seq, hash) => Self::new(ProblemCode::Gap, message).at_head(epoch, seq, hash),
            PushError::EpochClosed { epoch, agreed, hash, .. } => {
                Self::new(ProblemCode::EpochClosed, message).at_head(epoch, agreed, hash)
            }
            PushError::Store(error) => error.into(),
        }
    }
}
