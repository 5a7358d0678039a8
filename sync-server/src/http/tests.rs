//! The terminals' listener against strangers, and when it is full.

mod described;
mod forged;
mod looked_up;
mod refused;
mod reported;
mod unreachable;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use ring::signature::Ed25519KeyPair;
use serde_json::Value;
use shared::chain::{Hash, PublicKey, epoch_hash, sha256};
use shared::event::{Act, Event};
use shared::ids::{EpochId, TerminalId};
use shared::wire::{Batch, BatchHeader, DataAsOf, Offer, REPLY_FORM, WIRE_VERSION};
use tower::ServiceExt;
use uuid::Uuid;

use super::openapi::check::{Heard as Asked, hold};
use super::terminal_routes;
use crate::identity::caller::PeerCertificate;
use crate::store;
use crate::store::certificate::{ClientCertificate, keep};
use crate::store::terminal::Terminal;
use crate::testing::NOW;
use crate::testing::world::World;

/// What the state's intake may hold, `testing::world`.
const ROOM_BYTES: usize = 1_000_000;

struct Heard {
    status: u16,
    code: String,
    retry_after: Option<u64>,
    said: Value,
}

async fn ask(routes: &Router, method: &str, path: &str, shown: Option<Hash>, body: Vec<u8>) -> Heard {
    ask_with(routes, (method, path), (shown, &[]), body).await
}

/// The same with headers.
async fn ask_with(
    routes: &Router,
    (method, path): (&str, &str),
    (shown, headers): (Option<Hash>, &[(&str, String)]),
    body: Vec<u8>,
) -> Heard {
    let mut request = Request::builder().method(method).uri(path).extension(PeerCertificate(shown));
    let sent = body.clone();
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let answer = routes.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let status = answer.status().as_u16();
    let wait = answer.headers().get(header::RETRY_AFTER);
    let retry_after = wait.map(|seconds| seconds.to_str().unwrap().parse().unwrap());
    let media = answer.headers().get(header::CONTENT_TYPE).map(|media| media.to_str().unwrap().to_owned());
    let bytes = to_bytes(answer.into_body(), 1_000_000).await.unwrap();
    hold(&Asked { method, target: path, sent: &sent, status, media: media.as_deref(), body: &bytes });
    let said: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    Heard { status, code: said["code"].as_str().unwrap_or_default().to_owned(), retry_after, said }
}

fn key(n: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[n; 32]).unwrap()
}

fn terminal_id(n: u8) -> TerminalId {
    TerminalId::new(Uuid::from_u128(u128::from(n)))
}

/// The first batch of a terminal.
fn batch(n: u8) -> Vec<u8> {
    batch_of(n, vec![Act::EpochStarted { previous: None }], &key(n))
}

/// The first batch of a terminal, of these acts, signed by any key.
fn batch_of(n: u8, acts: Vec<Act>, signer: &Ed25519KeyPair) -> Vec<u8> {
    let (terminal, epoch) = (terminal_id(n), EpochId::new(Uuid::from_u128(9)));
    let event = |(seq, act)| Event {
        terminal,
        epoch,
        seq,
        event_id: None,
        at: NOW,
        mono_ms: seq,
        boot: Uuid::from_u128(5),
        operator: None,
        site: "S".into(),
        app: "test".into(),
        data_as_of: 0,
        act,
    };
    let bodies: Vec<_> = (1..).zip(acts).map(|one| event(one).to_body().unwrap()).collect();
    let header = BatchHeader {
        wire: WIRE_VERSION,
        reply: REPLY_FORM,
        terminal,
        epoch,
        first_seq: 1,
        count: bodies.len() as u64,
        previous_hash: epoch_hash(terminal, epoch),
        offer: Offer::New,
        pending_after: 0,
        data_as_of: DataAsOf::default(),
        app: "test".into(),
        rules: "2022-trial".into(),
        sent_at: NOW,
    };
    let batch = Batch::sign(header, bodies, signer).unwrap();
    zstd::encode_all(&*batch.to_ndjson().unwrap(), 1).unwrap()
}

