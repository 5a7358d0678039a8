use ring::signature::{Ed25519KeyPair, KeyPair};
use shared::chain::Hash;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::config::Config;
use crate::identity::authority::Authority;
use crate::keys::ServerKeys;
use crate::testing::{NOW, Trade};

struct Place {
    trade: Trade,
    identity: Identity,
    _folder: TempDir,
}

async fn place() -> Place {
    let folder = TempDir::new().unwrap();
    let config: Config = toml::from_str("revised_rules_from = 'never'").unwrap();
    let authority = Authority::open(folder.path(), &[], NOW).unwrap();
    let keys = ServerKeys::open(folder.path()).unwrap();
    let identity = Identity::new(authority, &keys, &config).unwrap();
    Place { trade: Trade::new().await, identity, _folder: folder }
}

impl Place {
    async fn invite(&self, token: u8, device: Option<TerminalId>) {
        let expires_at = NOW.plus_ms(600_000);
        let new = NewInvitation { member: "M".into(), site: "S".into(), name: format!("t{token}"), device, expires_at };
        let mut tx = self.trade.store.write().await.unwrap();
        invite(&mut tx, &self.identity, &new, ([token; 10], &Actor::shell()), NOW).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn ask(&self, token: u8, device: &Device, at_ms: i64) -> Result<EnrolState, EnrolError> {
        let ca = self.identity.authority.ca_hash();
        ask(&self.trade.store, &self.identity, &device.request(token, ca), NOW.plus_ms(at_ms)).await
    }

    async fn approve(&self, device: &Device, code: CheckCode) -> Result<(), DecideError> {
        let mut tx = self.trade.store.write().await.unwrap();
        let decided = approve(&mut tx, &self.identity, (device.terminal, code), &Actor::shell(), NOW).await;
        tx.commit().await.unwrap();
        decided
    }

    /// The whole way at once.
    async fn enrol(&self, token: u8, device: &Device) {
        let Ok(EnrolState::Pending { check_code }) = self.ask(token, device, 0).await else { panic!("not pending") };
        self.approve(device, check_code).await.unwrap();
    }

    async fn revoke(&self, device: &Device) {
        let mut tx = self.trade.store.write().await.unwrap();
        assert!(revoke(&mut tx, device.terminal, (&Actor::shell(), ""), NOW).await.unwrap());
        tx.commit().await.unwrap();
    }

    async fn is_revoked(&self, device: &Device) -> bool {
        let mut conn = self.trade.store.read().await.unwrap();
        store::terminal::find(&mut conn, device.terminal).await.unwrap().unwrap().revoked_at.is_some()
    }
}

struct Device {
    terminal: TerminalId,
    key: Ed25519KeyPair,
}

impl Device {
    fn new(terminal: u128, key: u8) -> Self {
        let key = Ed25519KeyPair::from_seed_unchecked(&[key; 32]).unwrap();
        Self { terminal: TerminalId::new(Uuid::from_u128(terminal)), key }
    }

    fn public(&self) -> PublicKey {
        PublicKey::new(self.key.public_key().as_ref().try_into().unwrap())
    }

