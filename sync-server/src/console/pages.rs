//! The console's addresses.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;
use shared::reference::References;
use shared::time::{HOUR_MS, Timestamp};
use shared::trail::{History, Index, Scan};
use sqlx::AnyConnection;

use super::case_view::CaseView;
use super::detail::detail;
use super::evidence::{EVENTS_SHOWN, EvidenceRow, Row};
use super::layout::{DataLine, document, page};
use super::list::{Chosen, ListPage, detail_address, encoded, list};
use super::words::Lang;
use crate::attachments;
use crate::http::one_form::is_of_programs;
use crate::http::state::AppState;
use crate::labels;
use crate::people::{self, Actor, Refusal, Right, View};
use crate::store::facts::Facts;
use crate::store::mismatch::StoredMismatch;
use crate::store::{self, StoreError, terminal::Terminal};
use crate::workflow::filter::{Asked, Filter};
use crate::workflow::place::Place;
use crate::workflow::{self, Stage};

/// Scripts and styles from this server only, nothing inline: a label's text can do nothing here.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// What the list's address says beside the filters.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    lang: Lang,
    after: String,
    /// What `state` was called before.
    show: String,
}

/// What any page's address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct LangQuery {
    pub(super) lang: Lang,
}

/// What a mismatch's address says after its path.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct DetailQuery {
    lang: Lang,
    /// Which of several of one kind and subject; the gravest where it is left out.
    scope: String,
    /// Why the last act could not be done.
    failed: String,
}

/// Rows of one page of the list.
const ROWS_MAX: usize = 50;

/// The list of mismatches.
pub async fn mismatches(
    State(state): State<AppState>,
    actor: Actor,
    Query(query): Query<ListQuery>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let mut conn = state.store.read().await?;
    let view = View::of(&mut conn, actor.scope()).await?;
    let lang = query.lang;
    let asked = if asked.state.is_empty() { Asked { state: query.show, ..asked } } else { asked };
    let filter = Filter::try_from(&asked)?;
    let after = Place::asked(&query.after)?;
    let page_of = workflow::list::page(&mut conn, &view, &filter, (after.as_ref(), ROWS_MAX)).await?;
    let any_kind = Filter { kinds: Filter::default().kinds, ..filter };
    let kinds = workflow::list::counts(&mut conn, &view, &any_kind).await?.0;
    let mut rows = Vec::new();
    for case in page_of.cases {
        rows.push(with_evidence(&mut conn, case.found, Some(case.stage), &view).await?);
    }
    let data = data_line(&state, &mut conn, &view, &actor).await?;
    let shown = ListPage { chosen: Chosen { asked, after: query.after }, kinds, rows, next: page_of.next };
    let (title, toggle) = (lang.pick("不符", "Mismatches"), shown.chosen.address(lang.other()));
    let content = list(lang, &shown, &view.references);
    Ok(respond(StatusCode::OK, &page(lang, title, &data, &toggle, &content)))
}

/// One mismatch.
pub async fn mismatch(
    State(state): State<AppState>,
    actor: Actor,
    Path((kind, subject)): Path<(String, String)>,
    Query(query): Query<DetailQuery>,
) -> Result<Response, Refusal> {
    let lang = query.lang;
    let mut conn = state.store.read().await?;
    let view = View::of(&mut conn, actor.scope()).await?;
    let data = data_line(&state, &mut conn, &view, &actor).await?;
    let toggle = format!("{}&scope={}", detail_address(lang.other(), &kind, &subject), encoded(&query.scope));
    let named = workflow::store::named(&mut conn, &kind, &subject, &query.scope).await?;
    let Some(case) = named.into_iter().find(|case| view.sees(&case.found.mismatch)) else {
        let toggle = format!("/?lang={}", lang.other().as_str());
        return Ok(respond(StatusCode::NOT_FOUND, &page(lang, "404", &data, &toggle, &nothing_here(lang))));
    };
    let steps = store::step::list(&mut conn, case.id().key()).await?;
    let everybody = people::store::list(&mut conn).await?;
    let people = takers(&everybody, &actor, &view);
    let names = everybody.iter().map(|person| (person.name.clone(), person.shown.clone())).collect();
    let title = lang.of(case.found.mismatch.kind.info().title);
    let row = with_evidence(&mut conn, case.found.clone(), Some(case.stage), &view).await?;
    let (history, family) = family_history(&mut conn, &row).await?;
    let index = Index::new(&history, &family);
    // Of several packages the trail of the first is shown; a scan of the case that held it is inferred.
    let code = row.found.mismatch.codes.first().and_then(|code| index.number(code));
    let scans = code.into_iter().flat_map(|code| index.trail_of(code).map(move |scan| (scan, scan.code == Ok(code))));
    let seen = |scan: &Scan<'_>| view.sees_basis(&scan.movement.basis) || view.sees_operator(scan.by.terminal);
    let trail: Vec<(&Scan<'_>, bool)> = scans.filter(|(scan, _)| seen(scan)).collect();
    let shown = CaseView {
        case: &case,
        steps: &steps,
        actor: &actor,
        allowances: &state.allowances,
        people: &people,
        names: &names,
        view: &view,
        failed: &query.failed,
    };
    let content = detail(lang, (&row, &shown), &trail, &view.references);
    Ok(respond(StatusCode::OK, &page(lang, title, &data, &toggle, &content)))
}

/// People to whom this actor may give a mismatch: its own member's; any for who sees all.
fn takers(everybody: &[people::store::Person], actor: &Actor, view: &View) -> Vec<(String, String)> {
    if !actor.has(Right::Settle) {
        return Vec::new();
    }
    let may = |person: &people::store::Person| {
        person.disabled_at.is_none()
            && person.role.has(Right::Comment)
            && view.member().is_none_or(|member| person.member.as_ref() == Some(member))
    };
    let may = everybody.iter().filter(|person| may(person));
    may.map(|person| (person.name.clone(), person.shown.clone())).collect()
}

/// The stylesheet.
pub async fn stylesheet() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("console.css"))
}

