//! What comes from terminals and waits for a person: askings, evidence, parcels.

use ring::signature::Ed25519KeyPair;
use serde_json::Value;
use shared::chain::{PublicKey, epoch_hash};
use shared::enrolment::{EnrolRequest, EnrolState, Invitation};
use shared::event::{Act, Event};
use shared::ids::{EpochId, TerminalId};
use shared::time::Timestamp;
use shared::wire::sealed::{Parcel, ParcelHeader, Span, write_bundle};
use shared::wire::{Batch, BatchHeader, DataAsOf, Offer, REPLY_FORM, WIRE_VERSION};
use sync_server::config::Config;
use sync_server::identity::authority::Authority;
use sync_server::identity::{Identity, enrolment};
use sync_server::ingest::{PushError, Received, push};
use sync_server::keys::ServerKeys;
use sync_server::store::quarantine;
use uuid::Uuid;

use crate::Place;

fn key(n: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[n; 32]).unwrap()
}

fn terminal(n: u8) -> TerminalId {
    TerminalId::new(Uuid::from_u128(u128::from(n)))
}

fn epoch(n: u8) -> EpochId {
    EpochId::new(Uuid::from_u128(u128::from(n) + 500))
}

/// A terminal's first batch, of one event.
fn batch(n: u8, at: Timestamp) -> (Batch, Vec<u8>) {
    let event = Event {
        terminal: terminal(n),
        epoch: epoch(n),
        seq: 1,
        event_id: None,
        at,
        mono_ms: 1,
        boot: Uuid::from_u128(5),
        operator: None,
        site: "S".into(),
        app: "test".into(),
        data_as_of: 0,
        act: Act::EpochStarted { previous: None },
    };
    let header = BatchHeader {
        wire: WIRE_VERSION,
        reply: REPLY_FORM,
        terminal: terminal(n),
        epoch: epoch(n),
        first_seq: 1,
        count: 1,
        previous_hash: epoch_hash(terminal(n), epoch(n)),
        offer: Offer::New,
        pending_after: 0,
        data_as_of: DataAsOf::default(),
        app: "test".into(),
        rules: "2022-trial".into(),
        sent_at: at,
    };
    let batch = Batch::sign(header, vec![event.to_body().unwrap()], &key(n)).unwrap();
    let compressed = zstd::encode_all(&*batch.to_ndjson().unwrap(), 1).unwrap();
    (batch, compressed)
}

/// Enrols a terminal by its key.
fn add(place: &mut Place, n: u8) {
    let (id, public) = (terminal(n).to_string(), PublicKey::of(&key(n)).to_string());
    let at = ["--member", "W", "--site", "S", "--name", "gate"];
    place.change("terminals add", &[&at[..], &["--terminal", &id, "--key", &public]].concat(), "");
}

/// Two terminals ask: one is approved, one refused.
pub async fn asks(place: &mut Place) {
    for n in [21, 22] {
        let at = ["--member", "W", "--site", "S", "--name", "gate", "--json"];
        let invite = [&at[..], &["--address", "https://tally.example:7443"]].concat();
        let told: Value = serde_json::from_str(&place.change("terminals invite", &invite, "")).unwrap();
        let invitation = Invitation::read(told["text"].as_str().unwrap()).unwrap();
        let now = place.last_at();
        let config: Config = toml::from_str("revised_rules_from = 'never'").unwrap();
        let authority = Authority::open(&place.path("data"), &config.certificate_names(), now).unwrap();
        let keys = ServerKeys::open(&place.path("data")).unwrap();
        let identity = Identity::new(authority, &keys, &config).unwrap();
        let who = (terminal(n), PublicKey::of(&key(n)));
        let ca = identity.authority.ca_hash();
        let request = EnrolRequest::sign(invitation.token.clone(), who, "test", ca, &key(n));
        let store = place.store().await;
        let state = enrolment::ask(&store, &identity, &request, now).await.unwrap();
        store.close().await;
        let EnrolState::Pending { check_code } = state else { panic!("{state:?}") };
        let (id, code) = (terminal(n).to_string(), check_code.to_string());
        let on_what = format!("terminal {id}");
        if n == 21 {
            place.change_for("terminals approve", &[&id, "--code", &code], ["approved", &on_what, &code]);
        } else {
            place.change_for("terminals refuse", &[&id], ["refused", &on_what, ""]);
        }
    }
}

/// Brings a terminal's first batch, which is kept as evidence. Answers the evidence's number.
async fn brings(place: &Place, n: u8) -> i64 {
    let (now, store) = (place.last_at(), place.store().await);
    let (batch, compressed) = batch(n, now);
    let answered = push(&store, &key(99), Received::new(batch, compressed), now).await;
    assert!(matches!(&answered, Err(PushError::UnknownTerminal)) || answered.is_ok(), "{answered:?}");
    let kept = quarantine::list(&mut store.read().await.unwrap(), false).await.unwrap();
    store.close().await;
    kept.iter().find(|kept| kept.terminal == terminal(n)).unwrap().id
}

/// One terminal sends before it is enrolled, one after it was revoked.
pub async fn sends(place: &mut Place) {
    let early = brings(place, 31).await;
    add(place, 31);
    place.change_for("quarantine replay", &[], ["replayed", &format!("evidence {early}"), "read by this version"]);
    add(place, 32);
    place.change("terminals revoke", &[&terminal(32).to_string()], "");
    let late = brings(place, 32).await;
    let words = [&late.to_string(), "--by", "Li", "--why", "it was hers"];
    place.change_for("quarantine admit", &words, ["admitted", &format!("evidence {late}"), "Li: it was hers"]);
}

/// A parcel on a stick.
pub fn is_carried(place: &mut Place) {
    add(place, 41);
    let now = place.last_at();
    let keys = ServerKeys::open(&place.path("data")).unwrap();
    let recipient: age::x25519::Recipient = keys.sealed.recipient().parse().unwrap();
    let sealed = age::encrypt(&recipient, &write_bundle(&[batch(41, now).1]).unwrap()).unwrap();
    let held = vec![Span { epoch: epoch(41), from: 1, to: 1 }];
    let header = ParcelHeader { terminal: terminal(41), held, count: 1, made_at: now };
    let parcel = Parcel::new(&header, &sealed).unwrap();
    let path = place.path("gate.parcel");
    std::fs::write(&path, parcel.bytes()).unwrap();
    let (path, on_what) = (path.display().to_string(), format!("parcel {}", parcel.digest()));
    place.change_for("sealed import", &[&path], ["parcel-imported", &on_what, &path]);
}
