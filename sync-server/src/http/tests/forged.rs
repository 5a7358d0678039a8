//! Batches whose signature does not hold: what they weigh depends on what proved their terminal beside it.

use shared::event::{Act, VoidReason};
use shared::ids::EventRef;
use shared::mismatch::Kind;
use shared::wire::{REQUEST_HEADER, RequestSignature};

use super::{ask, ask_with, batch, batch_of, certify, enrol, enrol_by_key, key, terminal_id};
use crate::http::terminal_routes;
use crate::identity::Credential;
use crate::metrics::operations_routes;
use crate::store;
use crate::store::quarantine::Reason;
use crate::testing::world::World;

const PUSH: &str = "/v1/batches";

/// A batch under a terminal's name that somebody else signed; no two of them are alike.
fn forged(n: u8, which: u64) -> Vec<u8> {
    let voids =
        EventRef { terminal: terminal_id(n), epoch: shared::ids::EpochId::new(uuid::Uuid::from_u128(9)), seq: which };
    let acts = vec![Act::EpochStarted { previous: None }, Act::Void { voids, reason: VoidReason::IncorrectData }];
    batch_of(n, acts, &key(99))
}

/// The header that proves a terminal without a certificate, by some key.
fn signature(by: u8, target: &str) -> (&'static str, String) {
    (REQUEST_HEADER, RequestSignature::sign(terminal_id(1), "POST", target, &key(by)).to_string())
}

/// What speaks against anybody, and why evidence was kept.
async fn weighed(world: &World) -> (Vec<Kind>, Vec<Reason>) {
    let mut conn = world.state.store.read().await.unwrap();
    let found = store::mismatch::list(&mut conn).await.unwrap();
    let live = found.into_iter().filter(|found| found.state.is_live()).map(|found| found.mismatch.kind);
    let kept = store::quarantine::list(&mut conn, false).await.unwrap();
    (live.collect(), kept.into_iter().map(|kept| kept.reason).collect())
}

async fn counted(world: &World, credential: Credential) -> String {
    let routes = operations_routes(world.state.clone());
    let request = axum::http::Request::get("/metrics").body(axum::body::Body::empty()).unwrap();
    let answer = tower::ServiceExt::oneshot(routes, request).await.unwrap();
    let text = axum::body::to_bytes(answer.into_body(), 1_000_000).await.unwrap();
    let text = String::from_utf8(text.to_vec()).unwrap();
    let series = format!("tallyman_bad_signatures_total{{credential=\"{}\"}} ", credential.as_str());
    text.lines().find_map(|line| line.strip_prefix(&series)).unwrap().to_owned()
}

#[tokio::test]
async fn a_stranger_under_a_terminals_name_raises_nothing_against_it() {
    let world = World::new().await;
    let routes = terminal_routes(world.state.clone());
    let own = enrol(&world, 1, 60_000).await;
    let old = certify(&world, 1, 77, 60_000).await;
    // Nothing shown; a certificate that nobody knows; one of a key that the terminal has no more; a signature by another key; and one
    // by its own, which no longer proves a terminal that has a certificate.
    let signed = |by: u8| vec![signature(by, PUSH)];
    let unknown = Some(shared::chain::sha256(&[b"another"]));
    let shown = [(None, vec![]), (unknown, vec![]), (Some(old), vec![]), (None, signed(99)), (None, signed(1))];
    for (which, (shown, headers)) in (1..).zip(shown) {
        let heard = ask_with(&routes, ("POST", PUSH), (shown, &headers), forged(1, which)).await;
        assert_eq!((heard.status, heard.code.as_str()), (401, "bad-signature"), "{which}");
    }
    assert_eq!(weighed(&world).await, (vec![], vec![Reason::Unproven; 5]), "kept, and no more");
    assert_eq!((&*counted(&world, Credential::Nothing).await, &*counted(&world, Credential::Own).await), ("5", "0"));
    // The terminal itself goes on.
    assert_eq!(ask(&routes, "POST", PUSH, Some(own), batch(1)).await.status, 200);
    assert_eq!(weighed(&world).await.0, []);
}

#[tokio::test]
async fn what_a_terminal_brings_itself_with_a_wrong_signature_is_a_broken_chain() {
    let world = World::new().await;
    let routes = terminal_routes(world.state.clone());
    let own = enrol(&world, 1, 60_000).await;
    // A stranger was here before with the same bytes: that hides nothing.
    assert_eq!(ask(&routes, "POST", PUSH, None, forged(1, 1)).await.status, 401);
    let heard = ask(&routes, "POST", PUSH, Some(own), forged(1, 1)).await;
    assert_eq!((heard.status, heard.code.as_str()), (401, "bad-signature"));
    assert_eq!(weighed(&world).await, (vec![Kind::BrokenChain], vec![Reason::Unproven]));
    assert_eq!(counted(&world, Credential::Own).await, "1");
}

#[tokio::test]
async fn a_terminal_without_a_certificate_proves_itself_by_its_request() {
    let world = World::new().await;
    let routes = terminal_routes(world.state.clone());
    enrol_by_key(&world, 1).await;
    for (which, foreign) in [(1, signature(2, PUSH)), (2, signature(1, "/v1/sealed"))] {
        assert_eq!(ask_with(&routes, ("POST", PUSH), (None, &[foreign]), forged(1, which)).await.status, 401);
    }
    assert_eq!(weighed(&world).await, (vec![], vec![Reason::Unproven; 2]));
    let heard = ask_with(&routes, ("POST", PUSH), (None, &[signature(1, PUSH)]), forged(1, 3)).await;
    assert_eq!(heard.status, 401);
    let (kinds, reasons) = weighed(&world).await;
    assert_eq!((kinds, reasons.last()), (vec![Kind::BrokenChain], Some(&Reason::Signature)));
}