    fn request(&self, token: u8, ca: Hash) -> EnrolRequest {
        EnrolRequest::sign(Token::new([token; 10]), (self.terminal, self.public()), "0.1.0", ca, &self.key)
    }
}

#[tokio::test]
async fn an_invitation_is_good_for_one_asking_that_may_be_repeated() {
    let place = place().await;
    place.invite(1, None).await;
    let (one, other) = (Device::new(1, 1), Device::new(2, 2));
    let first = place.ask(1, &one, 0).await.unwrap();
    assert_eq!(place.ask(1, &one, 900_000).await.unwrap(), first, "even after its ten minutes");
    assert!(matches!(place.ask(1, &other, 0).await, Err(EnrolError::SpentToken(_))));
    assert!(matches!(place.ask(9, &other, 0).await, Err(EnrolError::UnknownToken)));
    place.invite(2, None).await;
    assert!(matches!(place.ask(2, &other, 600_000).await, Err(EnrolError::SpentToken("is out of date"))));
}

#[tokio::test]
async fn only_the_code_of_both_screens_approves() {
    let place = place().await;
    place.invite(1, None).await;
    let device = Device::new(1, 1);
    let Ok(EnrolState::Pending { check_code }) = place.ask(1, &device, 0).await else { panic!("not pending") };
    let wrong: CheckCode =
        if check_code.to_string() == "0000-0000" { "0000-0001" } else { "0000-0000" }.parse().unwrap();
    assert!(matches!(place.approve(&device, wrong).await, Err(DecideError::NotPending(_))));
    place.approve(&device, check_code).await.unwrap();
    let question = EnrolQuestion::sign(Token::new([1; 10]), device.terminal, &device.key);
    let state = status(&place.trade.store, &place.identity, &question).await.unwrap();
    let EnrolState::Approved(enrolled) = state else { panic!("{state:?}") };
    assert_eq!((enrolled.member.as_str(), enrolled.name.as_str()), ("M", "t1"));
    assert_eq!(enrolled.ca, place.identity.authority.ca_pem());
    let again = status(&place.trade.store, &place.identity, &question).await.unwrap();
    assert_eq!(again, EnrolState::Approved(enrolled), "the same certificate again");
    let stranger = EnrolQuestion::sign(Token::new([1; 10]), device.terminal, &Device::new(1, 2).key);
    assert!(matches!(status(&place.trade.store, &place.identity, &stranger).await, Err(EnrolError::Proof)));
}

#[tokio::test]
async fn who_saw_another_ca_or_lacks_the_key_is_refused_and_the_invitation_stays_good() {
    let place = place().await;
    place.invite(1, None).await;
    let device = Device::new(1, 1);
    let between = device.request(1, Hash::new([9; 32]));
    assert!(matches!(ask(&place.trade.store, &place.identity, &between, NOW).await, Err(EnrolError::Proof)));
    let ca = place.identity.authority.ca_hash();
    let borrowed = EnrolRequest { public_key: Device::new(1, 2).public(), ..device.request(1, ca) };
    assert!(matches!(ask(&place.trade.store, &place.identity, &borrowed, NOW).await, Err(EnrolError::Proof)));
    assert!(matches!(place.ask(1, &device, 0).await, Ok(EnrolState::Pending { .. })));
}

#[tokio::test]
async fn nobody_takes_over_an_identity_and_a_revoked_one_comes_back_by_approval_only() {
    let place = place().await;
    for token in 1..=4 {
        place.invite(token, None).await;
    }
    let (device, thief) = (Device::new(1, 1), Device::new(1, 2));
    place.enrol(1, &device).await;
    assert!(matches!(place.ask(2, &thief, 0).await, Err(EnrolError::Taken(_))));
    // The same device with the same key may be enrolled again, for another site for instance.
    place.enrol(2, &device).await;

    place.revoke(&device).await;
    assert!(matches!(place.ask(3, &device, 0).await, Err(EnrolError::Taken(_))));
    place.invite(5, Some(device.terminal)).await;
    assert!(matches!(place.ask(5, &Device::new(7, 7), 0).await, Err(EnrolError::OtherDevice(_))));
    let Ok(EnrolState::Pending { check_code }) = place.ask(5, &device, 0).await else { panic!("not pending") };
    assert!(place.is_revoked(&device).await, "asking alone lifts nothing");
    place.approve(&device, check_code).await.unwrap();
    assert!(!place.is_revoked(&device).await);
    let mut conn = place.trade.store.read().await.unwrap();
    let acts: Vec<String> = store::identity::acts(&mut conn).await.unwrap().into_iter().map(|act| act.1).collect();
    assert_eq!(acts[4..], ["approved", "approved", "revoked", "invited", "reinstated"]);
}

#[tokio::test]
async fn a_refused_asking_stays_refused() {
    let place = place().await;
    place.invite(1, None).await;
    let device = Device::new(1, 1);
    let Ok(EnrolState::Pending { check_code }) = place.ask(1, &device, 0).await else { panic!("not pending") };
    let mut tx = place.trade.store.write().await.unwrap();
    refuse(&mut tx, device.terminal, &Actor::shell(), NOW).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(place.ask(1, &device, 0).await.unwrap(), EnrolState::Refused);
    assert!(place.approve(&device, check_code).await.is_err());
    let mut tx = place.trade.store.write().await.unwrap();
    assert!(matches!(refuse(&mut tx, device.terminal, &Actor::shell(), NOW).await, Err(DecideError::NotPending(_))));
}