/// Any other address. Nobody is asked who he is for it, and nothing is told.
pub async fn not_found(uri: Uri) -> Response {
    if is_of_programs(uri.path()) {
        return Refusal::NotFound.into_response();
    }
    let lang = if uri.query().is_some_and(|query| query.contains("lang=en")) { Lang::En } else { Lang::Zh };
    let content = html! { main { h1 { "404" } (nothing_here(lang)) } };
    respond(StatusCode::NOT_FOUND, &document(lang, "404", &content))
}

fn nothing_here(lang: Lang) -> Markup {
    html! {
        p.empty { (lang.pick("此处没有内容。", "There is nothing at this address. "))
            a href={ "/?lang=" (lang.as_str()) } { (lang.pick("打开不符列表", "Open the mismatches")) } }
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

pub(super) async fn data_line(
    state: &AppState,
    conn: &mut AnyConnection,
    view: &View,
    actor: &Actor,
) -> Result<DataLine, StoreError> {
    let now = state.clock.now();
    Ok(DataLine {
        as_of: now,
        behind: view.terminals.iter().filter(|terminal| is_behind(terminal, now)).count(),
        live: workflow::list::counts(conn, view, &Filter::default()).await?.total(),
        actor: actor.clone(),
        member: actor.member.as_ref().map(|member| view.references.member_name(member).to_owned()),
    })
}

/// In use, and nothing came from it for a day: what it scanned since is not judged here yet.
fn is_behind(terminal: &Terminal, now: Timestamp) -> bool {
    terminal.revoked_at.is_none() && terminal.reached_at.is_none_or(|reached| reached.plus_ms(24 * HOUR_MS) < now)
}

/// Evidence of more events than one table shows is not loaded.
async fn with_evidence(
    conn: &mut AnyConnection,
    found: StoredMismatch,
    stage: Option<Stage>,
    view: &View,
) -> Result<Row, StoreError> {
    let names: BTreeMap<_, _> =
        store::terminal::list(conn).await?.into_iter().map(|row| (row.terminal, row.name)).collect();
    let mut evidence = Vec::new();
    for by in found.mismatch.events.iter().take(EVENTS_SHOWN) {
        let terminal = names.get(&by.terminal).cloned().unwrap_or_else(|| by.terminal.to_string());
        let found = store::mismatch::evidence(conn, *by).await?;
        let mut photos = Vec::new();
        for hash in found.iter().flat_map(|found| found.event.act.photos()) {
            if view.sees_photo(conn, *hash).await? {
                photos.push((*hash, attachments::store::is_held(conn, *hash).await?));
            }
        }
        evidence.push(EvidenceRow {
            by: *by,
            terminal,
            evidence: found,
            is_own: view.sees_operator(by.terminal),
            photos,
        });
    }
    Ok(Row { found, stage, evidence })
}

async fn family_history(conn: &mut AnyConnection, row: &Row) -> Result<(History, References), StoreError> {
    let mut references = labels::references();
    let family = store::code::load_families(conn, &row.found.mismatch.codes, &mut references).await?;
    let mut facts = Facts::default();
    store::lookup::of_codes(conn, &family, &mut facts).await?;
    store::lookup::about_found(conn, &mut facts).await?;
    Ok((History { facts: facts.into_owned(), ..History::default() }, references))
}
