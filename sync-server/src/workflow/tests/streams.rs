//! Mismatches as they change.

use axum::http::StatusCode;
use serde_json::Value;

use super::resolve;
use crate::people::Role;
use crate::testing::NOW;
use crate::testing::world::World;
use crate::workflow::Allowances;

#[tokio::test]
async fn a_stream_ends_when_its_token_is_revoked_or_its_session_ends() {
    use crate::people::{session, store as people};
    let world = World::peopled().await;
    let someone = world.someone(Role::Clerk, Some("R1"));
    let stream = "/api/v1/mismatches/stream";
    let by_token = world.open(stream, &[("authorization", &someone.bearer), ("last-event-id", "0")]).await;
    let secret = [7; 32];
    let cookie = format!("{}={}", crate::people::actor::COOKIE, hex::encode(secret));
    let mut tx = world.state.store.write().await.unwrap();
    session::open(&mut tx, &someone.name, (&secret, None), NOW).await.unwrap();
    tx.commit().await.unwrap();
    let by_session = world.open(stream, &[("cookie", &cookie)]).await;

    let mut tx = world.state.store.write().await.unwrap();
    assert!(people::revoke_token(&mut tx, &someone.name, NOW).await.unwrap());
    people::end_session(&mut tx, session::session_hash(&secret)).await.unwrap();
    tx.commit().await.unwrap();
    for body in [by_token, by_session] {
        let rest = axum::body::to_bytes(body, 1 << 20);
        tokio::time::timeout(std::time::Duration::from_secs(30), rest).await.expect("the stream ends").unwrap();
    }
}

#[tokio::test]
async fn a_listener_hears_what_it_missed_and_only_what_it_may() {
    let world = World::peopled().await;
    world.state.stopping.set();
    let someone = world.someone(Role::Clerk, Some("R1"));
    let bearer = ("authorization", someone.bearer.as_str());
    let stream = "/api/v1/mismatches/stream";
    let (status, headers, told) = world.ask("GET", stream, &[bearer, ("last-event-id", "0")], "").await;
    assert_eq!((status, &headers["content-type"]), (StatusCode::OK, &"text/event-stream".parse().unwrap()));
    assert!(told.contains("OF-O1") && !told.contains("OF-O2") && !told.contains("OF-C1"), "{told}");
    let last = told.lines().filter_map(|line| line.strip_prefix("id: ")).next_back().unwrap().to_owned();
    let (_, _, told) = world.ask("GET", stream, &[bearer, ("last-event-id", &last)], "").await;
    assert!(!told.contains("OF-"), "{told}");
    resolve(&world).await;
    let (_, _, told) = world.ask("GET", stream, &[bearer, ("last-event-id", &last)], "").await;
    assert!(told.contains("\"now\":\"resolved\"") && told.contains("\"what\":\"resolve\""), "{told}");
}

/// What a listener hears after an event: what happened, who did it, with what; and the last id.
async fn heard(world: &World, member: &str, last: &str) -> (Vec<(String, Value, Value)>, String) {
    let someone = world.someone(Role::Clerk, Some(member));
    let headers = [("authorization", someone.bearer.as_str()), ("last-event-id", last)];
    let (_, _, told) = world.ask("GET", "/api/v1/mismatches/stream", &headers, "").await;
    let data = told.lines().filter_map(|line| line.strip_prefix("data: "));
    let events: Vec<Value> = data.map(|data| serde_json::from_str(data).unwrap()).collect();
    let last = told.lines().filter_map(|line| line.strip_prefix("id: ")).next_back().unwrap_or(last).to_owned();
    let said =
        |event: &Value| (event["what"].as_str().unwrap().to_owned(), event["who"].clone(), event["detail"].clone());
    (events.iter().map(said).collect(), last)
}

#[tokio::test]
async fn assignment_due_day_escalation_and_resolution_are_told_to_those_who_see_them() {
    let world = World::peopled().await;
    world.state.stopping.set();
    let (first, last) = heard(&world, "R1", "0").await;
    assert_eq!(first, [("judged".to_owned(), Value::Null, Value::Null)]);
    let (_, last_of_another) = heard(&world, "R2", "0").await;
    let clerk = world.someone(Role::Clerk, Some("W")).name;
    let name = |member| Value::from(world.someone(Role::Supervisor, Some(member)).name);
    let day = NOW.plus_ms(3_600_000);
    let to = format!(r#"{{"to": "{clerk}"}}"#);
    for (act, body) in [("assign", &*to), ("seen", ""), ("due", &format!(r#"{{"at": "{day}"}}"#)), ("wait", "")] {
        let who = if act == "due" { super::BUYER } else { super::SUPERVISOR };
        let (status, told) = super::act(&world, who, &super::path(act), body).await;
        assert!(act == "seen" || status == StatusCode::OK, "{act}: {told}");
    }
    let (acts, last) = heard(&world, "R1", &last).await;
    let due = ("due", name("R1"), day.to_minute().into());
    let expected = [("assign", name("W"), clerk.into()), due, ("wait", name("W"), Value::Null)];
    assert_eq!(acts, expected.map(|(what, who, detail): (&str, Value, Value)| (what.to_owned(), who, detail)));
    let escalated = crate::workflow::take::escalate(&world.state.store, &Allowances::default(), day).await.unwrap();
    assert_eq!(escalated, 1);
    assert_eq!(heard(&world, "R1", &last).await.0, [("escalated".to_owned(), Value::Null, Value::Null)]);
    // Others' mismatches went by; who does not see them hears nothing.
    assert!(heard(&world, "R2", &last_of_another).await.0.is_empty());
}
