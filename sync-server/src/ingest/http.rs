//! `POST /v1/batches`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use shared::wire::{BATCH_COMPRESSED_BYTES_MAX, ProblemCode, PushReply};

use super::{PushError, ReadError, push as take_in, read};
use crate::http::error::ApiError;
use crate::http::state::AppState;
use crate::identity::caller::Shown;

/// Takes a batch in and answers each event on its own. Authority is the batch's signature; no certificate is needed, but a foreign
/// one is refused.
pub async fn push(
    State(state): State<AppState>,
    shown: Shown,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<PushReply>, ApiError> {
    let body = body?;
    let batch = read(&body)?;
    shown.may_speak_for(&state, batch.header.terminal).await?;
    let reply = take_in(&state.store, &state.keys.ack, &batch, &body, state.clock.now()).await?;
    Ok(Json(reply))
}

impl From<BytesRejection> for ApiError {
    fn from(rejection: BytesRejection) -> Self {
        let code = match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => ProblemCode::TooLarge,
            _ => ProblemCode::BadRequest,
        };
        let max = BATCH_COMPRESSED_BYTES_MAX;
        Self::new(code, format!("the body cannot be taken in ({rejection}); a batch is at most {max} bytes compressed"))
    }
}

impl From<ReadError> for ApiError {
    fn from(error: ReadError) -> Self {
        let code = match error {
            ReadError::TooLong => ProblemCode::TooLarge,
            ReadError::WireVersion(_) => ProblemCode::WireVersion,
            ReadError::Compression(_) | ReadError::Form(_) => ProblemCode::BadRequest,
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
            PushError::EpochClosed(epoch, seq, hash) => {
                Self::new(ProblemCode::EpochClosed, message).at_head(epoch, seq, hash)
            }
            PushError::Store(error) => error.into(),
        }
    }
}
