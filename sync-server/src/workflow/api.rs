//! `/api/v1/mismatches…`: the list, one, its acts, exports, and the members' records.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::act::{Act, ActKind};
use super::export::{CaseJson, csv};
use super::filter::{Asked, Filter};
use super::place::Place;
use super::{MismatchId, Reason, credit, list, store, take};
use crate::http::state::AppState;
use crate::people::{Actor, Refusal, View};
use crate::store::{StoreError, step};
use crate::told::Told;
use shared::time::Timestamp;

/// Cases of one page, at most.
const PAGE_MAX: usize = 500;

/// Cases of one export, at most; beyond them the filter must be narrower.
const EXPORT_MAX: usize = 50_000;

/// Cases of one page, where nobody says how many.
const PAGE: usize = 100;

/// Which page.
#[derive(Debug, Default)]
struct Paging {
    /// Behind which case it starts: `next` of the page before.
    after: String,
    /// How many.
    limit: Option<usize>,
}

/// Filters, and of `paging` what the address takes besides. A name that is none of these would else show everything.
fn read(parameters: BTreeMap<String, String>, paging: &[&str]) -> Result<(Asked, Paging), Refusal> {
    let (mut asked, mut page) = (Asked::default(), Paging::default());
    for (name, value) in parameters {
        match name.as_str() {
            "limit" if paging.contains(&"limit") => {
                let limit = value.parse().ok().filter(|limit| (1..=PAGE_MAX).contains(limit));
                let wrong = || {
                    Refusal::Bad(Told::new(
                        format!("`limit={value}` is not a number from 1 to {PAGE_MAX}"),
                        format!("limit 应为 1 至 {PAGE_MAX} 的整数，而不是 `{value}`。"),
                    ))
                };
                page.limit = Some(limit.ok_or_else(wrong)?);
            }
            "after" if paging.contains(&"after") => page.after = value,
            name => *asked.field(name).ok_or(Refusal::NotFound)? = value,
        }
    }
    Ok((asked, page))
}

/// The list.
pub async fn mismatches(
    State(state): State<AppState>,
    actor: Actor,
    Query(parameters): Query<BTreeMap<String, String>>,
) -> Result<Json<Value>, Refusal> {
    let (asked, paging) = read(parameters, &["after", "limit"])?;
    let mut conn = state.store.read().await?;
    let view = View::of(&mut conn, actor.scope()).await?;
    let limit = paging.limit.unwrap_or(PAGE);
    let after = Place::asked(&paging.after)?;
    let page = list::page(&mut conn, &view, &Filter::try_from(&asked)?, (after.as_ref(), limit)).await?;
    let cases: Vec<CaseJson<'_>> = page.cases.iter().map(|case| CaseJson::new(case, &state.allowances)).collect();
    Ok(Json(json!({ "mismatches": cases, "next": page.next, "as_of": state.clock.now() })))
}

/// The list as CSV.
pub async fn export(
    State(state): State<AppState>,
    actor: Actor,
    Query(parameters): Query<BTreeMap<String, String>>,
) -> Result<Response, Refusal> {
    let (asked, _) = read(parameters, &[])?;
    let mut conn = state.store.read().await?;
    let view = View::of(&mut conn, actor.scope()).await?;
    let page = list::page(&mut conn, &view, &Filter::try_from(&asked)?, (None, EXPORT_MAX)).await?;
    if page.next.is_some() {
        return Err(Refusal::Bad(Told::new(
            format!("these are over {EXPORT_MAX} mismatches; narrow the filter down"),
            format!("超过 {EXPORT_MAX} 条不符，请缩小筛选范围。"),
        )));
    }
    let body = csv(&page.cases, &state.allowances).map_err(|error| {
        tracing::error!(%error, "mismatches cannot be written");
        StoreError::Corrupt("a mismatch")
    })?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"mismatches.csv\""),
    ];
    Ok((headers, body).into_response())
}

