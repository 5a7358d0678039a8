//! Code packs over HTTP, under `/api/v1/packs` and `/api/v1/codes`. Who may do what is decided before a request comes here.

mod applications;

use std::io::Cursor;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use shared::event::{Act as EventAct, Event};
use shared::reference::{Level, Pack, PackLoss};
use shared::time::Timestamp;

use super::acts::{self, Act, ActError};
use super::codes::{self, CodesError};
use super::write::{PackFormat, PackWriteError, write};
use super::{PackFileError, PackKeys, Reading, import, put_together, summary};
use crate::http::body::limited;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::import::FILE_BYTES_MAX;
use crate::nul;
use crate::packs::issue::{Application, IssueError, issue};
use crate::people::{Actor, Scope, View};
use crate::registry::http::Route;
use crate::store;
use crate::told::Told;

/// Newest stock counts that a list shows.
const COUNTS_MAX: i64 = 1_000;

/// All addresses of code packs.
#[must_use]
pub fn routes() -> Vec<Route> {
    let long = |routes| limited(routes, FILE_BYTES_MAX);
    let (read, change) = (|| Method::GET, || Method::POST);
    vec![
        (read(), "/api/v1/packs", "Code packs and what became of their codes.", get(list)),
        (change(), "/api/v1/packs/import", "Takes a platform's pack file in.", long(post(imported))),
        (change(), "/api/v1/packs/apply", "Applies for codes against a contract's line.", post(applications::applied)),
        (
            change(),
            "/api/v1/applications/{application}/withdraw",
            "Withdraws an application that was made by mistake.",
            post(applications::withdrawn),
        ),
        (change(), "/api/v1/packs/issue", "Issues codes of this server's own.", post(issued)),
        (read(), "/api/v1/packs/{pack}", "One code pack, its account and what was done with it.", get(one)),
        (read(), "/api/v1/packs/{pack}/file", "A pack's codes as a file.", get(file)),
        (change(), "/api/v1/packs/{pack}/activate", "Activates a pack.", post(activate)),
        (change(), "/api/v1/packs/{pack}/lose", "Reports a pack lost or stolen: its codes are frozen.", post(lose)),
        (change(), "/api/v1/packs/{pack}/release", "A lost pack was found.", post(release)),
        (
            change(),
            "/api/v1/packs/{pack}/cancel",
            "Ends a pack: none of its codes may move from then on.",
            post(cancel_pack),
        ),
        (change(), "/api/v1/codes/associate", "What a production line put together.", long(post(associate))),
        (change(), "/api/v1/codes/cancel", "Cancels codes.", post(cancel)),
        (change(), "/api/v1/codes/relabel", "Puts new codes for old ones.", post(relabel)),
        (read(), "/api/v1/stock-counts", "What was counted in store.", get(stock_counts)),
    ]
}

fn read<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Problem> {
    let unread = |why: serde_json::Error| {
        Problem::bad_request(Told::new(
            format!("the body is not what is asked for: {why}"),
            format!("内容不是所要的（{why}）。"),
        ))
    };
    let body: Value = serde_json::from_slice(bytes).map_err(unread)?;
    if nul::is_in(&body) {
        return Err(Problem::bad_request(nul::told("the body", "内容")));
    }
    serde_json::from_value(body).map_err(unread)
}

fn unfit(detail: &str) -> Problem {
    let title = &("This cannot be done", "不能这样处理");
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", title, Told::quoted(detail, "不能这样处理"))
}

impl From<ActError> for Problem {
    fn from(error: ActError) -> Self {
        match error {
            ActError::Unknown(_) => Self::missing(Told::quoted(&error.to_string(), "没有这一项")),
            ActError::Senseless { .. } => unfit(&error.to_string()),
            ActError::Edit(error) => error.into(),
            ActError::Store(error) => error.into(),
        }
    }
}

impl From<CodesError> for Problem {
    fn from(error: CodesError) -> Self {
        match error {
            CodesError::Faults(faults) => Self::faults(faults),
            CodesError::Store(error) => error.into(),
        }
    }
}

impl From<PackFileError> for Problem {
    fn from(error: PackFileError) -> Self {
        match error {
            PackFileError::Faults { faults, .. } => Self::faults(faults),
            PackFileError::Checksum { .. } | PackFileError::Sealed { .. } => unfit(&error.to_string()),
            PackFileError::Store(error) => error.into(),
        }
    }
}

