//! `/registry` and `/import`: the registry as people read it, and a table that is pasted in. What is shown and taken is decided where
//! the web API has it decided.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use shared::wire::Record;

use super::layout::page;
use super::list::encoded;
use super::pages::{data_line, respond};
use super::registry_view::{Found, Pasted, import_page, list_page, record_page};
use super::words::Lang;
use crate::http::state::AppState;
use crate::import::{self, FILE_BYTES_MAX, ImportError, Options, Source};
use crate::people::{Actor, Refusal, View};
use crate::registry::Set;
use crate::registry::find::{find, seen};
use crate::registry::http::{read_at, was_seen};
use crate::registry::list::{Query as Filter, list};
use crate::registry::moment;
use crate::store::{self, StoreError};
use crate::told::Told;

/// Records of one page.
const ROWS: &str = "50";

/// What the list's address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    lang: Lang,
    set: String,
    q: String,
    after: String,
}

/// What a record's address says: days, or nothing for now.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RecordQuery {
    lang: Lang,
    pub(super) valid: String,
    pub(super) known: String,
}

/// What the import's form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PastedForm {
    lang: Lang,
    text: String,
    /// `preview`, `take`, or `skip-bad`.
    how: String,
}

/// Bytes of a form with a pasted table, at most: as many as a file may have.
pub const PASTED_BYTES_MAX: usize = 100 << 20;
const _: () = assert!(PASTED_BYTES_MAX == FILE_BYTES_MAX);

/// Why a longer one is not taken, and what to do instead.
#[must_use]
pub fn pasted_too_long() -> Refusal {
    let megabytes = PASTED_BYTES_MAX >> 20;
    Refusal::TooLarge(Told::new(
        format!(
            "the pasted table is longer than {megabytes} MB; nothing was imported. Split it, or import it as files with `sync-server \
             import`"
        ),
        format!("粘贴的表格超过 {megabytes} MB，没有导入；请拆分后再粘贴，或改为导入文件。"),
    ))
}

/// A set, in a page's address; what is none is not there.
fn set_of(name: &str) -> Result<Set, Refusal> {
    name.parse().map_err(|_| Refusal::NotFound)
}

/// The list of one set.
pub async fn records(
    State(state): State<AppState>,
    actor: Actor,
    Query(query): Query<ListQuery>,
) -> Result<Response, Refusal> {
    let set = if query.set.is_empty() { Set::Member } else { set_of(&query.set)? };
    let mut conn = state.store.read().await?;
    let view = View::of(&mut conn, actor.scope()).await?;
    let said = [("limit", ROWS), ("q", &query.q), ("after", &query.after)];
    let said: BTreeMap<String, String> = said
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let filter = Filter::read(set, &said).map_err(|_| Refusal::NotFound)?;
    let found = list(&seen(&view), set, &filter, state.clock.now()).map_err(StoreError::from)?;
    let data = data_line(&state, &mut conn, &view, &actor).await?;
    let lang = query.lang;
    let toggle = format!("/registry?lang={}&set={}&q={}", lang.other().as_str(), set.name(), encoded(&query.q));
    let content = list_page(lang, &found, &query.q, (&actor, &view.references));
    Ok(respond(StatusCode::OK, &page(lang, lang.pick("登记信息", "Registry"), &data, &toggle, &content)))
}