/// One, with every step.
pub async fn mismatch(
    State(state): State<AppState>,
    actor: Actor,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let id: MismatchId = id.parse().map_err(|_| Refusal::NotFound)?;
    let mut conn = state.store.read().await?;
    let view = View::of(&mut conn, actor.scope()).await?;
    let case = store::find(&mut conn, &id).await?.filter(|case| view.sees(&case.found.mismatch));
    let case = case.ok_or(Refusal::NotFound)?;
    let steps = step::list(&mut conn, id.key()).await?;
    let version = take::version(&case, steps.last().map_or(0, |last| last.step_no));
    let body = json!({ "mismatch": CaseJson::new(&case, &state.allowances), "steps": steps, "version": version });
    Ok(([(header::ETAG, format!("\"{version}\""))], Json(body)).into_response())
}

/// What comes with an act; which of it is needed depends on the act.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Particulars {
    /// What is said to it.
    pub comment: String,
    /// Whom it is given to.
    pub to: Option<String>,
    /// Until when it is to be settled.
    pub at: Option<Timestamp>,
    /// How it came about.
    pub reason: Option<Reason>,
}

impl Particulars {
    /// The act of this kind.
    pub fn act(self, kind: ActKind) -> Result<Act, Refusal> {
        let needs = |what: &str| {
            let kind = kind.as_str();
            Refusal::Bad(Told::new(
                format!("`{kind}` needs `{what}`; add it"),
                format!("`{kind}` 需要填写 `{what}`，请补上。"),
            ))
        };
        Ok(match kind {
            ActKind::Seen => Act::Seen,
            ActKind::Start => Act::Start,
            ActKind::Wait => Act::Wait,
            ActKind::Comment => Act::Comment,
            ActKind::Reopen => Act::Reopen,
            ActKind::Assign => Act::Assign { to: self.to.ok_or_else(|| needs("to"))? },
            ActKind::Due => Act::Due { at: self.at.ok_or_else(|| needs("at"))? },
            ActKind::Resolve => Act::Resolve { reason: self.reason.ok_or_else(|| needs("reason"))? },
        })
    }
}

/// Which state of it was seen, where any is said: `*` is whatever it is. Who decides has to say.
fn seen(kind: ActKind, headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    match headers.get(header::IF_MATCH).map(|value| value.to_str().unwrap_or_default().trim()) {
        None if kind.decides() => Err(Refusal::Unconditional),
        None | Some("*") => Ok(None),
        Some(tags) => Ok(Some(tags)),
    }
}

/// Does an act. `If-Match` with the `ETag` of what was seen makes sure that nobody was quicker.
pub async fn act(
    state: AppState,
    actor: Actor,
    (kind, id): (ActKind, String),
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let id: MismatchId = id.parse().map_err(|_| Refusal::NotFound)?;
    let wrong = |error| {
        let kind = kind.as_str();
        Refusal::Bad(Told::new(
            format!("the body is not what `{kind}` takes ({error})"),
            format!("内容不是 `{kind}` 所要的（{error}）。"),
        ))
    };
    let given: Particulars =
        if body.is_empty() { Particulars::default() } else { serde_json::from_slice(&body).map_err(wrong)? };
    let comment = given.comment.clone();
    let act = given.act(kind)?;
    let asked = take::Asked { id: &id, act: &act, comment: &comment, seen: seen(kind, &headers)? };
    take::take(&state.store, &actor, &asked, state.clock.now()).await?;
    Ok(Json(json!({ "done": kind.as_str() })))
}

/// The members' credit records.
pub async fn members(State(state): State<AppState>, actor: Actor) -> Result<Json<Value>, Refusal> {
    let mut conn = state.store.read().await?;
    let view = View::of(&mut conn, actor.scope()).await?;
    let records = credit::records(&mut conn, &view, &state.allowances, state.clock.now()).await?;
    let one = |(member, record): (&_, &credit::Credit)| {
        let shown = view.references.member_name(member);
        json!({ "member": member, "name": shown, "record": record, "in_time_percent": record.in_time_percent() })
    };
    Ok(Json(json!({ "members": records.iter().map(one).collect::<Vec<_>>(), "as_of": state.clock.now() })))
}
