//! One error for all handlers, one match to a status. Internals are logged once, here, and never sent.

use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use shared::chain::Hash;
use shared::ids::EpochId;
use shared::wire::{Problem, ProblemCode};

use crate::people::refusal::RETRY_AFTER_S;
use crate::store::StoreError;

/// A refusal on its way out.
#[derive(Debug)]
pub struct ApiError(Problem, u64);

/// The word of a refusal, beside its answer: for those who count.
#[derive(Clone, Debug)]
pub struct RefusedAs(pub String);

impl ApiError {
    /// A refusal with its word for programs and its sentence for people.
    #[must_use]
    pub const fn new(code: ProblemCode, message: String) -> Self {
        Self(Problem { code, message, head: None }, RETRY_AFTER_S)
    }

    /// The same, to be tried again after so many seconds (`busy`, `too-many-tries`).
    #[must_use]
    pub const fn retry_after(mut self, seconds: u64) -> Self {
        self.1 = seconds;
        self
    }

    /// The refusal itself, where it travels inside another answer.
    #[must_use]
    pub fn into_problem(self) -> Problem {
        self.0
    }

    /// The same, saying where the server's chain of the epoch stands.
    #[must_use]
    pub const fn at_head(mut self, epoch: EpochId, seq: u64, hash: Hash) -> Self {
        self.0.head = Some((epoch, seq, hash));
        self
    }
}

impl From<BytesRejection> for ApiError {
    fn from(rejection: BytesRejection) -> Self {
        let code = match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => ProblemCode::TooLarge,
            _ => ProblemCode::BadRequest,
        };
        Self::new(
            code,
            format!("the body cannot be taken in ({rejection}); send it again, and shorter if it is too long"),
        )
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a request failed on the database");
        if error.is_passing() {
            return Self::new(
                ProblemCode::Busy,
                "the database does not take this in at the moment; send it again in a while, nothing is lost".into(),
            );
        }
        Self::new(
            ProblemCode::Internal,
            "the server could not store this now; nothing was taken in, send it again".into(),
        )
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = match self.0.code {
            ProblemCode::BadRequest | ProblemCode::WireVersion | ProblemCode::Other => StatusCode::BAD_REQUEST,
            ProblemCode::BadSignature | ProblemCode::CertificateExpired | ProblemCode::CertificateRequired => {
                StatusCode::UNAUTHORIZED
            }
            ProblemCode::UnknownTerminal
            | ProblemCode::Revoked
            | ProblemCode::EnrolmentCode
            | ProblemCode::WrongTerminal => StatusCode::FORBIDDEN,
            ProblemCode::NotFound => StatusCode::NOT_FOUND,
            ProblemCode::Gap | ProblemCode::EpochClosed => StatusCode::CONFLICT,
            ProblemCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ProblemCode::TooManyTries => StatusCode::TOO_MANY_REQUESTS,
            ProblemCode::Busy => StatusCode::SERVICE_UNAVAILABLE,
            ProblemCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let word = serde_json::to_value(self.0.code).ok().and_then(|word| word.as_str().map(ToOwned::to_owned));
        let as_word = axum::Extension(RefusedAs(word.unwrap_or_default()));
        if matches!(self.0.code, ProblemCode::Busy | ProblemCode::TooManyTries) {
            return (status, as_word, [(header::RETRY_AFTER, self.1.to_string())], Json(self.0)).into_response();
        }
        (status, as_word, Json(self.0)).into_response()
    }
}
