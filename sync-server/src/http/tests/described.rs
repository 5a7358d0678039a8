//! Every route of the terminals' listener answers as it is described; `ask` holds each answer against the description.

use std::collections::BTreeSet;

use shared::chain::{PublicKey, sha256};
use shared::enrolment::{EnrolQuestion, EnrolRequest, RenewRequest, Token};
use shared::event::Act;
use shared::ids::EpochId;
use shared::wire::sealed::{Parcel, ParcelHeader, Span, write_bundle};
use shared::wire::{Heartbeat, UPLOAD_LENGTH, UPLOAD_OFFSET};
use uuid::Uuid;

use super::{Heard, ask_with, batch, batch_of, enrol, key, terminal_id};
use crate::http::{terminal_list, terminal_routes};
use crate::identity::enrolment::invite;
use crate::people::Actor;
use crate::store::identity::NewInvitation;
use crate::testing::NOW;
use crate::testing::world::World;

/// Asks what must work, over the connection of terminal 1.
struct Asking {
    world: World,
    own: shared::chain::Hash,
    done: BTreeSet<(String, String)>,
}

impl Asking {
    async fn ask(
        &mut self,
        (method, route): (&str, &str),
        path: &str,
        headers: &[(&str, String)],
        body: Vec<u8>,
    ) -> Heard {
        let routes = terminal_routes(self.world.state.clone());
        let heard = ask_with(&routes, (method, path), (Some(self.own), headers), body).await;
        assert_eq!(heard.status, 200, "{method} {path}: {}", heard.said);
        self.done.insert((method.to_owned(), route.to_owned()));
        heard
    }

    async fn plain(&mut self, method: &str, path: &str, body: Vec<u8>) -> Heard {
        let route = path.split('?').next().unwrap_or_default();
        self.ask((method, route), path, &[], body).await
    }

    async fn json(&mut self, path: &str, body: &impl serde::Serialize) -> Heard {
        self.plain("POST", path, serde_json::to_vec(body).unwrap()).await
    }
}

/// Its events in a parcel for this server.
fn parcel(world: &World) -> Vec<u8> {
    let recipient: age::x25519::Recipient = world.state.keys.sealed.recipient().parse().unwrap();
    let forged = batch_of(1, vec![Act::SignedOut], &key(99));
    let sealed = age::encrypt(&recipient, &write_bundle(&[batch(1), forged]).unwrap()).unwrap();
    let held = vec![Span { epoch: EpochId::new(Uuid::from_u128(9)), from: 1, to: 1 }];
    let header = ParcelHeader { terminal: terminal_id(1), held, count: 1, made_at: NOW };
    Parcel::new(&header, &sealed).unwrap().bytes().to_vec()
}

async fn enrols(asking: &mut Asking) {
    let state = asking.world.state.clone();
    let new = NewInvitation {
        member: "M".into(),
        site: "S".into(),
        name: "t2".into(),
        device: None,
        expires_at: NOW.plus_ms(600_000),
    };
    let mut tx = state.store.write().await.unwrap();
    invite(&mut tx, &state.identity, &new, ([2; 10], &Actor::shell()), NOW).await.unwrap();
    tx.commit().await.unwrap();
    let who = (terminal_id(2), PublicKey::of(&key(2)));
    let request = EnrolRequest::sign(Token::new([2; 10]), who, "0.1.0", state.identity.authority.ca_hash(), &key(2));
    let pending = asking.json("/v1/enrol", &request).await;
    assert_eq!(pending.said["state"], "pending");
    let code = pending.said["check_code"].as_str().unwrap().parse().unwrap();
    let mut tx = state.store.write().await.unwrap();
    let decided = (terminal_id(2), code);
    crate::identity::enrolment::approve(&mut tx, &state.identity, decided, &Actor::shell(), NOW).await.unwrap();
    tx.commit().await.unwrap();
    let question = EnrolQuestion::sign(Token::new([2; 10]), terminal_id(2), &key(2));
    assert_eq!(asking.json("/v1/enrol/status", &question).await.said["state"], "approved");
    let first = RenewRequest { terminal: terminal_id(2), proof: None };
    let nonce = asking.json("/v1/renew", &first).await.said["nonce"].as_str().unwrap().to_owned();
    let renewed = asking.json("/v1/renew", &RenewRequest::sign(terminal_id(2), nonce, &key(2))).await;
    assert_eq!(renewed.said["state"], "renewed");
}

#[tokio::test]
async fn every_route_of_the_terminals_answers_as_it_is_described() {
    let world = World::new().await;
    let own = enrol(&world, 1, 60_000).await;
    let mut asking = Asking { world, own, done: BTreeSet::new() };
    crate::checkpoint::make_if_due(&asking.world.state.store, &asking.world.state.keys.ack, NOW).await.unwrap();
    asking.plain("POST", "/v1/batches", batch(1)).await;
    let parcel = parcel(&asking.world);
    assert_eq!(asking.plain("POST", "/v1/sealed", parcel).await.said["answers"].as_array().unwrap().len(), 2);
    assert!(!asking.plain("GET", "/v1/changes?since=0&wire=3&left=true", vec![]).await.said["changes"].is_null());
    asking.plain("GET", "/v1/checkpoints?from=0", vec![]).await;
    asking.ask(("GET", "/v1/codes/{key}"), &format!("/v1/codes/{}", "0".repeat(32)), &[], vec![]).await;
    asking.plain("GET", "/v1/time", vec![]).await;
    let beat = Heartbeat { pending_after: 0, last_effective_at: Some(NOW), data_as_of: 1 };
    asking.json("/v1/heartbeat", &beat).await;
    let photo = vec![0xff, 0xd8, 0xff, 0xe0];
    let path = format!("/v1/attachments/{}", sha256(&[&photo]));
    let chunk = [(UPLOAD_OFFSET, "0".to_owned()), (UPLOAD_LENGTH, photo.len().to_string())];
    asking.ask(("PUT", "/v1/attachments/{sha256}"), &path, &chunk, photo).await;
    asking.ask(("HEAD", "/v1/attachments/{sha256}"), &path, &[], vec![]).await;
    enrols(&mut asking).await;
    let all = terminal_list().into_iter().map(|route| (route.method.to_string(), route.path.to_owned())).collect();
    assert_eq!(asking.done, all);
}
