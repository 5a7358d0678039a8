//! The registry over HTTP, under `/api/v1/registry`. Who may do what is decided before a request comes here.

mod condition;
mod files;
mod terminals;

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query as Parameters, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use shared::reference::References;
use shared::time::Timestamp;
use shared::wire::Record;
use sqlx::AnyConnection;

use self::condition::Condition;
use super::edit::Edit;
use super::fault::Fault;
use super::find::{find, seen};
use super::list::{self, Page, Query};
use super::outcome::{EditError, Outcome, Why};
use super::set::Set;
use crate::http::body::limited;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::import::FILE_BYTES_MAX;
use crate::people::{Actor, View};
use crate::store::version::Version;
use crate::store::{self, StoreError};
use crate::told::Told;

/// One address: method, path, what it does in a sentence, and what does it.
pub type Route = (Method, &'static str, &'static str, MethodRouter<AppState>);

/// All addresses of the registry.
#[must_use]
pub fn routes() -> Vec<Route> {
    let import = limited(post(files::import), FILE_BYTES_MAX);
    let (read, change, replace) = (Method::GET, Method::POST, Method::PUT);
    vec![
        (read.clone(), "/api/v1/registry", "The sets and their columns.", get(sets)),
        (read.clone(), "/api/v1/registry/terminal", "The enrolled terminals.", get(terminals::list)),
        (read.clone(), "/api/v1/registry/terminal/{terminal}", "One enrolled terminal.", get(terminals::one)),
        (read.clone(), "/api/v1/registry/{set}", "Records of a set by filter, a page at a time.", get(records)),
        (change.clone(), "/api/v1/registry/{set}/import", "Imports a file, or shows what it would do.", import),
        (read.clone(), "/api/v1/registry/{set}/export", "A whole set as CSV, XLSX or JSON.", get(files::export)),
        (read.clone(), "/api/v1/registry/{set}/template", "An empty file to fill in.", get(files::template)),
        (read.clone(), "/api/v1/registry/{set}/{key}", "One record, as of any day.", get(record)),
        (replace, "/api/v1/registry/{set}/{key}", "Makes a record, or replaces the one seen.", axum::routing::put(put)),
        (change.clone(), "/api/v1/registry/{set}/{key}/amend", "What holds from a day on.", post(amend)),
        (change, "/api/v1/registry/{set}/{key}/correct", "What was known wrong.", post(correct)),
        (read, "/api/v1/registry/{set}/{key}/versions", "Every version of a record.", get(versions)),
    ]
}

/// The sets and their columns: what forms and files are made of.
async fn sets() -> Json<Value> {
    let column = |column: &super::column::Column| {
        json!({
            "name": column.name, "zh": column.zh[0], "field": column.path(None), "allowed": column.kind.allowed(),
            "needed": column.need == super::column::Need::Always, "example": column.example,
        })
    };
    let set = |set: Set| {
        let columns: Vec<Value> = set.columns().iter().map(column).collect();
        json!({ "set": set, "zh": set.zh(), "key": set.key_fields(), "columns": columns })
    };
    Json(Value::Array(Set::ALL.into_iter().map(set).collect()))
}

pub(super) fn parse_set(name: &str) -> Result<Set, Problem> {
    name.parse().map_err(|why: super::set::SetError| Problem::missing(Told::quoted(&why.to_string(), "没有这个表")))
}

/// What the actor sees of the registry.
pub(super) async fn seen_by(conn: &mut AnyConnection, actor: &Actor) -> Result<References, StoreError> {
    Ok(seen(&View::of(conn, actor.scope()).await?))
}

async fn records(
    State(state): State<AppState>,
    actor: Actor,
    Path(set): Path<String>,
    Parameters(parameters): Parameters<BTreeMap<String, String>>,
) -> Result<Json<Page>, Problem> {
    let set = parse_set(&set)?;
    let query = Query::read(set, &parameters).map_err(Problem::faults)?;
    let known = seen_by(&mut *state.store.read().await?, &actor).await?;
    Ok(Json(list::list(&known, set, &query, state.clock.now()).map_err(StoreError::from)?))
}