impl From<IssueError> for Problem {
    fn from(error: IssueError) -> Self {
        match error {
            IssueError::Store(error) => error.into(),
            IssueError::Edit(error) => error.into(),
            IssueError::UnknownPack(_) | IssueError::UnknownContract(_) => {
                Self::missing(Told::quoted(&error.to_string(), "没有这一项"))
            }
            other => unfit(&other.to_string()),
        }
    }
}

impl From<PackWriteError> for Problem {
    fn from(error: PackWriteError) -> Self {
        Self::bad_request(Told::quoted(&error.to_string(), "文件不能这样写出"))
    }
}

async fn list(State(state): State<AppState>, actor: Actor) -> Result<Json<Value>, Problem> {
    let mut conn = state.store.read().await?;
    let view = View::of(&mut conn, actor.scope()).await?;
    let now = state.clock.now();
    let own: Vec<&Pack> = view.references.packs.values().filter(|pack| view.keeps_pack(pack, now)).collect();
    let states = summary::states(&mut conn, own.iter().copied()).await?;
    let packs: Vec<Value> = own.iter().map(|pack| json!({ "pack": pack, "state": states.get(&pack.pack) })).collect();
    Ok(Json(json!({ "total": packs.len(), "packs": packs })))
}

async fn one(State(state): State<AppState>, actor: Actor, Path(pack): Path<String>) -> Done {
    shown(&state, &actor, pack).await
}

/// A pack with its account, where it is the actor's own.
async fn shown(state: &AppState, actor: &Actor, pack: String) -> Done {
    let mut conn = state.store.read().await?;
    let view = View::of(&mut conn, actor.scope()).await?;
    let name = pack.as_str().into();
    let is_own = view.references.packs.get(&name).is_some_and(|pack| view.keeps_pack(pack, state.clock.now()));
    let detail = if is_own { summary::detail(&mut conn, &name).await? } else { None };
    Ok(Json(detail.ok_or(ActError::Unknown(name))?))
}

/// How a file of codes is taken in.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Importing {
    sha256: Option<String>,
}

/// Headers in which an importer sends what opens an encrypted file: never in the address, which logs keep.
const KEY: &str = "tallyman-pack-key";
const PASSPHRASE: &str = "tallyman-pack-passphrase";

fn keys_of(headers: &HeaderMap, mut keys: PackKeys) -> Result<PackKeys, Problem> {
    let text = |name| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    if let Some(key) = text(KEY) {
        keys = keys.with_key(&key).map_err(|why| {
            Problem::bad_request(Told::new(
                format!("the header `{KEY}`: {why}"),
                format!("`{KEY}` 头中的密钥不能用（{why}）。"),
            ))
        })?;
    }
    Ok(match text(PASSPHRASE) {
        Some(passphrase) => keys.with_passphrase(passphrase),
        None => keys,
    })
}

async fn imported(
    State(state): State<AppState>,
    actor: Actor,
    Query(importing): Query<Importing>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<import::PacksImported>, Problem> {
    let keys = keys_of(&headers, PackKeys::default().with_own(state.keys.sealed.identity()))?;
    let reading = Reading::start("the file".to_owned(), Cursor::new(body), keys);
    let done = import::import(&state.store, reading, importing.sha256.as_deref(), (&actor, state.clock.now())).await?;
    Ok(Json(done))
}

/// What is to be issued.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Issuing {
    contract: String,
    product: String,
    level: Level,
    count: u64,
    pack: Option<String>,
    parent_pack: Option<String>,
    /// Why there is no application, where there is none.
    without_application: Option<String>,
}

async fn issued(State(state): State<AppState>, actor: Actor, body: Bytes) -> Result<Response, Problem> {
    let Issuing { contract, product, level, count, pack, parent_pack, without_application } = read(&body)?;
    let application = Application {
        contract: contract.into(),
        product: product.into(),
        level,
        count,
        pack: pack.map(Into::into),
        parent_pack: parent_pack.map(Into::into),
        without_application,
        by: actor,
    };
    let (pack, codes) = issue(&state.store, &application, state.clock.now()).await?;
    let answer = json!({ "pack": pack, "codes": codes.len(), "file": format!("/api/v1/packs/{}/file", pack.pack) });
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// Which form of file is wanted, and who is to read it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Wanted {
    format: Option<String>,
    recipient: Option<String>,
}

async fn file(
    State(state): State<AppState>,
    Path(pack): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let format: PackFormat = wanted.format.as_deref().unwrap_or("csv").parse()?;
    let name = pack.as_str().into();
    let mut conn = state.store.read().await?;
    let known = store::reference::load_all(&mut conn).await?;
    let found = known.packs.get(&name).ok_or_else(|| ActError::Unknown(name.clone()))?;
    let codes = store::code::of_pack(&mut conn, &name).await?;
    let made = write(found, &codes, &state.link_host, format, wanted.recipient.as_deref())?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, "attachment".to_owned()),
        (header::ETAG, format!("\"{}\"", made.sha256)),
    ];
    Ok((headers, made.bytes).into_response())
}

