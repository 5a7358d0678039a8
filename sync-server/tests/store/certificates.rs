//! Client certificates and contacts.

use shared::chain::PublicKey;
use shared::ids::TerminalId;
use sync_server::store::Store;
use sync_server::store::certificate::{self, ClientCertificate};

use crate::sample::{at, hash, key, terminal_id};

crate::on_both!(
    certificates_are_known_by_their_hash,
    a_certificate_is_told_from_one_of_an_earlier_key,
    contacts_never_go_back
);

const DAY_MS: i64 = 24 * 3_600_000;

fn certificate(terminal: TerminalId, name: &str, issued_ms: i64, expires_ms: i64) -> ClientCertificate {
    ClientCertificate {
        fingerprint: hash(name),
        terminal,
        public_key: PublicKey::of(&key(1)),
        issued_at: at(issued_ms),
        expires_at: at(expires_ms),
        der: name.as_bytes().to_vec(),
    }
}

async fn certificates_are_known_by_their_hash(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let terminal = terminal_id(1);
    assert!(!certificate::is_certified(&mut tx, terminal).await.unwrap());
    let (old, new) = (certificate(terminal, "old", 0, DAY_MS), certificate(terminal, "new", 10, 30 * DAY_MS));
    for one in [&old, &new, &old, &certificate(terminal_id(2), "other", 0, 5)] {
        certificate::keep(&mut tx, one).await.unwrap();
    }
    assert!(certificate::is_certified(&mut tx, terminal).await.unwrap());
    assert_eq!(certificate::find(&mut tx, old.fingerprint).await.unwrap(), Some((terminal, old.expires_at)));
    assert_eq!(certificate::find(&mut tx, hash("none")).await.unwrap(), None);
    assert_eq!(certificate::newest(&mut tx, terminal, &PublicKey::of(&key(1))).await.unwrap(), Some(new.clone()));
    assert_eq!(certificate::newest(&mut tx, terminal, &PublicKey::of(&key(2))).await.unwrap(), None);
    let ends = certificate::ends(&mut tx).await.unwrap();
    assert_eq!(ends.into_iter().collect::<Vec<_>>(), [(terminal, new.expires_at), (terminal_id(2), at(5))]);
    // Long after its end it goes.
    let late = certificate(terminal, "late", 500 * DAY_MS, 530 * DAY_MS);
    certificate::keep(&mut tx, &late).await.unwrap();
    assert_eq!(certificate::find(&mut tx, old.fingerprint).await.unwrap(), None);
    tx.rollback().await.unwrap();
}

async fn a_certificate_is_told_from_one_of_an_earlier_key(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let (now, lost) = (certificate(terminal_id(1), "now", 0, DAY_MS), certificate(terminal_id(1), "lost", 0, DAY_MS));
    let lost = ClientCertificate { public_key: PublicKey::of(&key(5)), ..lost };
    let gone = certificate(terminal_id(2), "gone", 0, DAY_MS);
    crate::sample::enrol(&mut tx, 1).await;
    for one in [&now, &lost, &gone] {
        certificate::keep(&mut tx, one).await.unwrap();
    }
    let mut held = Vec::new();
    for name in ["now", "lost", "gone", "none"] {
        held.push(certificate::holder(&mut tx, hash(name)).await.unwrap());
    }
    assert_eq!(
        held,
        [Some((terminal_id(1), true)), Some((terminal_id(1), false)), Some((terminal_id(2), false)), None]
    );
    tx.rollback().await.unwrap();
}

async fn contacts_never_go_back(store: &Store) {
    let mut tx = store.write().await.unwrap();
    for (told, kept) in [(5, 5), (9, 9), (7, 9)] {
        certificate::note_contact(&mut tx, terminal_id(1), at(told)).await.unwrap();
        assert_eq!(certificate::contacts(&mut tx).await.unwrap()[&terminal_id(1)], at(kept));
    }
    tx.rollback().await.unwrap();
}
