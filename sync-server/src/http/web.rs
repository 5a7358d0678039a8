//! What people and their programs ask: one list. A route is in it with who may ask it, or it is not served.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::routing::{MethodRouter, get, post};

use super::body::{limited, read_on};
use super::guard::{Access, guard, harden};
use super::one_form::one_form;
use super::parameters::Takes;
use super::state::AppState;
use super::{openapi, request_id};
use crate::people::{Actor, Right};
use crate::workflow::act::ActKind;
use crate::{attachments, audit, console, packs, registry, workflow};

/// One route of the web listener.
pub struct WebRoute {
    /// The method.
    pub method: Method,
    /// The path, with its parameters in braces.
    pub path: String,
    /// Who may ask it.
    pub access: Access,
    /// What it does, in a sentence.
    pub summary: &'static str,
    handler: MethodRouter<AppState>,
}

const SEE: Access = Access::Right(Right::See);

fn route(
    method: Method,
    path: &str,
    access: Access,
    summary: &'static str,
    handler: MethodRouter<AppState>,
) -> WebRoute {
    WebRoute { method, path: path.to_owned(), access, summary, handler }
}

/// Every route of the web listener.
#[must_use]
pub fn routes() -> Vec<WebRoute> {
    let mut routes = page_routes();
    routes.extend(api_routes());
    routes.extend(registry::http::routes().into_iter().map(of_registry));
    routes.extend(packs::http::routes().into_iter().map(of_packs));
    routes.extend(ActKind::ALL.into_iter().flat_map(act_routes));
    routes
}

/// The registry is read within the view, and changed where the view says so.
fn of_registry((method, path, summary, handler): registry::http::Route) -> WebRoute {
    let access = if method.is_safe() { SEE } else { Access::Right(Right::Records) };
    route(method, path, access, summary, handler)
}

/// What members do with the packs of their own contracts.
const PACKS_OF_MEMBERS: [&str; 9] = [
    "/api/v1/packs",
    "/api/v1/packs/apply",
    "/api/v1/applications/{application}/withdraw",
    "/api/v1/packs/{pack}",
    "/api/v1/packs/{pack}/activate",
    "/api/v1/packs/{pack}/lose",
    "/api/v1/codes/associate",
    "/api/v1/codes/relabel",
    "/api/v1/stock-counts",
];

/// Code packs are one register for all members: giving codes out and ending them is the regulator's, their use is their members'.
fn of_packs((method, path, summary, handler): registry::http::Route) -> WebRoute {
    let right = if PACKS_OF_MEMBERS.contains(&path) { Right::Records } else { Right::Registry };
    route(method, path, Access::Right(right), summary, handler)
}

