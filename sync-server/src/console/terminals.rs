//! `/terminals`: who is enrolled, who asks to be, and the two decisions on it.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::enrolment::CheckCode;
use shared::ids::TerminalId;

use super::layout::page;
use super::origin;
use super::pages::{data_line, other, respond};
use super::terminals_view::{TerminalsPage, terminals as view};
use super::words::Lang;
use crate::http::error::ApiError;
use crate::http::state::AppState;
use crate::identity::enrolment::{self, DecideError};
use crate::store::{self, StoreError};

/// Who acts, as the acts on identities say it.
const BY: &str = "console";

/// What the page's address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TerminalsQuery {
    lang: Lang,
    /// What the last decision came to, where it could not be carried out.
    failed: bool,
}

/// The page.
pub async fn terminals(
    State(state): State<AppState>,
    Query(query): Query<TerminalsQuery>,
) -> Result<Response, ApiError> {
    let now = state.clock.now();
    let mut conn = state.store.read().await?;
    let enrolled = store::terminal::list(&mut conn).await?;
    let all = store::mismatch::list(&mut conn).await?;
    let data = data_line(&state, &all, &enrolled);
    let shown = TerminalsPage {
        pending: enrolment::pending(&mut conn, now).await?,
        enrolled,
        certificates: store::certificate::ends(&mut conn).await?,
        contacts: store::certificate::contacts(&mut conn).await?,
        references: store::reference::load_all(&mut conn).await?,
        failed: query.failed,
        now,
    };
    let title = query.lang.pick("终端", "Terminals");
    let toggle = format!("/terminals?lang={}", other(query.lang).as_str());
    Ok(respond(StatusCode::OK, &page(query.lang, title, &data, &toggle, &view(query.lang, &shown))))
}

/// Approves the asking that the page showed with this code.
pub async fn approve(
    State(state): State<AppState>,
    Path((terminal, code)): Path<(String, String)>,
    Query(query): Query<TerminalsQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if !origin::is_own(&headers) {
        return Ok(foreign());
    }
    let asked: (Result<TerminalId, _>, Result<CheckCode, _>) = (terminal.parse(), code.parse());
    let (Ok(terminal), Ok(code)) = asked else { return Ok(back(query.lang, false)) };
    let mut tx = state.store.write().await?;
    let decided = enrolment::approve(&mut tx, &state.identity, (terminal, code), BY, state.clock.now()).await;
    if decided.is_ok() {
        tx.commit().await.map_err(StoreError::from)?;
    }
    answer(query.lang, decided)
}

/// Refuses the askings of a terminal.
pub async fn refuse(
    State(state): State<AppState>,
    Path(terminal): Path<String>,
    Query(query): Query<TerminalsQuery>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if !origin::is_own(&headers) {
        return Ok(foreign());
    }
    let Ok(terminal) = terminal.parse() else { return Ok(back(query.lang, false)) };
    let mut tx = state.store.write().await?;
    let decided = enrolment::refuse(&mut tx, terminal, BY, state.clock.now()).await;
    if decided.is_ok() {
        tx.commit().await.map_err(StoreError::from)?;
    }
    answer(query.lang, decided)
}

fn answer(lang: Lang, decided: Result<(), DecideError>) -> Result<Response, ApiError> {
    match decided {
        Ok(()) => Ok(back(lang, true)),
        Err(DecideError::NotPending(_)) => Ok(back(lang, false)),
        Err(DecideError::Store(error)) => Err(error.into()),
        Err(DecideError::Key(error)) => {
            tracing::error!(%error, "a certificate could not be made");
            Ok(back(lang, false))
        }
    }
}

fn back(lang: Lang, done: bool) -> Response {
    let failed = if done { "" } else { "&failed=true" };
    let to = format!("/terminals?lang={}{failed}", lang.as_str());
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

fn foreign() -> Response {
    let said = "This can be done from the console's own page only. 只能在控制台页面内操作。\n";
    (StatusCode::FORBIDDEN, said).into_response()
}
