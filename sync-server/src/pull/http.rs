//! `GET /v1/changes?since=POSITION&resume=TEXT&ledger=UUID&wire=VERSION&server=DIGEST&left=true` and `GET /v1/codes/KEY`.

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use shared::code::CodeKey;
use shared::wire::{Change, ChangesPage, CodeAnswer, ProblemCode, Record, SignedServer};
use uuid::Uuid;

use super::look_up::look_up;
use super::{Resume, Start, visible};
use crate::http::error::ApiError;
use crate::http::state::AppState;
use crate::identity::caller::Caller;
use crate::store::StoreError;

/// Where to go on.
#[derive(Debug, Deserialize)]
pub struct Asked {
    /// Position of the last page's end.
    #[serde(default)]
    since: u64,
    /// The ledger that the position belongs to.
    ledger: Option<Uuid>,
    /// Where within a position to go on.
    resume: Option<String>,
    /// The newest wire version that who asks reads; 1 where it does not say.
    #[serde(default = "first_wire")]
    wire: u16,
    /// Digest of the server's record that who asks holds.
    server: Option<String>,
    /// Whether who asks wants to know how many records are left after the page.
    #[serde(default)]
    left: bool,
}

const fn first_wire() -> u16 {
    1
}

/// Clients before this wire version do not know the server's record.
const SERVER_RECORD_WIRE: u16 = 3;

/// Clients before this wire version know neither namespaces of codes nor grammars.
const CODES_WIRE: u16 = 3;

/// Clients before this wire version do not know positions in pieces.
const PIECES_WIRE: u16 = 3;

/// One page of what the asking terminal's member may see.
pub async fn changes(
    State(state): State<AppState>,
    Query(query): Query<Asked>,
    caller: Caller,
) -> Result<Json<ChangesPage>, ApiError> {
    let terminal = caller.terminal;
    let resume = query.resume.as_deref().map(str::parse::<Resume>).transpose();
    let resume = resume.map_err(|error| ApiError::new(ProblemCode::BadRequest, error.to_string()))?;
    let now = state.clock.now();
    // One snapshot: a page whose cursor is older or newer than its records would skip some.
    let mut snapshot = state.store.snapshot().await?;
    let in_pieces = query.wire >= PIECES_WIRE;
    let start = Start { ledger: query.ledger, since: query.since, resume, in_pieces, counts: query.left };
    let page = super::changes(&mut snapshot, &state.references, &terminal.member, start, now).await?;
    snapshot.rollback().await.map_err(StoreError::from)?;
    let mut page = visible::for_site(page, &terminal.site);
    if query.wire < CODES_WIRE {
        page.changes.retain(|change| !matches!(change.record, Record::Namespace(_) | Record::Grammars(_)));
    }
    if query.wire >= SERVER_RECORD_WIRE {
        let record = state.identity.record();
        if query.server != Some(record.digest().map_err(StoreError::from)?) {
            let signed = SignedServer::sign(record, &state.keys.ack).map_err(StoreError::from)?;
            page.changes.push(Change { position: page.cursor, record: Record::Server(signed) });
        }
    }
    Ok(Json(page))
}

/// What the asking terminal's member may know of one code.
pub async fn code(
    State(state): State<AppState>,
    Path(key): Path<String>,
    caller: Caller,
) -> Result<Json<CodeAnswer>, ApiError> {
    let Some(key) = CodeKey::from_hex(&key) else {
        let message = "a code is asked for by its key: 32 hex digits, docs/protocol.md says of what";
        return Err(ApiError::new(ProblemCode::BadRequest, message.to_owned()));
    };
    let mut snapshot = state.store.snapshot().await?;
    let asked = (&caller.terminal.member, &key);
    let answer = look_up(&mut snapshot, &state.references, asked, state.clock.now()).await?;
    snapshot.rollback().await.map_err(StoreError::from)?;
    Ok(Json(answer))
}