/// Why something is done, in a person's words, and when it happened.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Reason {
    why: String,
    stolen: bool,
    at: Option<Timestamp>,
}

async fn done(state: &AppState, by: &Actor, pack: String, act: Act, why: &str) -> Done {
    acts::act(&state.store, &pack.as_str().into(), act, (by, why), state.clock.now()).await?;
    shown(state, by, pack).await
}

fn reason(body: &Bytes) -> Result<Reason, Problem> {
    if body.is_empty() { Ok(Reason::default()) } else { read(body) }
}

type Done = Result<Json<summary::Detail>, Problem>;

async fn activate(State(state): State<AppState>, actor: Actor, Path(pack): Path<String>, body: Bytes) -> Done {
    done(&state, &actor, pack, Act::Activate, &reason(&body)?.why).await
}

async fn lose(State(state): State<AppState>, actor: Actor, Path(pack): Path<String>, body: Bytes) -> Done {
    let reason = reason(&body)?;
    let how = if reason.stolen { PackLoss::Stolen } else { PackLoss::Lost };
    let act = Act::Lose(how, reason.at.unwrap_or(state.clock.now()));
    done(&state, &actor, pack, act, &reason.why).await
}

async fn release(State(state): State<AppState>, actor: Actor, Path(pack): Path<String>, body: Bytes) -> Done {
    done(&state, &actor, pack, Act::Release, &reason(&body)?.why).await
}

async fn cancel_pack(State(state): State<AppState>, actor: Actor, Path(pack): Path<String>, body: Bytes) -> Done {
    done(&state, &actor, pack, Act::Cancel, &reason(&body)?.why).await
}

async fn associate(
    State(state): State<AppState>,
    actor: Actor,
    body: Bytes,
) -> Result<Json<put_together::PutTogether>, Problem> {
    let done = put_together::upload(&state.store, "the list", Cursor::new(body), (&actor, state.clock.now())).await?;
    Ok(Json(done))
}

/// Codes that end.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ending {
    codes: Vec<String>,
    why: String,
}

async fn cancel(State(state): State<AppState>, actor: Actor, body: Bytes) -> Result<Json<Value>, Problem> {
    let ending: Ending = read(&body)?;
    let cancelled = codes::cancel(&state.store, &ending.codes, (&actor, &ending.why), state.clock.now()).await?;
    Ok(Json(json!({ "cancelled": cancelled })))
}

/// A code that takes another's place.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Relabelling {
    old: String,
    new: String,
    #[serde(default)]
    why: String,
}

async fn relabel(State(state): State<AppState>, actor: Actor, body: Bytes) -> Result<Json<Value>, Problem> {
    let Relabelling { old, new, why } = read(&body)?;
    codes::relabel(&state.store, (&old, &new), (&actor, &why), state.clock.now()).await?;
    Ok(Json(json!({ "old": old, "new": new })))
}

/// Whose counts are wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Whose {
    member: Option<String>,
}

async fn stock_counts(
    State(state): State<AppState>,
    actor: Actor,
    Query(whose): Query<Whose>,
) -> Result<Json<Value>, Problem> {
    let member = match (actor.scope(), whose.member) {
        (Scope::Member(own), Some(asked)) if own.as_str() != asked => {
            return Err(Problem::missing(Told::new(
                format!("the member {asked} is not known"),
                format!("没有会员 {asked}。"),
            )));
        }
        (Scope::Member(own), _) => Some(own.to_string()),
        (Scope::All, asked) => asked,
    };
    let mut conn = state.store.read().await?;
    let found = store::pack::stock_counts(&mut conn, member.as_deref(), COUNTS_MAX).await?;
    let counts: Vec<Value> = found.iter().filter_map(|(member, body)| count(member, body)).collect();
    Ok(Json(Value::Array(counts)))
}

/// A stock count as JSON; none where its event cannot be read today.
#[must_use]
pub fn count(member: &str, body: &[u8]) -> Option<Value> {
    let event: Event = serde_json::from_slice(body).ok()?;
    let EventAct::StockCount { product, units } = &event.act else { return None };
    Some(json!({
        "member": member, "site": event.site, "operator": event.operator, "product": product, "units": units, "at": event.at,
    }))
}

#[cfg(test)]
mod tests;
