//! What a decision needs, and what a question may ask.

use axum::http::StatusCode;

use super::{BUYER, RESOLVE, SUPERVISOR, act, path};
use crate::people::Role;
use crate::testing::world::World;

#[tokio::test]
async fn who_decides_says_on_which_state() {
    let world = World::peopled().await;
    let someone = world.someone(Role::Supervisor, Some("R1"));
    let bearer = ("authorization", someone.bearer.as_str());
    let ask = async |kind: &str, body: &str, headers: &[(&str, &str)]| {
        world.ask("POST", &path(kind), &[&[bearer], headers].concat(), body).await.0
    };
    let due = r#"{"at": "2026-03-05T00:00:00+08:00"}"#;
    for (kind, body) in [("resolve", RESOLVE), ("due", due), ("assign", r#"{"to": "x"}"#), ("reopen", RESOLVE)] {
        assert_eq!(ask(kind, body, &[]).await.as_u16(), 428, "{kind}");
    }
    assert_eq!(ask("seen", "", &[]).await, StatusCode::OK, "who only looks says nothing");
    assert_eq!(ask("due", due, &[("if-match", "\"0-0\", \"0-1\"")]).await, StatusCode::PRECONDITION_FAILED);
    assert_eq!(ask("due", due, &[("if-match", "*")]).await, StatusCode::OK);
    let (_, headers, _) = world.ask("GET", path("").trim_end_matches('/'), &[bearer], "").await;
    let tags = format!("\"0-0\", {}", headers["etag"].to_str().unwrap());
    assert_eq!(ask("resolve", RESOLVE, &[("if-match", &tags)]).await, StatusCode::OK);
}

#[tokio::test]
async fn the_day_is_set_by_who_is_owed_or_the_regulator() {
    let world = World::peopled().await;
    let due = r#"{"at": "2026-03-05T00:00:00+08:00"}"#;
    assert_eq!(act(&world, SUPERVISOR, &path("due"), due).await.0, StatusCode::FORBIDDEN);
    assert_eq!(act(&world, BUYER, &path("due"), due).await.0, StatusCode::OK);
    assert_eq!(act(&world, (Role::Regulator, None), &path("due"), due).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_misspelt_filter_is_refused_not_left_out() {
    let world = World::peopled().await;
    let someone = world.someone(Role::Regulator, None);
    let headers = [("authorization", someone.bearer.as_str())];
    for (query, why) in [
        ("?severty=block", "`severty` is no parameter"),
        ("?limit=0", "not a number from 1 to 500"),
        ("?limit=501", "not a number from 1 to 500"),
        ("?limit=many", "not a number from 1 to 500"),
        ("?severity=grave", "is not known here"),
    ] {
        let (status, _, told) = world.ask("GET", &format!("/api/v1/mismatches{query}"), &headers, "").await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}: {told}");
        assert!(told.contains(why), "{query}: {told}");
    }
    let (status, ..) = world.ask("GET", "/api/v1/mismatches.csv?limit=3", &headers, "").await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "an export has no pages");
    let (status, ..) = world.ask("GET", "/api/v1/mismatches?limit=1&kind=missing-goods", &headers, "").await;
    assert_eq!(status, StatusCode::OK);
}
