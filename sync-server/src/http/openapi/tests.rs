//! The description against the routes, and against what they really answer.

use std::collections::BTreeSet;

use super::check::{described, fits};
use super::*;
use crate::people::Role;
use crate::testing::world::World;
use crate::workflow::api::Particulars;

/// Every route of a program, as method and path.
fn of_programs() -> BTreeSet<(String, String)> {
    let web = routes().into_iter().filter(|route| route.path.starts_with("/api/"));
    let web = web.map(|route| (route.method.to_string(), route.path));
    web.chain(terminal_list().into_iter().map(|route| (route.method.to_string(), route.path.to_owned()))).collect()
}

/// Every operation of the description, as method and path.
fn operations_described() -> BTreeSet<(String, String)> {
    let paths = described()["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, item)| {
        item.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
    });
    operations.collect()
}

#[test]
fn what_is_served_is_what_is_described() {
    assert_eq!(operations_described(), of_programs());
    assert!(of_programs().len() > 50);
}

#[test]
fn every_operation_says_what_it_takes_and_answers() {
    for (method, path) in of_programs() {
        let operation = &described()["paths"][&path][method.to_lowercase()];
        assert!(operation["summary"].as_str().is_some_and(|told| told.len() > 10), "{method} {path}: {operation}");
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let of_path = parameters.iter().filter(|parameter| parameter["in"] == "path").count();
        assert_eq!(of_path, path.matches('{').count(), "{path}");
        let said = exchange(&method, &path).unwrap_or_else(|| panic!("say in `exchange` what {method} {path} answers"));
        assert_eq!(said.request.is_some(), !operation["requestBody"].is_null(), "{method} {path}");
        assert!(!["PUT", "POST"].contains(&method.as_str()) || said.request.is_some(), "{method} {path} takes nothing");
        for (status, body) in said.answers {
            let content = &operation["responses"][status]["content"];
            let media: BTreeSet<&str> =
                content.as_object().into_iter().flatten().map(|(media, _)| media.as_str()).collect();
            assert_eq!(media, body.iter().flat_map(|body| body.media.iter().copied()).collect(), "{method} {path}");
        }
        let is_terminals = path.starts_with("/v1/");
        let (media, refusal) = if is_terminals {
            ("application/json", "TerminalProblem")
        } else {
            ("application/problem+json", "Problem")
        };
        for refused in ["4XX", "5XX"] {
            let content = operation["responses"][refused]["content"].as_object().unwrap();
            assert_eq!(content.len(), 1, "{method} {path}: one form of refusal");
            let schema = &content[media]["schema"]["$ref"];
            assert_eq!(schema, &format!("#/components/schemas/{refusal}"), "{method} {path}");
        }
    }
}

#[test]
fn every_schema_is_there_and_used() {
    let text = described().to_string();
    let schemas = described()["components"]["schemas"].as_object().unwrap();
    let named: BTreeSet<&str> =
        text.split("#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(named, schemas.keys().map(String::as_str).collect());
}

#[test]
fn a_wrong_reply_is_told() {
    let page = serde_json::json!({ "mismatches": [], "next": null, "as_of": "2026-10-04T10:40:00.000+08:00" });
    let schema = serde_json::json!({ "$ref": "#/components/schemas/MismatchPage" });
    assert_eq!(fits(&schema, &page, ""), Ok(()));
    let changed = |field: &str, value: Value| {
        let mut page = page.clone();
        page[field] = value;
        fits(&schema, &page, "").unwrap_err()
    };
    assert!(changed("next", 5.into()).contains(".next: 5 is no"));
    assert!(changed("as_of", "noon".into()).contains("`noon`"));
    assert!(changed("colour", "red".into()).contains("`colour` is not described"));
    assert!(changed("mismatches", serde_json::json!([{ "id": "x" }])).contains("is missing"));
}

#[test]
fn request_examples_are_what_the_acts_take() {
    for kind in ActKind::ALL {
        let example = request_example(&format!("/api/v1/mismatches/{{id}}/{}", kind.as_str())).unwrap();
        let given: Particulars = serde_json::from_value(example).unwrap();
        assert_eq!(given.act(kind).unwrap().kind(), kind);
    }
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
