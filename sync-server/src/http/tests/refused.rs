//! Whatever the web API refuses has one form, in the reader's language.

use axum::http::Method;
use serde_json::Value;

use crate::http::web::routes;
use crate::people::Role;
use crate::testing::world::World;

/// What is refused, with its status and kind: by the router, by readers of addresses and bodies, by the guard, by handlers.
const REFUSED: [(&str, &str, &str, u16, &str); 14] = [
    ("GET", "/api/v1/nowhere", "", 404, "not-found"),
    ("GET", "/api", "", 404, "not-found"),
    ("DELETE", "/api/v1/mismatches", "", 405, "method"),
    ("GET", "/api/v1/mismatches?colour=red", "", 400, "bad-request"),
    ("GET", "/api/v1/packs?colour=red", "", 400, "bad-request"),
    ("GET", "/api/v1/registry/member?colour=red", "", 422, "invalid"),
    ("GET", "/api/v1/registry/member/M?colour=red", "", 400, "bad-request"),
    ("GET", "/api/v1/audit?before=soon", "", 400, "bad-request"),
    ("GET", "/api/v1/registry/shoes", "", 404, "not-found"),
    ("POST", "/api/v1/mismatches/{id}/comment", "{", 400, "bad-request"),
    ("POST", "/api/v1/mismatches/{id}/comment", r#"{"coment": "x"}"#, 400, "bad-request"),
    ("POST", "/api/v1/packs/issue", "no JSON", 400, "bad-request"),
    ("POST", "/api/v1/packs/issue", r#"{"colour": "red"}"#, 400, "bad-request"),
    ("PUT", "/api/v1/registry/member/M", "[]", 400, "bad-request"),
];

async fn refused(world: &World, (method, path, body): (&str, &str, &str), lang: &str) -> (u16, Value) {
    let regulator = world.someone(Role::Regulator, None);
    let headers = [("authorization", regulator.bearer.as_str()), ("accept-language", lang)];
    let path = path.replace("{id}", &World::id("OF-O1", "O1").to_string());
    let (status, answered, told) = world.ask(method, &path, &headers, body).await;
    assert_eq!(answered["content-type"], "application/problem+json", "{method} {path}");
    (status.as_u16(), serde_json::from_str(&told).unwrap())
}

#[tokio::test]
async fn every_refusal_is_a_problem_in_the_readers_language() {
    let world = World::peopled().await;
    for (method, path, body, status, kind) in REFUSED {
        let (heard, english) = refused(&world, (method, path, body), "en-GB,zh;q=0.5").await;
        assert_eq!((heard, &english["type"]), (status, &format!("urn:tallyman:problem:{kind}").into()), "{path}");
        assert_eq!(english["status"], status, "{path}");
        let (_, chinese) = refused(&world, (method, path, body), "zh-CN,en;q=0.5").await;
        for field in ["title", "detail"] {
            let (english, chinese) = (english[field].as_str().unwrap(), chinese[field].as_str().unwrap());
            let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert!(!is_chinese(english) && is_chinese(chinese), "{method} {path}: {english} / {chinese}");
        }
    }
}

#[tokio::test]
async fn a_parameter_that_a_route_does_not_know_is_named() {
    let world = World::peopled().await;
    world.state.stopping.set();
    for route in routes().iter().filter(|route| route.path.starts_with("/api/") && route.method == Method::GET) {
        let path = ["{id}", "{set}", "{key}", "{pack}", "{terminal}"]
            .iter()
            .zip([&*World::id("OF-O1", "O1").to_string(), "member", "M", "P1", "T1"])
            .fold(route.path.clone(), |path, (name, value)| path.replace(name, value));
        let (status, told) = refused(&world, ("GET", &format!("{path}?colour=red"), ""), "").await;
        assert!([400, 422].contains(&status) && told.to_string().contains("colour"), "{path}: {status} {told}");
    }
}

#[tokio::test]
async fn a_wrong_method_says_which_are_taken() {
    let world = World::peopled().await;
    let regulator = world.someone(Role::Regulator, None);
    let bearer = ("authorization", regulator.bearer.as_str());
    let (status, headers, _) = world.ask("DELETE", "/api/v1/mismatches", &[bearer], "").await;
    assert_eq!((status.as_u16(), &headers["allow"]), (405, &"GET,HEAD".parse().unwrap()));
}
