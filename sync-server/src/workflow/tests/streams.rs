//! Mismatches as they change.

use axum::http::StatusCode;

use super::resolve;
use crate::people::Role;
use crate::testing::NOW;
use crate::testing::world::World;

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
    assert!(told.contains("\"now\":\"resolved\""), "{told}");
}
