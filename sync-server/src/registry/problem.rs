//! Refusals of the registry as `application/problem+json` (RFC 9457), with every faulty field at once.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::fault::Fault;
use super::outcome::EditError;
use crate::export::ExportError;
use crate::import::{ImportError, Report};
use crate::packs::PackFileError;
use crate::people::refusal::{LATER, RETRY_AFTER_S};
use crate::store::StoreError;

/// A refusal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Problem {
    /// Which kind, for programs: `urn:tallyman:problem:…`.
    #[serde(rename = "type")]
    kind: String,
    /// The kind, for people.
    title: &'static str,
    /// The status, as in the answer's first line.
    status: u16,
    /// What is wrong here, and what to do.
    detail: String,
    /// Every faulty field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Fault>,
    /// What an import found.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<Box<Report>>,
}

impl Problem {
    /// A refusal of a kind.
    #[must_use]
    pub fn new(status: StatusCode, kind: &str, title: &'static str, detail: impl Into<String>) -> Self {
        let kind = format!("urn:tallyman:problem:{kind}");
        Self { kind, title, status: status.as_u16(), detail: detail.into(), errors: Vec::new(), report: None }
    }

    /// Fields are faulty.
    #[must_use]
    pub fn faults(errors: Vec<Fault>) -> Self {
        let detail = "nothing was stored; mend the fields that `errors` names and send it again";
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "The record cannot be taken", detail) }
    }

    /// There is no such thing.
    #[must_use]
    pub fn missing(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is no such record", detail)
    }

    /// The question cannot be read.
    #[must_use]
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", "The request cannot be read", detail)
    }

    /// The record is another one than the asker saw.
    #[must_use]
    pub fn stale(now: &str) -> Self {
        let detail = format!(
            "the record was changed by somebody else: it is {now} now. Get it again, look at the difference, and send your change with that tag"
        );
        Self::new(StatusCode::PRECONDITION_FAILED, "stale", "The record was changed meanwhile", detail)
    }

    /// Nothing says which version is meant.
    #[must_use]
    pub fn unconditional() -> Self {
        let detail = "the record is there already: say with `If-Match` which version you saw (its ETag), so that nobody's change is lost";
        Self::new(StatusCode::PRECONDITION_REQUIRED, "precondition-required", "`If-Match` is missing", detail)
    }

    fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(%error, "a request to the registry failed");
        let detail = "the server could not do this now; nothing was stored, send it again";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The server failed", detail)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if error.is_passing() {
            tracing::error!(%error, "a request to the registry failed on the database");
            return Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "The database takes nothing in", LATER);
        }
        Self::internal(&error)
    }
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::TooLong => Self::bad_request(error.to_string()),
            other => Self::internal(&other),
        }
    }
}

impl From<EditError> for Problem {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Faults(faults) => Self::faults(faults),
            EditError::Missing { .. } => Self::missing(error.to_string()),
            EditError::Foreign { .. } => {
                Self::new(StatusCode::FORBIDDEN, "role", "This is not yours to change", error.to_string())
            }
            EditError::Store(error) => error.into(),
        }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        let status = match error {
            ImportError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            ImportError::Store(error) | ImportError::Pack(PackFileError::Store(error)) => return error.into(),
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let problem = Self::new(status, "import", "The file was not imported", error.to_string());
        match error {
            ImportError::Faults(report) => Self { report: Some(Box::new(report)), ..problem },
            _ => problem,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], Json(self)).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER_S.into());
        }
        response
    }
}
