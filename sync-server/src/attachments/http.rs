//! `HEAD` and `PUT /v1/attachments/{sha256}`, resumable; and the same photo for people, on the other listener.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use shared::chain::Hash;
use shared::wire::{
    ATTACHMENT_CHUNK_BYTES_MAX, AttachmentState, ProblemCode, UPLOAD_COMPLETE, UPLOAD_LENGTH, UPLOAD_OFFSET,
};

use super::AttachmentError;
use super::store::{self, Chunk, Owner};
use crate::http::error::ApiError;
use crate::http::state::AppState;
use crate::identity::caller::Caller;
use crate::people::{Actor, View};
use crate::store::StoreError;

/// How much of an attachment the server holds, in headers.
pub async fn head(
    State(state): State<AppState>,
    Path(name): Path<String>,
    Caller { terminal }: Caller,
) -> Result<Response, ApiError> {
    let hash = named(&name)?;
    let mut conn = state.store.read().await?;
    let owner = Owner { terminal: terminal.terminal, member: &terminal.member };
    let AttachmentState { offset, complete } = store::state(&mut conn, owner, hash).await?;
    let complete = if complete { "?1" } else { "?0" };
    Ok([(UPLOAD_OFFSET, offset.to_string()), (UPLOAD_COMPLETE, complete.to_owned())].into_response())
}

/// Takes one chunk. Its place and the length of the whole are in headers.
pub async fn put(
    State(state): State<AppState>,
    Path(name): Path<String>,
    Caller { terminal }: Caller,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<AttachmentState>, ApiError> {
    let body = body.map_err(|rejection| {
        let why =
            format!("the body cannot be taken in ({rejection}); a chunk is at most {ATTACHMENT_CHUNK_BYTES_MAX} bytes");
        ApiError::new(ProblemCode::TooLarge, why)
    })?;
    let hash = named(&name)?;
    let (offset, length) = (number(&headers, UPLOAD_OFFSET)?, number(&headers, UPLOAD_LENGTH)?);
    let now = state.clock.now();
    let mut tx = state.store.write().await?;
    let owner = Owner { terminal: terminal.terminal, member: &terminal.member };
    let taken = store::put(&mut tx, owner, &Chunk { hash, offset, length, body: &body }, now).await;
    match taken {
        // That the bytes were thrown away is a fact as well.
        Ok(_) | Err(AttachmentError::Mismatch { .. }) => tx.commit().await.map_err(StoreError::from)?,
        Err(_) => tx.rollback().await.map_err(StoreError::from)?,
    }
    Ok(Json(taken?))
}

/// A photo as people see it, who see the report that names it.
pub async fn picture(
    State(state): State<AppState>,
    actor: Actor,
    Path(name): Path<String>,
) -> Result<Response, ApiError> {
    let hash = named(&name)?;
    let mut conn = state.store.read().await?;
    let view = View::of(&mut conn, actor.scope()).await?;
    let found = if view.sees_photo(&mut conn, hash).await? { store::find(&mut conn, hash).await? } else { None };
    // Terminals keep JPEG alone; whatever else somebody sent is not shown.
    let Some(body) = found.filter(|body| body.starts_with(&[0xff, 0xd8, 0xff])) else {
        return Err(ApiError::new(ProblemCode::NotFound, "this photo is not here; it may be on its way".into()));
    };
    let headers = [
        (header::CONTENT_TYPE, "image/jpeg"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
    ];
    Ok((StatusCode::OK, headers, body).into_response())
}

fn named(name: &str) -> Result<Hash, ApiError> {
    let wrong =
        || ApiError::new(ProblemCode::BadRequest, "an attachment is named by its SHA-256, 64 hex digits".into());
    let bytes = hex::decode(name).map_err(|_| wrong())?;
    Ok(Hash::new(bytes.try_into().map_err(|_| wrong())?))
}

fn number(headers: &HeaderMap, name: &str) -> Result<u64, ApiError> {
    let value = headers.get(name).and_then(|value| value.to_str().ok()?.parse().ok());
    value.ok_or_else(|| ApiError::new(ProblemCode::BadRequest, format!("the header `{name}` is not a number of bytes")))
}

impl From<AttachmentError> for ApiError {
    fn from(error: AttachmentError) -> Self {
        let code = match error {
            AttachmentError::Store(error) => return error.into(),
            AttachmentError::Length(_) | AttachmentError::Chunk | AttachmentError::Quota => ProblemCode::TooLarge,
            AttachmentError::Beyond | AttachmentError::Mismatch { .. } => ProblemCode::BadRequest,
        };
        Self::new(code, error.to_string())
    }
}
