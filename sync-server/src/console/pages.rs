//! The console's addresses.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;
use shared::event::Act;
use shared::reference::References;
use shared::time::{HOUR_MS, Timestamp};
use shared::trail::{History, Index, Scan};
use sqlx::AnyConnection;

use super::detail::detail;
use super::evidence::{EVENTS_SHOWN, EvidenceRow, Row};
use super::layout::{DataLine, page};
use super::list::{Chosen, Filter, ListPage, detail_address, list};
use super::words::Lang;
use crate::attachments;
use crate::http::error::ApiError;
use crate::http::state::AppState;
use crate::store::event::Facts;
use crate::store::mismatch::StoredMismatch;
use crate::store::{self, StoreError, terminal::Terminal};

/// Scripts and styles from this server only, nothing inline: a label's text can do nothing here.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// What the list's address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    lang: Lang,
    show: Filter,
    kind: Option<String>,
}

/// What a mismatch's address says after its path.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct DetailQuery {
    lang: Lang,
}

/// Rows of one page of the list; more than a person reads before narrowing it down by a filter.
const ROWS_MAX: usize = 100;

/// The list of mismatches.
pub async fn mismatches(State(state): State<AppState>, Query(query): Query<ListQuery>) -> Result<Response, ApiError> {
    let mut conn = state.store.read().await?;
    let all = store::mismatch::list(&mut conn).await?;
    let terminals = store::terminal::list(&mut conn).await?;
    let references = store::reference::load_all(&mut conn).await?;
    let data = data_line(&state, &all, &terminals);
    let chosen = Chosen { show: query.show, kind: query.kind.as_deref().and_then(|slug| slug.parse().ok()) };
    let shown: Vec<StoredMismatch> = all.into_iter().filter(|found| chosen.show.shows(found.state)).collect();
    let mut kinds = BTreeMap::new();
    for found in &shown {
        *kinds.entry(found.mismatch.kind).or_default() += 1;
    }
    let wanted = |found: &StoredMismatch| chosen.kind.is_none_or(|kind| found.mismatch.kind == kind);
    let shown: Vec<StoredMismatch> = shown.into_iter().filter(wanted).collect();
    let beyond = shown.len().saturating_sub(ROWS_MAX);
    let mut rows = Vec::new();
    for found in shown.into_iter().take(ROWS_MAX) {
        rows.push(with_evidence(&mut conn, found, &terminals).await?);
    }
    let title = query.lang.pick("不符", "Mismatches");
    let toggle = chosen.address(other(query.lang));
    let content = list(query.lang, &ListPage { chosen, kinds, rows, beyond }, &references);
    Ok(respond(StatusCode::OK, &page(query.lang, title, &data, &toggle, &content)))
}

/// One mismatch.
pub async fn mismatch(
    State(state): State<AppState>,
    Path((kind, subject)): Path<(String, String)>,
    Query(query): Query<DetailQuery>,
) -> Result<Response, ApiError> {
    let mut conn = state.store.read().await?;
    let all = store::mismatch::list(&mut conn).await?;
    let terminals = store::terminal::list(&mut conn).await?;
    let references = store::reference::load_all(&mut conn).await?;
    let data = data_line(&state, &all, &terminals);
    let wanted = |found: &&StoredMismatch| found.mismatch.kind.slug() == kind && found.mismatch.subject.0 == subject;
    let toggle = detail_address(other(query.lang), &kind, &subject);
    let Some(found) = all.iter().find(wanted).cloned() else {
        return Ok(respond(StatusCode::NOT_FOUND, &page(query.lang, "404", &data, &toggle, &nothing_here(query.lang))));
    };
    let title = query.lang.of(found.mismatch.kind.info().title);
    let row = with_evidence(&mut conn, found, &terminals).await?;
    let (history, family) = family_history(&mut conn, &row).await?;
    let index = Index::new(&history, &family);
    // Of several packages the trail of the first is shown; a scan of the case that held it is inferred.
    let code = row.found.mismatch.codes.first().and_then(|code| index.number(code));
    let trail: Vec<(&Scan<'_>, bool)> =
        code.into_iter().flat_map(|code| index.trail_of(code).map(move |scan| (scan, scan.code == Ok(code)))).collect();
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

pub(super) const fn other(lang: Lang) -> Lang {
    match lang {
        Lang::Zh => Lang::En,
        Lang::En => Lang::Zh,
    }
}

pub(super) fn respond(status: StatusCode, page: &Markup) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, Html(page.0.clone())).into_response()
}

pub(super) fn data_line(state: &AppState, all: &[StoredMismatch], terminals: &[Terminal]) -> DataLine {
    let now = state.clock.now();
    DataLine {
        as_of: now,
        behind: terminals.iter().filter(|terminal| is_behind(terminal, now)).count(),
        live: all.iter().filter(|found| found.state.is_live()).count(),
    }
}

/// In use, and nothing came from it for a day: what it scanned since is not judged here yet.
fn is_behind(terminal: &Terminal, now: Timestamp) -> bool {
    terminal.revoked_at.is_none() && terminal.reached_at.is_none_or(|reached| reached.plus_ms(24 * HOUR_MS) < now)
}

/// Evidence of more events than one table shows is not loaded.
async fn with_evidence(
    conn: &mut AnyConnection,
    found: StoredMismatch,
    terminals: &[Terminal],
) -> Result<Row, StoreError> {
    let mut evidence = Vec::new();
    for by in found.mismatch.events.iter().take(EVENTS_SHOWN) {
        let named = terminals.iter().find(|terminal| terminal.terminal == by.terminal);
        let terminal = named.map_or_else(|| by.terminal.to_string(), |terminal| terminal.name.clone());
        let found = store::mismatch::evidence(conn, *by).await?;
        let mut photos = Vec::new();
        if let Some(Act::Report(report)) = found.as_ref().map(|found| &found.event.act) {
            for hash in &report.photos {
                photos.push((*hash, attachments::store::is_held(conn, *hash).await?));
            }
        }
        evidence.push(EvidenceRow { by: *by, terminal, evidence: found, photos });
    }
    Ok(Row { found, evidence })
}

async fn family_history(conn: &mut AnyConnection, row: &Row) -> Result<(History, References), StoreError> {
    let mut references = References::default();
    let family = store::code::load_families(conn, &row.found.mismatch.codes, &mut references).await?;
    let mut facts = Facts::default();
    store::event::of_codes(conn, &family, &mut facts).await?;
    store::event::about_found(conn, &mut facts).await?;
    Ok((History { facts: facts.found.into_values().collect(), ..History::default() }, references))
}
