//! Requests beyond what one may ask, by a time that the tests hand in.

use std::sync::atomic::AtomicU64;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, StatusCode};
use tower::ServiceExt;

use super::*;
use crate::http::terminal_routes;
use crate::people::Role;
use crate::testing::world::World;

const FEW: Allowed = Allowed { person_per_minute: 60, terminal_per_minute: 600 };

/// Rates, and the seconds that went by.
fn rates(allowed: Allowed) -> (Rates, Arc<AtomicU64>) {
    let seconds = Arc::new(AtomicU64::new(0));
    let read = Arc::clone(&seconds);
    (Rates::since(allowed, move || Duration::from_secs(read.load(Ordering::Relaxed))), seconds)
}

fn terminal(n: u8) -> Asker {
    Asker::Terminal(shared::chain::sha256(&[&[n]]))
}

#[test]
fn a_minutes_requests_may_come_at_once_and_come_back_with_time() {
    let (rates, seconds) = rates(FEW);
    let (one, other) = (Asker::Person("li.mei".into()), Asker::Person("wang".into()));
    assert_eq!((0..60).filter(|_| rates.ask(&one).is_ok()).count(), 60);
    assert_eq!(rates.ask(&one), Err(1));
    assert_eq!(rates.ask(&other), Ok(()), "each has his own");
    seconds.store(2, Ordering::Relaxed);
    assert_eq!((rates.ask(&one), rates.ask(&one), rates.ask(&one)), (Ok(()), Ok(()), Err(1)));
    assert_eq!(rates.refused(), [("person", 2), ("terminal", 0), ("address", 0)]);
    let (unlimited, _) = self::rates(Allowed { person_per_minute: 0, terminal_per_minute: 0 });
    assert!((0..10_000).all(|_| unlimited.ask(&one).is_ok()));
}

/// 200 terminals come back with queues of 100 batches and a hundred photos each, over their own certificates; and as many, all without
/// one, with what `bench fleet` sends, from one address.
#[test]
fn a_fleet_that_reconnects_is_not_refused_by_the_defaults() {
    let (rates, _) = rates(Allowed::default());
    let each = |asker: &Asker, requests: usize| (0..requests).all(|_| rates.ask(asker).is_ok());
    assert!((0..200).all(|n| each(&terminal(n), 100 + 100 * 17 + 50)));
    let stranger = Asker::Stranger(Network::from_address("10.0.0.5"));
    assert!((0..200).all(|_| each(&stranger, 5 + 20)));
}

async fn time(routes: &Router, n: u8) -> (StatusCode, Option<String>, String) {
    let shown = PeerCertificate(Some(shared::chain::sha256(&[&[n]])));
    let request = Request::builder().method(Method::GET).uri("/v1/time").extension(shown);
    let answer = routes.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let wait = answer.headers().get("retry-after").map(|wait| wait.to_str().unwrap().to_owned());
    let status = answer.status();
    let told = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
    (status, wait, String::from_utf8_lossy(&told).into_owned())
}

#[tokio::test]
async fn a_terminal_that_asks_too_often_is_told_to_wait_and_counted() {
    let (rates, seconds) = rates(FEW);
    let world = World::new().await.allowing(rates);
    let routes = terminal_routes(world.state.clone());
    for _ in 0..600 {
        assert_eq!(time(&routes, 1).await.0, StatusCode::OK);
    }
    let (status, wait, told) = time(&routes, 1).await;
    assert_eq!((status, wait.as_deref()), (StatusCode::TOO_MANY_REQUESTS, Some("1")));
    assert!(told.contains("too-many-tries") && told.contains("nothing is lost"), "{told}");
    assert_eq!(time(&routes, 2).await.0, StatusCode::OK, "another one is not held up");
    seconds.store(1, Ordering::Relaxed);
    assert_eq!(time(&routes, 1).await.0, StatusCode::OK);
    assert_eq!(world.state.rates.refused()[1], ("terminal", 1));
}

#[tokio::test]
async fn a_person_who_asks_too_often_is_told_to_wait_on_pages_and_routes() {
    let (rates, seconds) = rates(FEW);
    let world = World::peopled().await.allowing(rates);
    let (one, other) = (world.someone(Role::Regulator, None), world.someone(Role::Clerk, Some("M")));
    let ask = async |bearer: &str, path| world.ask("GET", path, &[("authorization", bearer)], "").await;
    for _ in 0..60 {
        assert_eq!(ask(&one.bearer, "/api/v1/members/credit").await.0, StatusCode::OK);
    }
    let (status, headers, told) = ask(&one.bearer, "/api/v1/members/credit").await;
    assert_eq!((status, &headers["retry-after"]), (StatusCode::TOO_MANY_REQUESTS, &"1".parse().unwrap()));
    assert!(told.contains("urn:tallyman:problem:too-many-requests"), "{told}");
    let (status, headers, told) = ask(&one.bearer, "/?lang=en").await;
    assert_eq!((status, &headers["retry-after"]), (StatusCode::TOO_MANY_REQUESTS, &"1".parse().unwrap()));
    assert!(told.contains("Wait 1 s"), "{told}");
    assert_eq!(ask(&other.bearer, "/api/v1/members/credit").await.0, StatusCode::OK);
    seconds.store(1, Ordering::Relaxed);
    assert_eq!(ask(&one.bearer, "/api/v1/members/credit").await.0, StatusCode::OK);
}
