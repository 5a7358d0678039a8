//! `GET /api/v1/openapi.json`: the web API and the terminals' protocol, described from the lists of routes themselves.

use axum::Json;
use axum::http::Method;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ComponentsBuilder, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder, Ref,
    RefOr, Required, ResponseBuilder, Schema,
};

use super::terminal_list;
use super::web::routes;
use crate::http::guard::Access;
use crate::people::Refused;
use crate::workflow::act::ActKind;

/// The description.
pub async fn document() -> Json<OpenApi> {
    Json(describe())
}

/// The description of every route but the console's pages.
#[must_use]
pub fn describe() -> OpenApi {
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
    let mut components: Components = ComponentsBuilder::new().schema_from::<Refused>().build();
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
    if let Some(example) = request_example(path) {
        let content = ContentBuilder::new().schema(Some(object())).example(Some(example)).build();
        operation =
            operation.request_body(Some(RequestBodyBuilder::new().content("application/json", content).build()));
    }
    let kind = match path {
        "/api/v1/mismatches.csv" => "text/csv",
        "/api/v1/mismatches/stream" => "text/event-stream",
        _ => "application/json",
    };
    let answer = ContentBuilder::new().example(answer_example(path)).build();
    let answers = [
        ("200", ResponseBuilder::new().description("Done.").content(kind, answer).build()),
        ("4XX", refusal("Refused: what, why, and what next.")),
        ("5XX", refusal("The server could not; nothing was changed, try again.")),
    ];
    answers.into_iter().fold(operation, |operation, (code, answer)| operation.response(code, answer)).build()
}

fn refusal(told: &str) -> utoipa::openapi::Response {
    let example = json!({ "code": "not-found", "message": "there is nothing at this address that you may see" });
    let schema = Ref::from_schema_name(Refused::name());
    let content = ContentBuilder::new().schema(Some(schema)).example(Some(example)).build();
    ResponseBuilder::new().description(told).content("application/json", content).build()
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

fn object() -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::Object).build().into()
}

/// The filters, and where a page starts.
fn query_of(path: &str) -> Vec<(&'static str, &'static str)> {
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
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::people::Role;
    use crate::testing::world::World;
    use crate::workflow::api::Particulars;

    #[test]
    fn every_route_is_described() {
        let described = serde_json::to_value(describe()).unwrap();
        let web = routes().into_iter().filter(|route| route.path.starts_with("/api/"));
        let web: Vec<_> = web.map(|route| (route.method, route.path)).collect();
        let terminal = terminal_list().into_iter().map(|route| (route.method, route.path.to_owned()));
        for (method, path) in web.into_iter().chain(terminal) {
            let operation = &described["paths"][&path][method.as_str().to_lowercase()];
            assert!(operation["summary"].as_str().is_some_and(|told| told.len() > 10), "{method} {path}: {operation}");
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let of_path = parameters.iter().filter(|parameter| parameter["in"] == "path").count();
            assert_eq!(of_path, path.matches('{').count(), "{path}");
            for refused in ["4XX", "5XX"] {
                let schema = &operation["responses"][refused]["content"]["application/json"]["schema"]["$ref"];
                assert_eq!(schema, "#/components/schemas/Refused", "{method} {path}");
            }
        }
    }

    #[test]
    fn request_examples_are_what_the_acts_take() {
        for kind in ActKind::ALL {
            let example = request_example(&format!("/api/v1/mismatches/{{id}}/{}", kind.as_str())).unwrap();
            let given: Particulars = serde_json::from_value(example).unwrap();
            assert_eq!(given.act(kind).unwrap().kind(), kind);
        }
    }

    #[tokio::test]
    async fn a_refusal_is_what_its_schema_says() {
        let described = serde_json::to_value(describe()).unwrap();
        let schema = &described["components"]["schemas"]["Refused"];
        let required: BTreeSet<String> = serde_json::from_value(schema["required"].clone()).unwrap();
        let (status, _, told) = World::new().await.ask("GET", "/api/v1/mismatches", &[], "").await;
        let told: Value = serde_json::from_str(&told).unwrap();
        assert_eq!((status.as_u16(), keys(&told), keys(&schema["properties"])), (401, required.clone(), required));
    }

    fn keys(value: &Value) -> BTreeSet<String> {
        value.as_object().unwrap().keys().cloned().collect()
    }

    #[tokio::test]
    async fn answer_examples_have_the_keys_of_real_answers() {
        let world = World::peopled().await;
        let someone = world.someone(Role::Regulator, None);
        let id = World::id("OF-O1", "O1").to_string();
        for path in ["/api/v1/mismatches", "/api/v1/mismatches/{id}", "/api/v1/members/credit", "/api/v1/audit"] {
            let target = path.replace("{id}", &id);
            let (_, _, told) = world.ask("GET", &target, &[("authorization", &someone.bearer)], "").await;
            let (real, example): (Value, _) = (serde_json::from_str(&told).unwrap(), answer_example(path).unwrap());
            assert_eq!(keys(&real), keys(&example), "{path}");
            let inner = |value: &Value| match path {
                "/api/v1/mismatches" => keys(&value["mismatches"][0]),
                "/api/v1/mismatches/{id}" => keys(&value["mismatch"]),
                _ => BTreeSet::new(),
            };
            assert_eq!(inner(&real), inner(&example), "{path}");
        }
    }
}
