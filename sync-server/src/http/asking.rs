//! Which terminal asks, where a request carries no signed batch.

use axum::http::{HeaderMap, Method, Uri};
use shared::wire::{ProblemCode, REQUEST_HEADER, RequestSignature};
use sqlx::SqliteConnection;

use super::error::ApiError;
use crate::store::{self, terminal::Terminal};

/// The terminal that signed a request, if it may ask anything: enrolled here and not revoked.
pub async fn terminal(
    conn: &mut SqliteConnection,
    (method, uri, headers): (&Method, &Uri, &HeaderMap),
) -> Result<Terminal, ApiError> {
    let unsigned =
        || ApiError::new(ProblemCode::BadSignature, format!("the header `{REQUEST_HEADER}` does not prove a terminal"));
    let header = headers.get(REQUEST_HEADER).and_then(|value| value.to_str().ok()).ok_or_else(unsigned)?;
    let signature: RequestSignature = header.parse().map_err(|_| unsigned())?;
    let terminal = store::terminal::find(conn, signature.terminal).await?.ok_or_else(|| {
        ApiError::new(ProblemCode::UnknownTerminal, "this terminal is not enrolled on this server".into())
    })?;
    let target = uri.path_and_query().map_or("", |target| target.as_str());
    if !signature.verifies(method.as_str(), target, &terminal.public_key) {
        return Err(unsigned());
    }
    if terminal.revoked_at.is_some() {
        return Err(ApiError::new(ProblemCode::Revoked, "this terminal was revoked; ask the supervisor".into()));
    }
    Ok(terminal)
}
