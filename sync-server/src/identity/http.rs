//! `POST /v1/enrol`, `POST /v1/enrol/status`, `POST /v1/renew`: open to everybody who reaches the listener, so everything that comes
//! is small, checked before it is looked up, and counted where it is wrong.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use serde::de::DeserializeOwned;
use shared::enrolment::{EnrolQuestion, EnrolRequest, EnrolState, RenewAnswer, RenewRequest};
use shared::wire::ProblemCode;

use super::enrolment::{self, EnrolError};
use super::renewal::{self, RenewError};
use crate::http::error::ApiError;
use crate::http::state::AppState;

/// A terminal asks to be enrolled.
pub async fn enrol(
    State(state): State<AppState>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<EnrolState>, ApiError> {
    let request: EnrolRequest = read(&state, body)?;
    answer(&state, enrolment::ask(&state.store, &state.identity, &request, state.clock.now()).await)
}

/// A terminal asks what became of it.
pub async fn status(
    State(state): State<AppState>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<EnrolState>, ApiError> {
    let question: EnrolQuestion = read(&state, body)?;
    answer(&state, enrolment::status(&state.store, &state.identity, &question).await)
}

/// A terminal wants a new certificate.
pub async fn renew(
    State(state): State<AppState>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<RenewAnswer>, ApiError> {
    let RenewRequest { terminal, proof } = parse(&body?)?;
    let now = state.clock.now();
    Ok(Json(renewal::renew(&state.store, &state.identity, terminal, proof.as_ref(), now).await?))
}

/// While too many wrong tokens came, none is looked at.
fn read<T: DeserializeOwned>(state: &AppState, body: Result<Bytes, BytesRejection>) -> Result<T, ApiError> {
    if let Some(seconds) = state.identity.tries.locked_s(state.clock.now()) {
        let message = format!("too many wrong invitations were tried here; try again in {seconds} s");
        return Err(ApiError::new(ProblemCode::TooManyTries, message).retry_after(seconds));
    }
    parse(&body?)
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|error| {
        ApiError::new(ProblemCode::BadRequest, format!("the body is not what this route takes: {error}"))
    })
}

fn answer(state: &AppState, asked: Result<EnrolState, EnrolError>) -> Result<Json<EnrolState>, ApiError> {
    if let Err(EnrolError::UnknownToken) = &asked {
        state.identity.tries.count_wrong(state.clock.now());
    }
    Ok(Json(asked?))
}

impl From<EnrolError> for ApiError {
    fn from(error: EnrolError) -> Self {
        let message = error.to_string();
        match error {
            EnrolError::UnknownToken
            | EnrolError::SpentToken(_)
            | EnrolError::OtherDevice(_)
            | EnrolError::Taken(_) => Self::new(ProblemCode::EnrolmentCode, message),
            EnrolError::Proof => Self::new(ProblemCode::BadSignature, message),
            EnrolError::Form => Self::new(ProblemCode::BadRequest, message),
            EnrolError::Store(error) => error.into(),
        }
    }
}

impl From<RenewError> for ApiError {
    fn from(error: RenewError) -> Self {
        let message = error.to_string();
        match error {
            RenewError::UnknownTerminal => Self::new(ProblemCode::UnknownTerminal, message),
            RenewError::Revoked => Self::new(ProblemCode::Revoked, message),
            RenewError::Nonce | RenewError::Signature => Self::new(ProblemCode::BadSignature, message),
            RenewError::Key(error) => {
                tracing::error!(%error, "a certificate could not be made");
                let message = "the server could not make a certificate now; ask again later";
                Self::new(ProblemCode::Internal, message.to_owned())
            }
            RenewError::Store(error) => error.into(),
        }
    }
}
