use std::os::unix::fs::PermissionsExt;

use ring::signature::{Ed25519KeyPair, KeyPair as _};
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::testing::NOW;

fn open(folder: &TempDir, names: &[&str], now: Timestamp) -> Authority {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    Authority::open(folder.path(), &names, now).unwrap()
}

fn file(folder: &TempDir, name: &str) -> Vec<u8> {
    std::fs::read(folder.path().join("keys").join(name)).unwrap()
}

#[test]
fn the_same_ca_comes_back_and_secrets_are_their_owners() {
    let folder = TempDir::new().unwrap();
    let first = open(&folder, &[], NOW);
    let second = open(&folder, &[], NOW.plus_ms(DAY_MS));
    assert_eq!(first.ca_hash(), second.ca_hash());
    for name in [CA_KEY, SERVER_KEY] {
        let mode = std::fs::metadata(folder.path().join("keys").join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let chain = file(&folder, SERVER);
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&chain).collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(sha256(&[&chain[1]]), first.ca_hash(), "the CA travels with the server's certificate");
}

#[test]
fn the_servers_certificate_is_made_anew_for_new_names_and_near_its_end_only() {
    let folder = TempDir::new().unwrap();
    open(&folder, &["a.example"], NOW);
    let first = file(&folder, SERVER);
    open(&folder, &["a.example"], NOW.plus_ms(500 * DAY_MS));
    assert_eq!(file(&folder, SERVER), first);
    open(&folder, &["a.example"], NOW.plus_ms(600 * DAY_MS));
    let second = file(&folder, SERVER);
    assert_ne!(second, first);
    open(&folder, &["b.example"], NOW.plus_ms(600 * DAY_MS));
    assert_ne!(file(&folder, SERVER), second);
}

#[test]
fn each_certificate_of_a_key_is_another_and_ends_when_it_says() {
    let folder = TempDir::new().unwrap();
    let authority = open(&folder, &[], NOW);
    let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let key = PublicKey::new(key.public_key().as_ref().try_into().unwrap());
    let terminal = TerminalId::new(Uuid::from_u128(1));
    let (one, other) =
        (authority.certify(terminal, &key, NOW, 30).unwrap(), authority.certify(terminal, &key, NOW, 30).unwrap());
    assert_ne!(one.fingerprint, other.fingerprint);
    assert_eq!(one.expires_at, NOW.plus_ms(30 * DAY_MS));
    let kept = as_kept(&one);
    assert_eq!((kept.renew_from, kept.expires_at), (NOW.plus_ms(20 * DAY_MS), NOW.plus_ms(30 * DAY_MS)));
    let back = CertificateDer::from_pem_slice(kept.pem.as_bytes()).unwrap();
    assert_eq!(back.as_ref(), one.der);
}

#[test]
fn a_next_ca_is_adopted_once_and_the_old_one_stays_trusted() {
    let folder = TempDir::new().unwrap();
    let mut authority = open(&folder, &[], NOW);
    let (old, server) = (authority.ca_hash(), file(&folder, SERVER));
    let next = authority.make_next().unwrap();
    assert_eq!(authority.make_next().unwrap(), next, "asked twice, made once");
    assert_eq!(authority.adopt_next().unwrap(), Adopted::Yes);
    let authority = open(&folder, &[], NOW);
    assert_eq!((authority.ca_pem(), authority.next_ca_pem()), (next.as_str(), None));
    assert!(authority.trusted().any(|ca| sha256(&[ca]) == old));
    assert_ne!(file(&folder, SERVER), server);
    assert_eq!(authority.adopt_next().unwrap(), Adopted::NoneMade);
}

#[test]
fn an_adoption_cut_anywhere_is_finished_or_was_none() {
    for step in 0..2 {
        let folder = TempDir::new().unwrap();
        let mut authority = open(&folder, &[], NOW);
        let (old, next) = (authority.ca_pem().to_owned(), authority.make_next().unwrap());
        let keys = folder.path().join("keys");
        std::fs::write(keys.join(OLD_CAS), &old).unwrap();
        if step == 1 {
            std::fs::rename(keys.join(files::NEXT_CA_KEY), keys.join(CA_KEY)).unwrap();
        }
        let found = open(&folder, &[], NOW);
        assert_eq!(found.ca_pem(), if step == 1 { &next } else { &old }, "step {step}");
        // The key is the certificate's: what it signs verifies under it in the whole-process tests, here it must at least open.
        assert_eq!(found.next_ca_pem().is_some(), step == 0);
    }
}
