//! The console's addresses.

use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;
use shared::reference::References;
use shared::trail::{History, Index};
use sqlx::SqliteConnection;

use super::detail::{EvidenceRow, detail};
use super::layout::{DataLine, page};
use super::list::{Filter, Row, encoded, list};
use super::words::Lang;
use crate::http::error::ApiError;
use crate::http::state::AppState;
use crate::store::event::Facts;
use crate::store::mismatch::StoredMismatch;
use crate::store::{self, StoreError, terminal::Terminal};

/// Scripts and styles from this server only, nothing inline: a label's text can do nothing here.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What the list's address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    lang: Lang,
    show: Filter,
}

/// What a mismatch's address says.
#[derive(Debug, Deserialize)]
pub struct DetailQuery {
    #[serde(default)]
    lang: Lang,
    kind: String,
    subject: String,
}

/// The list of mismatches.
pub async fn mismatches(State(state): State<AppState>, Query(query): Query<ListQuery>) -> Result<Response, ApiError> {
    let mut conn = state.store.read().await?;
    let all = store::mismatch::list(&mut conn).await?;
    let terminals = store::terminal::list(&mut conn).await?;
    let references = store::reference::load_all(&mut conn).await?;
    let data = data_line(&state, &all, &terminals);
    let mut rows = Vec::new();
    for found in all.into_iter().filter(|found| query.show.shows(found.state)) {
        rows.push(with_evidence(&mut conn, found, &terminals).await?);
    }
    let title = query.lang.pick("不符", "Mismatches");
    let toggle = format!("/?lang={}&show={}", other(query.lang).as_str(), query.show.as_str());
    let content = list(query.lang, query.show, &rows, &references);
    Ok(respond(StatusCode::OK, &page(query.lang, title, &data, &toggle, &content)))
}

/// One mismatch.
pub async fn mismatch(State(state): State<AppState>, Query(query): Query<DetailQuery>) -> Result<Response, ApiError> {
    let mut conn = state.store.read().await?;
    let all = store::mismatch::list(&mut conn).await?;
    let terminals = store::terminal::list(&mut conn).await?;
    let references = store::reference::load_all(&mut conn).await?;
    let data = data_line(&state, &all, &terminals);
    let wanted =
        |found: &&StoredMismatch| found.mismatch.kind.slug() == query.kind && found.mismatch.subject.0 == query.subject;
    let toggle = format!(
        "/mismatch?lang={}&kind={}&subject={}",
        other(query.lang).as_str(),
        encoded(&query.kind),
        encoded(&query.subject)
    );
    let Some(found) = all.iter().find(wanted).cloned() else {
        return Ok(respond(StatusCode::NOT_FOUND, &page(query.lang, "404", &data, &toggle, &nothing_here(query.lang))));
    };
    let title = query.lang.of(found.mismatch.kind.info().title);
    let row = with_evidence(&mut conn, found, &terminals).await?;
    let (history, family) = family_history(&mut conn, &row).await?;
    let index = Index::new(&history, &family);
    let trail = row.found.mismatch.codes.first().map(|code| index.trail(code)).unwrap_or_default();
    let content = detail(query.lang, &row, &trail, &references);
    Ok(respond(StatusCode::OK, &page(query.lang, title, &data, &toggle, &content)))
}

/// The stylesheet.
pub async fn stylesheet() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("console.css"))
}

/// Any other address.
pub async fn not_found(State(state): State<AppState>) -> Result<Response, ApiError> {
    let mut conn = state.store.read().await?;
    let all = store::mismatch::list(&mut conn).await?;
    let terminals = store::terminal::list(&mut conn).await?;
    let data = data_line(&state, &all, &terminals);
    Ok(respond(StatusCode::NOT_FOUND, &page(Lang::Zh, "404", &data, "/?lang=en", &nothing_here(Lang::Zh))))
}

fn nothing_here(lang: Lang) -> Markup {
    html! {
        p.empty { (lang.pick("此处没有内容。", "There is nothing at this address. "))
            a href={ "/?lang=" (lang.as_str()) } { (lang.pick("打开不符列表", "Open the mismatches")) } }
    }
}

const fn other(lang: Lang) -> Lang {
    match lang {
        Lang::Zh => Lang::En,
        Lang::En => Lang::Zh,
    }
}

fn respond(status: StatusCode, page: &Markup) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, Html(page.0.clone())).into_response()
}

fn data_line(state: &AppState, all: &[StoredMismatch], terminals: &[Terminal]) -> DataLine {
    DataLine {
        as_of: state.clock.now(),
        behind: terminals.iter().filter(|terminal| terminal.reached_at.is_none()).count(),
        live: all.iter().filter(|found| found.state.is_live()).count(),
    }
}

async fn with_evidence(
    conn: &mut SqliteConnection,
    found: StoredMismatch,
    terminals: &[Terminal],
) -> Result<Row, StoreError> {
    let mut evidence = Vec::new();
    for by in &found.mismatch.events {
        let named = terminals.iter().find(|terminal| terminal.terminal == by.terminal);
        let terminal = named.map_or_else(|| by.terminal.to_string(), |terminal| terminal.name.clone());
        evidence.push(EvidenceRow { by: *by, terminal, evidence: store::mismatch::evidence(conn, *by).await? });
    }
    Ok(Row { found, evidence })
}

async fn family_history(conn: &mut SqliteConnection, row: &Row) -> Result<(History, References), StoreError> {
    let mut references = References::default();
    let family = store::code::load_families(conn, &row.found.mismatch.codes, &mut references).await?;
    let mut facts = Facts::new();
    store::event::of_codes(conn, &family, &mut facts).await?;
    store::event::about_found(conn, &mut facts).await?;
    Ok((History { facts: facts.into_values().collect(), ..History::default() }, references))
}
