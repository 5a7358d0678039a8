//! Whatever is refused under `/api/` is a problem in the reader's language, also what the router or an extractor refused by itself.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use super::problem::Problem;
use crate::told::Lang;

/// Bytes of a plain text that are read into a problem.
const TEXT_BYTES_MAX: usize = 16 * 1_024;

/// Which addresses are programs'.
#[must_use]
pub fn is_of_programs(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// Gives refusals their form.
pub async fn one_form(request: Request, next: Next) -> Response {
    if !is_of_programs(request.uri().path()) {
        return next.run(request).await;
    }
    let lang = language(request.headers());
    let response = next.run(request).await;
    if response.status().is_client_error() || response.status().is_server_error() {
        told(response, lang).await
    } else {
        response
    }
}

fn language(headers: &HeaderMap) -> Lang {
    let said = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
    Lang::accepted(&said.collect::<Vec<_>>().join(","))
}

async fn told(response: Response, lang: Lang) -> Response {
    let (mut parts, body) = response.into_parts();
    let problem = if let Some(problem) = parts.extensions.remove::<Problem>() {
        problem
    } else {
        let media = parts.headers.get(header::CONTENT_TYPE);
        let is_text = media.is_some_and(|media| media.as_bytes().starts_with(b"text/plain"));
        let text = to_bytes(body, TEXT_BYTES_MAX).await.unwrap_or_default();
        Problem::plain(parts.status, if is_text { std::str::from_utf8(&text).unwrap_or_default() } else { "" })
    };
    let mut answer = problem.answer(lang);
    // What else it says, such as `Allow` and `Retry-After`, holds; the body is another.
    parts.headers.remove(header::CONTENT_LENGTH);
    let said: Vec<_> = answer.headers().keys().cloned().collect();
    for (name, value) in parts.headers.iter().filter(|(name, _)| !said.contains(name)) {
        answer.headers_mut().append(name, value.clone());
    }
    answer
}
