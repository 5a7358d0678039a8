//! `GET /api/v1/openapi.json`: the web API and the terminals' protocol, described from the lists of routes themselves; what they take
//! and answer is in `exchange`, its schemas in `components.json`. Tests hold every reply that they see against it.

mod exchange;
mod sets;

use axum::Json;
use axum::http::Method;
use serde_json::{Map, Value, json};
use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ComponentsBuilder, Content, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathItem,
    PathsBuilder, Ref, Required, Response, ResponseBuilder,
};

use super::terminal_list;
use super::web::routes;
use crate::http::guard::Access;
use crate::people::Refusal;
use crate::store::StoreError;
use crate::workflow::act::ActKind;
use exchange::{Body, exchange};

/// The schemas of bodies.
const COMPONENTS: &str = include_str!("components.json");

/// The description.
pub async fn document() -> Result<Json<Value>, Refusal> {
    Ok(Json(describe().map_err(StoreError::from)?))
}

/// The description of every route but the console's pages.
pub fn describe() -> Result<Value, serde_json::Error> {
    let mut described = serde_json::to_value(operations())?;
    let written: Map<String, Value> = serde_json::from_str(COMPONENTS)?;
    described["components"]["schemas"] = Value::Object(written.into_iter().chain(sets::schemas()).collect());
    Ok(described)
}

fn operations() -> OpenApi {
    let mut paths = PathsBuilder::new();
    for route in routes().iter().filter(|route| route.path.starts_with("/api/")) {
        let needs_sign_in = route.access != Access::Open;
        let operation = operation(&route.method, &route.path, (route.summary, "web"), needs_sign_in);
        paths = paths.path(route.path.clone(), PathItem::new(method(&route.method), operation));
    }
    for route in terminal_list() {
        let operation = operation(&route.method, route.path, (route.summary, "terminal"), false);
        paths = paths.path(route.path, PathItem::new(method(&route.method), operation));
    }
    let mut components: Components = ComponentsBuilder::new().build();
    components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    let info = InfoBuilder::new()
        .title("Tallyman")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Routes under /api/v1 are for people's programs (a token, or a session with its X-CSRF-Token), on the listener `web_listen`. \
             Routes under /v1 are the terminals' protocol on `terminal_listen`; docs/protocol.md says what their bodies hold.",
        ))
        .build();
    OpenApiBuilder::new().info(info).paths(paths).components(Some(components)).build()
}

fn method(method: &Method) -> HttpMethod {
    match *method {
        Method::POST => HttpMethod::Post,
        Method::PUT => HttpMethod::Put,
        Method::HEAD => HttpMethod::Head,
        Method::DELETE => HttpMethod::Delete,
        Method::PATCH => HttpMethod::Patch,
        _ => HttpMethod::Get,
    }
}

fn operation(
    method: &Method,
    path: &str,
    (summary, tag): (&str, &str),
    needs_sign_in: bool,
) -> utoipa::openapi::path::Operation {
    let id = path.replace(['/', '{', '}', '.'], " ").split_whitespace().collect::<Vec<_>>().join("-");
    let mut operation = OperationBuilder::new()
        .operation_id(Some(format!("{}-{id}", method.as_str().to_lowercase())))
        .tag(tag)
        .summary(Some(summary));
    for name in path.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
        operation = operation.parameter(parameter(name, ParameterIn::Path, "See the answer that names it."));
    }
    for (name, told) in query_of(path) {
        operation = operation.parameter(parameter(name, ParameterIn::Query, told));
    }
    if needs_sign_in {
        let none: [&str; 0] = [];
        operation = operation.security(SecurityRequirement::new("token", none));
    }
    let said = exchange(method.as_str(), path);
    if let Some(body) = said.as_ref().and_then(|said| said.request.as_ref()) {
        let required = if body.may_lack { Required::False } else { Required::True };
        let request = RequestBodyBuilder::new().required(Some(required));
        let request = contents(body, request_example(path))
            .fold(request, |request, (media, content)| request.content(media, content));
        operation = operation.request_body(Some(request.build()));
    }
    for (status, body) in said.into_iter().flat_map(|said| said.answers) {
        let answer = ResponseBuilder::new().description("Done.");
        let bodies = body.iter().flat_map(|body| contents(body, answer_example(path)));
        let answer = bodies.fold(answer, |answer, (media, content)| answer.content(media, content));
        operation = operation.response(status, answer.build());
    }
    let refusals = [
        ("4XX", refusal(path, "Refused: what, why, and what next.")),
        ("5XX", refusal(path, "The server could not; nothing was changed, try again.")),
    ];
    refusals.into_iter().fold(operation, |operation, (code, answer)| operation.response(code, answer)).build()
}