/// At which times a record is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct AsOf {
    /// The moment whose state is meant; now.
    valid: Option<String>,
    /// The moment whose knowledge is meant; now.
    known: Option<String>,
}

async fn record(
    State(state): State<AppState>,
    actor: Actor,
    Path((set, key)): Path<(String, String)>,
    Parameters(as_of): Parameters<AsOf>,
) -> Result<Response, Problem> {
    let set = parse_set(&set)?;
    let mut conn = state.store.read().await?;
    let view = View::of(&mut conn, actor.scope()).await?;
    let found = find(&view.references, set, &key).filter(|record| view.sees_record(record));
    let found = found.ok_or_else(|| missing(set, &key))?;
    let tag = tag(&mut conn, set, &key).await?;
    if as_of.valid.is_none() && as_of.known.is_none() {
        let body = Set::body(&found).map_err(StoreError::from)?;
        return Ok(([(header::ETAG, tag)], Json(body)).into_response());
    }
    let now = state.clock.now();
    let (valid, known_at) = (moment("valid", as_of.valid, now)?, moment("known", as_of.known, now)?);
    let version = store::version::as_of(&mut conn, (set.name(), &key), valid, known_at).await?;
    let version = version.filter(|version| was_seen(&view, set, version)).ok_or_else(|| {
        Problem::missing(Told::new(
            format!("nothing was known of {} `{key}` then; its versions say since when it is", set.name()),
            format!("当时还没有{} `{key}`；其各版本写明自何时起。", set.zh()),
        ))
    })?;
    Ok(Json(read_at(set, version, valid)?).into_response())
}

/// The record of a version as it reads at a moment: amendments of a contract are in force by their day.
pub fn read_at(set: Set, version: Version, valid: Timestamp) -> Result<Map<String, Value>, StoreError> {
    match set.record(version.body)? {
        Record::Basis(basis) => Ok(Set::body(&Record::Basis(basis.version(valid, u64::MAX).into_owned()))?),
        other => Ok(Set::body(&other)?),
    }
}

fn moment(name: &str, text: Option<String>, otherwise: Timestamp) -> Result<Timestamp, Problem> {
    let Some(text) = text else { return Ok(otherwise) };
    let allowed = super::kind::Kind::Moment.allowed();
    super::moment::parse(&text)
        .ok_or_else(|| Problem::faults(vec![Fault::new(name, text.clone(), format!("`{text}` is not {allowed}"))]))
}

pub(super) fn missing(set: Set, key: &str) -> Problem {
    EditError::Missing { set, key: key.to_owned() }.into()
}

/// The tag of a record: the number of its last version.
pub(super) async fn tag(conn: &mut AnyConnection, set: Set, key: &str) -> Result<String, StoreError> {
    Ok(format!("\"{}\"", store::version::last(conn, set.name(), key).await?))
}

fn object(bytes: &Bytes) -> Result<Map<String, Value>, Problem> {
    serde_json::from_slice(bytes).map_err(|why| {
        Problem::bad_request(Told::new(
            format!("the body is no JSON object: {why}"),
            format!("内容不是 JSON 对象（{why}）。"),
        ))
    })
}

async fn put(
    state: State<AppState>,
    actor: Actor,
    path: Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    replace(state, actor, path, headers, body, Why::Entry).await
}

async fn correct(
    state: State<AppState>,
    actor: Actor,
    path: Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    replace(state, actor, path, headers, body, Why::Correction).await
}

async fn replace(
    State(state): State<AppState>,
    actor: Actor,
    Path((set, key)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
    why: Why,
) -> Result<Response, Problem> {
    let set = parse_set(&set)?;
    let condition = Condition::read(&headers)?;
    let body = object(&body)?;
    let mut tx = state.store.write().await?;
    let done = async {
        let mut edit = Edit::begin(&mut tx, &actor, state.clock.now()).await?;
        let is_there = edit.look(set, &key)?.is_some();
        if why == Why::Correction && !is_there {
            return Err(missing(set, &key));
        }
        condition.check(&mut tx, set, &key, is_there).await?;
        let record = edit.record(set, body).map_err(Problem::faults)?;
        if record.key() != key {
            let problem = format!("the key is `{}`, the address says `{key}`", record.key());
            return Err(Problem::faults(vec![Fault::new(set.key_fields()[0], record.key(), problem)]));
        }
        let outcome = edit.put(&mut tx, record, why).await?;
        let (act, on_what) = (why.deed(), format!("{} {key}", set.name()));
        edit.finish(&mut tx, (act, &on_what, outcome.as_str())).await?;
        Ok(outcome)
    }
    .await;
    answer(tx, (set, &key), done).await
}

/// What an amendment says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Amending {
    /// From when it holds.
    valid_from: String,
    /// What changes.
    change: Map<String, Value>,
}

