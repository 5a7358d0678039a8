//! `POST /v1/sealed`.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use shared::ids::TerminalId;
use shared::wire::ProblemCode;
use shared::wire::sealed::{Answers, PARCEL_BYTES_MAX, ParcelError};
use tokio::sync::Semaphore;

use super::{SealedError, deliver, take_waiting};
use crate::http::error::ApiError;
use crate::http::state::AppState;
use crate::identity::caller::Caller;

/// Parcels that are read and opened at one time, at most: each may take megabytes.
const AT_ONCE: usize = 4;

/// How long a parcel may take to come: a sender that trickles must not keep its place for ever.
const BODY_TIMEOUT: Duration = Duration::from_mins(3);

static PLACES: Semaphore = Semaphore::const_new(AT_ONCE);

/// Takes a parcel in, whoever carried it. Its room is taken before its body is read.
pub async fn sealed(
    State(state): State<AppState>,
    carrier: Option<Caller>,
    request: Request,
) -> Result<Json<Answers>, ApiError> {
    let busy =
        || ApiError::new(ProblemCode::Busy, "other parcels are being taken in; deliver this one a little later".into());
    let _place = PLACES.try_acquire().map_err(|_| busy())?;
    let body = tokio::time::timeout(BODY_TIMEOUT, Bytes::from_request(request, &())).await.map_err(|_| too_slow())?;
    let body = body.map_err(|rejection| too_long(&rejection))?;
    let carrier = carrier.map(|Caller { terminal }| terminal.terminal);
    let keys = (&state.keys.ack, &state.keys.sealed);
    let answers = deliver(&state.store, keys, body.to_vec(), carrier, state.clock.now()).await?;
    Ok(Json(answers))
}

/// After a batch of a terminal came live: takes in what of it had come sealed before and waited. The batch is stored whatever becomes
/// of this; the sweep tries again.
pub(crate) async fn follow(state: &AppState, terminal: TerminalId) {
    let taken = take_waiting(&state.store, &state.keys.ack, terminal, state.clock.now()).await;
    if let Err(error) = taken {
        tracing::error!(%terminal, %error, "batches that wait for earlier ones could not be looked at; tried again later");
    }
}

fn too_slow() -> ApiError {
    let seconds = BODY_TIMEOUT.as_secs();
    ApiError::new(ProblemCode::Busy, format!("the parcel did not come within {seconds} s; deliver it again"))
}

fn too_long(rejection: &BytesRejection) -> ApiError {
    let code = match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ProblemCode::TooLarge,
        _ => ProblemCode::BadRequest,
    };
    ApiError::new(
        code,
        format!("the body cannot be taken in ({rejection}); a parcel is at most {PARCEL_BYTES_MAX} bytes"),
    )
}

impl From<SealedError> for ApiError {
    fn from(error: SealedError) -> Self {
        let code = match &error {
            SealedError::Form(ParcelError::TooLong) => ProblemCode::TooLarge,
            SealedError::Form(_) | SealedError::Sealed | SealedError::Inside(_) => ProblemCode::BadRequest,
            SealedError::Store(_) => ProblemCode::Internal,
        };
        match error {
            SealedError::Store(error) => error.into(),
            other => Self::new(code, other.to_string()),
        }
    }
}