/// A body as each of its media types.
fn contents(body: &Body, example: Option<Value>) -> impl Iterator<Item = (&'static str, Content)> {
    body.media.iter().map(move |media| {
        let content = ContentBuilder::new();
        let content = match body.schema {
            Some(name) => content.schema(Some(Ref::from_schema_name(name))).example(example.clone()),
            // Bytes, whatever they say: a file is described where it is made.
            None => content,
        };
        (*media, content.build())
    })
}

/// A terminal's refusal is of the protocol; a program's is a problem (RFC 9457), whatever it asked.
fn refusal(path: &str, told: &str) -> Response {
    let (media, name, example) = if path.starts_with("/v1/") {
        let message = "this terminal is not enrolled on this server";
        (exchange::JSON, "TerminalProblem", json!({ "code": "unknown-terminal", "message": message }))
    } else {
        let example = json!({
            "type": "urn:tallyman:problem:not-found", "title": "There is nothing here", "status": 404,
            "detail": "there is nothing at this address that you may see; look at the list for what there is"
        });
        (exchange::PROBLEM, "Problem", example)
    };
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(name))).example(Some(example)).build();
    ResponseBuilder::new().description(told).content(media, content).build()
}

fn parameter(name: &str, place: ParameterIn, told: &str) -> utoipa::openapi::path::Parameter {
    let required = if place == ParameterIn::Path { Required::True } else { Required::False };
    let schema = ObjectBuilder::new().schema_type(Type::String);
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .description(Some(told))
        .schema(Some(schema))
        .build()
}

/// The filters, and where a page starts.
pub(super) fn query_of(path: &str) -> Vec<(&'static str, &'static str)> {
    let filters = [
        ("state", "live (the default), provisional, confirmed, closed, resolved or all."),
        ("kind", "A kind of the catalogue, such as missing-goods."),
        ("severity", "block, hold, warn or info."),
        ("workflow", "open, seen, in-progress, waiting, escalated or resolved."),
        ("basis", "A basis's number."),
        ("document", "A document's number."),
        ("member", "A member's code: its trade."),
        ("assignee", "A person's sign-in name."),
    ];
    match path {
        "/api/v1/mismatches" => {
            let paging = [("after", "`next` of the page before."), ("limit", "Mismatches of a page, 1 to 500; 100.")];
            filters.into_iter().chain(paging).collect()
        }
        "/api/v1/mismatches.csv" => filters.to_vec(),
        "/api/v1/audit" => vec![("before", "`next` of the page before.")],
        "/api/v1/registry/{set}" => vec![
            ("after", "`next` of the page before."),
            ("limit", "Records of a page, 1 to 1000; 100."),
            ("q", "A part of the key or the name. The names of columns filter as well."),
        ],
        "/api/v1/registry/{set}/{key}" => {
            vec![
                ("valid", "The moment whose state is meant; now."),
                ("known", "The moment whose knowledge is meant; now."),
            ]
        }
        "/api/v1/registry/{set}/import" => {
            vec![("preview", "true: only look."), ("skip_bad", "true: take what is right, leave what is faulty.")]
        }
        "/api/v1/registry/{set}/export" | "/api/v1/registry/{set}/template" => {
            vec![("format", "csv (the default), xlsx or json."), ("lang", "The headings' language: zh or en.")]
        }
        "/api/v1/packs/import" => vec![("sha256", "What the file's SHA-256 must be.")],
        "/api/v1/packs/{pack}/file" => {
            vec![("format", "csv (the default) or json."), ("recipient", "Whom it is encrypted for (age, X25519).")]
        }
        "/api/v1/stock-counts" => vec![("member", "A member's code.")],
        "/v1/changes" => vec![
            ("since", "`cursor` of the page before; 0."),
            ("ledger", "Which ledger that was of."),
            ("resume", "`resume` of the page before."),
            ("wire", "The wire version that the terminal reads."),
            ("server", "The digest of the server's record that it has."),
            ("left", "true: say how much follows."),
        ],
        "/v1/checkpoints" => vec![("from", "Entries of the oldest checkpoint to show.")],
        _ => Vec::new(),
    }
}