async fn amend(
    State(state): State<AppState>,
    actor: Actor,
    Path((set, key)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let set = parse_set(&set)?;
    let condition = Condition::read(&headers)?;
    let amending: Amending = serde_json::from_slice(&body).map_err(|why| {
        let form = "{\"valid_from\": \"2027-01-01\", \"change\": {…}}";
        Problem::bad_request(Told::new(
            format!("the body is no amendment ({why}); one reads {form}"),
            format!("内容不是变更（{why}）；变更的写法是 {form}。"),
        ))
    })?;
    let now = state.clock.now();
    let valid_from = moment("valid_from", Some(amending.valid_from), now)?;
    let mut tx = state.store.write().await?;
    let done = async {
        let mut edit = Edit::begin(&mut tx, &actor, now).await?;
        let is_there = edit.look(set, &key)?.is_some();
        condition.check(&mut tx, set, &key, is_there).await?;
        let outcome = edit.amend(&mut tx, (set, &key), valid_from, amending.change).await?;
        let (on_what, from) = (format!("{} {key}", set.name()), format!("from {}", valid_from.to_minute()));
        edit.finish(&mut tx, ("record-amended", &on_what, &from)).await?;
        Ok(outcome)
    }
    .await;
    answer(tx, (set, &key), done).await
}

/// Commits what was done and answers the record, or takes it back and says why.
async fn answer(
    mut tx: sqlx::Transaction<'static, sqlx::Any>,
    (set, key): (Set, &str),
    done: Result<Outcome, Problem>,
) -> Result<Response, Problem> {
    let outcome = match done {
        Ok(outcome) => outcome,
        Err(problem) => {
            tx.rollback().await.map_err(StoreError::from)?;
            return Err(problem);
        }
    };
    let tag = tag(&mut tx, set, key).await?;
    let known = store::reference::load_all(&mut tx).await?;
    tx.commit().await.map_err(StoreError::from)?;
    let record = find(&known, set, key).ok_or_else(|| missing(set, key))?;
    let body = Set::body(&record).map_err(StoreError::from)?;
    let status = if outcome == Outcome::Added { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, [(header::ETAG, tag)], Json(body)).into_response())
}

async fn versions(
    State(state): State<AppState>,
    actor: Actor,
    Path((set, key)): Path<(String, String)>,
) -> Result<Json<Vec<Value>>, Problem> {
    let set = parse_set(&set)?;
    let mut conn = state.store.read().await?;
    let view = View::of(&mut conn, actor.scope()).await?;
    let found = find(&view.references, set, &key).filter(|record| view.sees_record(record));
    found.ok_or_else(|| missing(set, &key))?;
    let all = store::version::all(&mut conn, set.name(), &key).await?;
    Ok(Json(all.iter().filter(|version| was_seen(&view, set, version)).map(shown).collect()))
}

/// Whether a version is the view's as well: what a record was before it became a member's own is not.
pub(crate) fn was_seen(view: &View, set: Set, version: &Version) -> bool {
    set.record(version.body.clone()).is_ok_and(|record| view.sees_record(&record))
}

/// A version as JSON.
#[must_use]
pub fn shown(version: &Version) -> Value {
    json!({
        "version": version.version, "why": version.why, "by": version.by, "valid_from": version.valid_from,
        "known_from": version.known_from, "known_to": version.known_to, "in_force": version.in_force,
        "change": version.change, "record": version.body,
    })
}

#[cfg(test)]
mod tests;