/// One record, now or as it was known of a day.
pub async fn record(
    State(state): State<AppState>,
    actor: Actor,
    Path((set, key)): Path<(String, String)>,
    Query(query): Query<RecordQuery>,
) -> Result<Response, Refusal> {
    let set = set_of(&set)?;
    let mut conn = state.store.read().await?;
    let view = View::of(&mut conn, actor.scope()).await?;
    let now = state.clock.now();
    let found = find(&view.references, set, &key).filter(|record| view.sees_record(record));
    let found = found.ok_or(Refusal::NotFound)?;
    let day = |text: &str| match text {
        "" => Ok(now),
        text => moment::parse(text).ok_or_else(|| {
            Refusal::Bad(Told::new(
                format!("`{text}` is no day; choose one"),
                format!("`{text}` 不是日期，请另选一天。"),
            ))
        }),
    };
    let (valid, known) = (day(&query.valid)?, day(&query.known)?);
    let body = if query.valid.is_empty() && query.known.is_empty() {
        // As it holds now: what a contract's amendments changed by today is changed.
        let holds = match found {
            Record::Basis(basis) => Record::Basis(basis.version(now, u64::MAX).into_owned()),
            other => other,
        };
        Some(Set::body(&holds).map_err(StoreError::from)?)
    } else {
        let version = store::version::as_of(&mut conn, (set.name(), &key), valid, known).await?;
        let version = version.filter(|version| was_seen(&view, set, version));
        version.map(|version| read_at(set, version, valid)).transpose()?
    };
    let mut versions = store::version::all(&mut conn, set.name(), &key).await?;
    versions.retain(|version| was_seen(&view, set, version));
    let data = data_line(&state, &mut conn, &view, &actor).await?;
    let lang = query.lang;
    let path = format!("/registry/{}/{}", set.name(), encoded(&key));
    let toggle = format!("{path}?lang={}&valid={}&known={}", lang.other().as_str(), query.valid, query.known);
    let shown = Found {
        set,
        key: &key,
        path: &path,
        body: body.as_ref(),
        versions: &versions,
        query: &query,
        references: &view.references,
    };
    Ok(respond(StatusCode::OK, &page(lang, &key, &data, &toggle, &record_page(lang, &shown))))
}

/// Where a table is pasted.
pub async fn paste(
    State(state): State<AppState>,
    actor: Actor,
    Path(set): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Response, Refusal> {
    let pasted = Pasted { set: set_of(&set)?, text: "", report: None, refused: None };
    answer(&state, &actor, query.lang, &pasted).await
}

/// Looks at a pasted table, or takes it.
pub async fn take(
    State(state): State<AppState>,
    actor: Actor,
    Path(set): Path<String>,
    form: Result<Form<PastedForm>, FormRejection>,
) -> Result<Response, Refusal> {
    let set = set_of(&set)?;
    let Form(form) = form.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => pasted_too_long(),
        _ => Refusal::Bad(Told::new(
            format!("the form cannot be read ({rejection}); nothing was imported, open the page again"),
            "表单无法读取，没有导入；请重新打开页面。",
        )),
    })?;
    let source =
        Source { name: form.lang.pick("粘贴的表格", "the pasted table").into(), bytes: form.text.clone().into() };
    let (preview, skip_bad) = (form.how == "preview", form.how == "skip-bad");
    let options = Options { set: Some(set), preview, skip_bad, by: actor.clone() };
    let mut pasted = Pasted { set, text: &form.text, report: None, refused: None };
    match import::run(&state.store, vec![source], &options, state.clock.now()).await {
        Ok(report) | Err(ImportError::Faults(report)) => pasted.report = Some(report),
        Err(ImportError::Store(error)) => return Err(error.into()),
        Err(other) => pasted.refused = Some(other.to_string()),
    }
    answer(&state, &actor, form.lang, &pasted).await
}

async fn answer(state: &AppState, actor: &Actor, lang: Lang, pasted: &Pasted<'_>) -> Result<Response, Refusal> {
    let mut conn = state.store.read().await?;
    let view = View::of(&mut conn, actor.scope()).await?;
    let data = data_line(state, &mut conn, &view, actor).await?;
    let toggle = format!("/import/{}?lang={}", pasted.set.name(), lang.other().as_str());
    let title = lang.pick("导入", "Import");
    Ok(respond(StatusCode::OK, &page(lang, title, &data, &toggle, &import_page(lang, pasted, actor))))
}