fn page_routes() -> Vec<WebRoute> {
    let open = Access::Open;
    let terminals = Access::Right(Right::Terminals);
    vec![
        route(Method::GET, "/sign-in", open, "The sign-in page.", get(console::account::sign_in_page)),
        route(Method::POST, "/sign-in", open, "Signs in.", post(console::account::sign_in)),
        route(Method::POST, "/sign-out", SEE, "Signs out.", post(console::account::sign_out)),
        route(Method::GET, "/password", SEE, "The page of one's own password.", get(console::account::password_page)),
        route(Method::POST, "/password", SEE, "Changes one's own password.", post(console::account::change_password)),
        route(Method::GET, "/", SEE, "The page of mismatches.", get(console::pages::mismatches)),
        route(
            Method::GET,
            "/mismatches/{kind}/{*subject}",
            SEE,
            "The page of one mismatch.",
            get(console::pages::mismatch),
        ),
        route(Method::GET, "/attachments/{sha256}", SEE, "A photo.", get(attachments::http::picture)),
        route(Method::GET, "/registry", SEE, "The page of the registry.", get(console::registry::records)),
        route(
            Method::GET,
            "/registry/{set}/{*key}",
            SEE,
            "The page of one record, as of any day.",
            get(console::registry::record),
        ),
        route(
            Method::GET,
            "/import/{set}",
            Access::Right(Right::Records),
            "Where a table is pasted.",
            get(console::registry::paste),
        ),
        route(
            Method::POST,
            "/import/{set}",
            Access::Right(Right::Records),
            "Imports a pasted table, or shows what it would do.",
            limited(post(console::registry::take), console::registry::PASTED_BYTES_MAX),
        ),
        route(Method::GET, "/terminals", SEE, "The page of terminals.", get(console::terminals::terminals)),
        route(
            Method::POST,
            "/terminals/{terminal}/approve/{code}",
            terminals,
            "Approves a terminal.",
            post(console::terminals::approve),
        ),
        route(
            Method::POST,
            "/terminals/{terminal}/refuse",
            terminals,
            "Refuses a terminal.",
            post(console::terminals::refuse),
        ),
        route(Method::GET, "/members", SEE, "The page of credit records.", get(console::members::members)),
        route(
            Method::GET,
            "/audit",
            Access::Right(Right::Audit),
            "The page of the audit log.",
            get(console::audit::log),
        ),
        route(Method::GET, "/assets/console.css", open, "The stylesheet.", get(console::pages::stylesheet)),
        route(Method::GET, "/healthz", open, "Whether the process lives.", get(|| async { "ok\n" })),
    ]
}

fn api_routes() -> Vec<WebRoute> {
    use workflow::{api, stream};
    vec![
        route(Method::GET, "/api/v1/mismatches", SEE, "Mismatches by filter, a page at a time.", get(api::mismatches)),
        route(Method::GET, "/api/v1/mismatches.csv", SEE, "Mismatches by filter, as CSV.", get(api::export)),
        route(
            Method::GET,
            "/api/v1/mismatches/stream",
            SEE,
            "Mismatches as they change, as server-sent events.",
            get(stream::stream),
        ),
        route(Method::GET, "/api/v1/mismatches/{id}", SEE, "One mismatch with every step.", get(api::mismatch)),
        route(Method::GET, "/api/v1/members/credit", SEE, "The members' credit records.", get(api::members)),
        route(Method::GET, "/api/v1/openapi.json", SEE, "This description.", get(openapi::document)),
        route(
            Method::GET,
            "/api/v1/audit",
            Access::Right(Right::Audit),
            "What people did, newest first.",
            get(audit::api::audit),
        ),
    ]
}

/// An act is done by a form of the console or by a program.
fn act_routes(kind: ActKind) -> [WebRoute; 2] {
    let form = move |State(state): State<AppState>, actor: Actor, Path(id): Path<String>, Form(form): Form<_>| async move {
        console::acts::act(state, actor, (kind, id), form).await
    };
    let program = move |State(state): State<AppState>,
                        actor: Actor,
                        Path(id): Path<String>,
                        headers: HeaderMap,
                        body: Bytes| async move {
        workflow::api::act(state, actor, (kind, id), headers, body).await
    };
    let access = Access::Right(kind.right());
    [
        route(
            Method::POST,
            &format!("/cases/{{id}}/{}", kind.as_str()),
            access,
            "A form of a mismatch's page.",
            post(form),
        ),
        route(
            Method::POST,
            &format!("/api/v1/mismatches/{{id}}/{}", kind.as_str()),
            access,
            kind.summary(),
            post(program),
        ),
    ]
}

/// What people open.
pub fn web_routes(state: AppState) -> Router {
    let mut router = Router::new();
    for WebRoute { path, access, handler, .. } in routes() {
        let takes = Takes::of(&path);
        router = router.route(&path, handler.layer(from_fn_with_state((state.clone(), access, takes), guard)));
    }
    let router = router.fallback(console::pages::not_found).layer(from_fn(one_form)).layer(from_fn(read_on));
    router.layer(map_response(harden)).layer(from_fn(request_id::mark)).with_state(state)
}
