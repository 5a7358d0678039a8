//! Whole sets as files: taken in, given out, empty ones to fill.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::{parse_set, seen_by};
use crate::export::{self, Format, Lang};
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::import::{self, Options, Report, Source};
use crate::people::Actor;
use crate::told::Told;

/// How a file is taken in.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Importing {
    /// Only look.
    preview: bool,
    /// Take what is right, leave what is faulty.
    skip_bad: bool,
}

/// Media types that a browser sends to another site only after asking it: a form of a foreign page cannot import.
const TYPES: [&str; 6] = [
    "text/csv",
    "application/json",
    "application/x-ndjson",
    "application/octet-stream",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
];

pub(super) async fn import(
    State(state): State<AppState>,
    actor: Actor,
    Path(set): Path<String>,
    Query(importing): Query<Importing>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Report>, Problem> {
    let set = parse_set(&set)?;
    let named = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let plain = named.split(';').next().unwrap_or_default().trim();
    if !TYPES.contains(&plain) {
        let types = TYPES.join(", ");
        let detail = Told::new(
            format!("`{plain}` is no type of a file that is taken; types are {types}"),
            format!("不接受 `{plain}` 类型的文件；可用：{types}。"),
        );
        let title = &("The type is not taken", "不接受这种类型");
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", title, detail));
    }
    let source = Source { name: set.name().to_owned(), bytes: body.into() };
    let options = Options { set: Some(set), preview: importing.preview, skip_bad: importing.skip_bad, by: actor };
    Ok(Json(import::run(&state.store, vec![source], &options, state.clock.now()).await?))
}

/// Which form of file is wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wanted {
    format: Option<String>,
    lang: Option<String>,
}

impl Wanted {
    fn read(&self) -> Result<(Format, Lang), Problem> {
        let bad = |why: export::FormatError| Problem::bad_request(Told::quoted(&why.to_string(), "没有这种格式或语言"));
        let format = self.format.as_deref().unwrap_or("csv").parse().map_err(bad)?;
        let lang = self.lang.as_deref().unwrap_or("zh").parse().map_err(bad)?;
        Ok((format, lang))
    }
}

pub(super) async fn export(
    State(state): State<AppState>,
    actor: Actor,
    Path(set): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let set = parse_set(&set)?;
    let (format, lang) = wanted.read()?;
    let known = seen_by(&mut *state.store.read().await?, &actor).await?;
    Ok(file(set.name(), format, export::export(&known, set, format, lang)?))
}

pub(super) async fn template(Path(set): Path<String>, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let set = parse_set(&set)?;
    let (format, lang) = wanted.read()?;
    Ok(file(&format!("{}-template", set.name()), format, export::template(set, format, lang)?))
}

fn file(name: &str, format: Format, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}.{}\"", format.ending());
    ([(header::CONTENT_TYPE, format.media_type().to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response()
}
