//! `/terminals`: who is enrolled, who asks to be, and the two decisions on it.

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::enrolment::CheckCode;
use shared::ids::TerminalId;
use shared::time::Timestamp;
use sqlx::AnyConnection;

use super::layout::page;
use super::pages::{data_line, respond};
use super::terminals_view::{TerminalsPage, terminals as view_of};
use super::words::Lang;
use crate::http::state::AppState;
use crate::identity::enrolment::{self, DecideError};
use crate::people::{Actor, Refusal, Right, View};
use crate::store;
use crate::store::identity::Enrolment;

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
    actor: Actor,
    Query(query): Query<TerminalsQuery>,
) -> Result<Response, Refusal> {
    let now = state.clock.now();
    let mut conn = state.store.read().await?;
    let view = View::of(&mut conn, actor.scope()).await?;
    let data = data_line(&state, &mut conn, &view, &actor).await?;
    let mut pending = enrolment::pending(&mut conn, now).await?;
    pending.retain(|found| view.sees_member(&found.invitation.member));
    let shown = TerminalsPage {
        pending,
        certificates: store::certificate::ends(&mut conn).await?,
        contacts: store::certificate::contacts(&mut conn).await?,
        enrolled: view.terminals,
        references: view.references,
        failed: query.failed,
        csrf: actor.has(Right::Terminals).then(|| actor.csrf()),
        now,
    };
    let title = query.lang.pick("终端", "Terminals");
    let toggle = format!("/terminals?lang={}", query.lang.other().as_str());
    Ok(respond(StatusCode::OK, &page(query.lang, title, &data, &toggle, &view_of(query.lang, &shown))))
}

/// Approves the asking that the page showed with this code.
pub async fn approve(
    State(state): State<AppState>,
    actor: Actor,
    Path((terminal, code)): Path<(String, String)>,
    Query(query): Query<TerminalsQuery>,
) -> Result<Response, Refusal> {
    let asked: (Result<TerminalId, _>, Result<CheckCode, _>) = (terminal.parse(), code.parse());
    let (Ok(terminal), Ok(code)) = asked else { return Ok(back(query.lang, false)) };
    let mut tx = state.store.write().await?;
    if let Err(refusal) = may_decide(&mut tx, &actor, terminal, state.clock.now()).await {
        tx.rollback().await?;
        return Err(refusal);
    }
    let decided = enrolment::approve(&mut tx, &state.identity, (terminal, code), &actor, state.clock.now()).await;
    answer(query.lang, store::end(tx, decided).await)
}

/// Refuses the askings of a terminal.
pub async fn refuse(
    State(state): State<AppState>,
    actor: Actor,
    Path(terminal): Path<String>,
    Query(query): Query<TerminalsQuery>,
) -> Result<Response, Refusal> {
    let Ok(terminal) = terminal.parse() else { return Ok(back(query.lang, false)) };
    let mut tx = state.store.write().await?;
    if let Err(refusal) = may_decide(&mut tx, &actor, terminal, state.clock.now()).await {
        tx.rollback().await?;
        return Err(refusal);
    }
    let decided = enrolment::refuse(&mut tx, terminal, &actor, state.clock.now()).await;
    answer(query.lang, store::end(tx, decided).await)
}

/// Another member's asking is not there for this actor.
async fn may_decide(
    conn: &mut AnyConnection,
    actor: &Actor,
    terminal: TerminalId,
    now: Timestamp,
) -> Result<(), Refusal> {
    let view = View::of(conn, actor.scope()).await?;
    let of_terminal = |found: &&Enrolment| found.asked.as_ref().is_some_and(|asked| asked.terminal == terminal);
    let pending = enrolment::pending(conn, now).await?;
    let mut foreign = pending.iter().filter(of_terminal).filter(|found| !view.sees_member(&found.invitation.member));
    if foreign.next().is_some() { Err(Refusal::NotFound) } else { Ok(()) }
}

fn answer(lang: Lang, decided: Result<(), DecideError>) -> Result<Response, Refusal> {
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