/// Enrols a terminal; answers the fingerprint of its certificate.
async fn enrol(world: &World, n: u8, expires_in_ms: i64) -> Hash {
    enrol_by_key(world, n).await;
    certify(world, n, n, expires_in_ms).await
}

/// Enrols a terminal without a certificate.
async fn enrol_by_key(world: &World, n: u8) {
    enrol_for(world, n, "M").await;
}

/// The same for a member.
async fn enrol_for(world: &World, n: u8, member: &str) {
    let terminal = Terminal {
        terminal: terminal_id(n),
        public_key: PublicKey::of(&key(n)),
        member: member.into(),
        site: "S".into(),
        name: format!("t{n}"),
        revoked_at: None,
        reached_at: None,
    };
    let mut tx = world.state.store.write().await.unwrap();
    store::terminal::put(&mut tx, &terminal).await.unwrap();
    tx.commit().await.unwrap();
}

/// Gives a terminal a certificate for any key; answers its fingerprint.
async fn certify(world: &World, n: u8, of_key: u8, expires_in_ms: i64) -> Hash {
    let (public_key, fingerprint) = (PublicKey::of(&key(of_key)), sha256(&[&[n, of_key]]));
    let expires_at = NOW.plus_ms(expires_in_ms);
    let certificate = ClientCertificate {
        fingerprint,
        terminal: terminal_id(n),
        public_key,
        issued_at: NOW,
        expires_at,
        der: vec![n],
    };
    let mut tx = world.state.store.write().await.unwrap();
    keep(&mut tx, &certificate).await.unwrap();
    tx.commit().await.unwrap();
    fingerprint
}

#[tokio::test]
async fn who_shows_nothing_or_something_wrong_gets_nothing() {
    let world = World::new().await;
    let routes = terminal_routes(world.state.clone());
    let (good, expired) = (enrol(&world, 1, 60_000).await, enrol(&world, 2, -1).await);
    let look_up = format!("/v1/codes/{}", "0".repeat(32));
    for path in ["/v1/changes?since=0", "/v1/checkpoints?from=0", &look_up] {
        let pull = async |shown| {
            let heard = ask(&routes, "GET", path, shown, Vec::new()).await;
            (heard.status, heard.code)
        };
        assert_eq!(pull(None).await, (401, "bad-signature".into()), "{path}");
        assert_eq!(pull(Some(sha256(&[b"another"]))).await, (401, "certificate-required".into()), "{path}");
        assert_eq!(pull(Some(expired)).await, (401, "certificate-expired".into()), "{path}");
        assert_eq!(pull(Some(good)).await.0, 200, "{path}");
    }
    // Whose certificate it is decides who may be spoken for; without one the batch's own signature does.
    let push = async |shown, n| {
        let heard = ask(&routes, "POST", "/v1/batches", shown, batch(n)).await;
        (heard.status, heard.code)
    };
    assert_eq!(push(Some(good), 2).await, (403, "wrong-terminal".into()));
    assert_eq!(push(None, 7).await, (403, "unknown-terminal".into()));
    assert_eq!(push(None, 2).await.0, 200);
    assert_eq!(push(Some(good), 1).await.0, 200);
}

#[tokio::test]
async fn a_full_server_says_when_to_come_back_before_it_reads() {
    let world = World::new().await;
    let routes = terminal_routes(world.state.clone());
    enrol(&world, 1, 60_000).await;
    let taken = world.state.intake.room(ROOM_BYTES).unwrap();
    let heard = ask(&routes, "POST", "/v1/batches", None, batch(1)).await;
    assert_eq!((heard.status, heard.code.as_str()), (503, "busy"));
    assert!(heard.retry_after.is_some_and(|seconds| (1..=60).contains(&seconds)), "{:?}", heard.retry_after);
    drop(taken);
    assert_eq!(ask(&routes, "POST", "/v1/batches", None, batch(1)).await.status, 200, "nothing was lost by it");
}