/// What an act's body may look like.
#[must_use]
pub fn request_example(path: &str) -> Option<Value> {
    let kind = ActKind::ALL.into_iter().find(|kind| path == format!("/api/v1/mismatches/{{id}}/{}", kind.as_str()))?;
    Some(match kind {
        ActKind::Seen | ActKind::Start | ActKind::Wait => json!({}),
        ActKind::Assign => json!({ "to": "li.mei" }),
        ActKind::Comment => json!({ "comment": "asked the consignor to count again" }),
        ActKind::Due => json!({ "at": "2026-10-05T18:00:00+08:00" }),
        ActKind::Resolve => json!({ "reason": "true-shortage", "comment": "counted again: two cases are gone" }),
        ActKind::Reopen => json!({ "comment": "the cases turned up elsewhere" }),
    })
}

/// What an answer looks like.
#[must_use]
pub fn answer_example(path: &str) -> Option<Value> {
    let mismatch = json!({
        "id": "WyJtaXNzaW5nLWdvb2RzIiwiTjEvUE9EIGluYm91bmQiLCJiYXNpcyBDMSJd", "kind": "missing-goods",
        "subject": "N1/POD inbound", "state": "confirmed", "severity": "hold", "scope": { "basis": "C1" }, "basis": "C1",
        "document": "N1", "count": 2, "codes": [], "events": [], "at": "2026-10-04T09:10:00.000+08:00",
        "now": "confirmed", "workflow": "open", "assignee": null, "respond_by": "2026-10-07T09:11:00.000+08:00",
        "reason": null, "resolved_by": null, "resolved_at": null, "raised_at": "2026-10-04T09:11:00.000+08:00",
        "changed_at": "2026-10-04T10:03:00.000+08:00", "position": 17
    });
    let act = ActKind::ALL.into_iter().find(|kind| path == format!("/api/v1/mismatches/{{id}}/{}", kind.as_str()));
    Some(match (path, act) {
        (_, Some(kind)) => json!({ "done": kind.as_str() }),
        ("/api/v1/mismatches", _) => {
            json!({ "mismatches": [mismatch], "next": "1.-1775268660000.WyJtaXNzaW5nLWdvb2RzIiwiTjEvUE9EIGluYm91bmQiLCJiYXNpcyBDMSJd", "as_of": "2026-10-04T10:40:00.000+08:00" })
        }
        ("/api/v1/mismatches/{id}", _) => json!({ "mismatch": mismatch, "steps": [], "version": "17-0" }),
        ("/api/v1/members/credit", _) => json!({ "members": [], "as_of": "2026-10-04T10:40:00.000+08:00" }),
        ("/api/v1/audit", _) => json!({ "acts": [], "next": null }),
        _ => return None,
    })
}

#[cfg(test)]
pub(crate) mod check;
#[cfg(test)]
mod tests;
