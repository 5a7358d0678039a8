//! Who is let through to a route. Every route of the web listener stands behind this; its access is part of its line in the list of
//! routes (`http::web`), so a route without one does not compile.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use shared::chain::sha256;

use super::one_form::is_of_programs;
use super::parameters::Takes;
use super::problem::Problem;
use super::rates;
use super::state::AppState;
use crate::console::{origin, registry, sign_in};
use crate::nul;
use crate::people::actor::{Actor, Means, from_where, who};
use crate::people::refusal::Refusal;
use crate::people::role::Right;
use crate::told::Told;

/// Who may ask a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody: signing in, the stylesheet, whether the server lives.
    Open,
    /// Who has this right.
    Right(Right),
}

/// The header that programs in a browser send the session's token in; forms send it as the field `csrf`.
pub const CSRF_HEADER: &str = "x-csrf-token";

/// Bytes of a form, at most; of one with a pasted table, those of a file.
const FORM_BYTES_MAX: usize = 64 * 1_024;

/// Lets a request through, with its [`Actor`] beside it, or answers in its place: a program with JSON, a browser with a page.
pub async fn guard(
    State((state, access, takes)): State<(AppState, Access, Takes)>,
    request: Request,
    next: Next,
) -> Response {
    let is_program = is_of_programs(request.uri().path());
    let wants_page = request.method() == Method::GET && !is_program;
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str()).to_owned();
    let admitted = admit(&state, access, request).await;
    let admitted = admitted.and_then(|request| takes.check(request.uri()).map(|()| request));
    let response = match admitted {
        Ok(request) => next.run(request).await,
        Err(Refusal::SignIn) if wants_page => return sign_in::send_there(&target),
        Err(refusal) => refusal.into_response(),
    };
    match response.extensions().get() {
        Some(problem) if !is_program => {
            let problem: &Problem = problem;
            let mut page = sign_in::refused(response.status(), &target, problem.detail());
            let later = response.headers().get(header::RETRY_AFTER).cloned();
            page.headers_mut().extend(later.map(|later| (header::RETRY_AFTER, later)));
            page
        }
        _ => response,
    }
}

async fn admit(state: &AppState, access: Access, request: Request) -> Result<Request, Refusal> {
    let (mut parts, body) = request.into_parts();
    if parts.uri.path_and_query().is_some_and(|target| nul::is_in_address(target.as_str())) {
        return Err(Refusal::Bad(nul::told("the address", "地址")));
    }
    let Access::Right(right) = access else { return Ok(Request::from_parts(parts, body)) };
    let actor = who(state, &parts.headers, from_where(&parts)).await?;
    if !matches!(actor.means, Means::Unasked) {
        rates::of_person(state, &actor.name)?;
    }
    let body = match &actor.means {
        Means::Session(_) | Means::Unasked if !parts.method.is_safe() => {
            own_page(&actor, (&parts.uri, &parts.headers), body).await?
        }
        _ => body,
    };
    if !actor.has(right) {
        return Err(Refusal::Role);
    }
    parts.extensions.insert(actor);
    Ok(Request::from_parts(parts, body))
}

/// A browser must not act for a page from elsewhere: the origin is ours, and the session's token came along.
async fn own_page(actor: &Actor, (address, headers): (&Uri, &HeaderMap), body: Body) -> Result<Body, Refusal> {
    if !origin::is_own(address, headers) {
        return Err(Refusal::Foreign);
    }
    let expected = actor.csrf();
    if expected.is_empty() {
        return Ok(body);
    }
    // Of hashes, so that the time it takes tells nothing of the token.
    let is_same = |given: &str| sha256(&[given.as_bytes()]) == sha256(&[expected.as_bytes()]);
    if let Some(given) = headers.get(CSRF_HEADER) {
        return if given.to_str().is_ok_and(is_same) { Ok(body) } else { Err(Refusal::Foreign) };
    }
    let is_form = |value: &HeaderValue| value.as_bytes().starts_with(b"application/x-www-form-urlencoded");
    if !headers.get(header::CONTENT_TYPE).is_some_and(is_form) {
        return Err(Refusal::Foreign);
    }
    let is_table = address.path().starts_with("/import/");
    let (bytes_max, too_long) = if is_table {
        (registry::PASTED_BYTES_MAX, registry::pasted_too_long())
    } else {
        let why = Told::fixed(
            "the form is too long; nothing was changed, send less text",
            "填写的内容太长，没有改动；请减少文字。",
        );
        (FORM_BYTES_MAX, Refusal::TooLarge(why))
    };
    let bytes = to_bytes(body, bytes_max).await.map_err(|_| too_long)?;
    let mut fields = bytes.split(|byte| *byte == b'&').filter_map(|field| field.strip_prefix(b"csrf="));
    let given = fields.next().and_then(|value| std::str::from_utf8(value).ok());
    if given.is_some_and(is_same) { Ok(Body::from(bytes)) } else { Err(Refusal::Foreign) }
}

/// What every answer of the listener says to browsers, where its handler did not say it more exactly.
pub async fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let defaults = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in defaults {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
