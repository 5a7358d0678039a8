//! The store encrypted at rest (feature `encryption`): no plain text on the disk, unreadable without the key, as durable as ever.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use scanner_app::device::{Device, ManualDevice};
use scanner_app::keys::{self, StoreKey};
use scanner_app::store::{Store, encrypt_with, rescue, verify};
use shared::event::{Act, Event};
use shared::ids::{EpochId, TerminalId};
use uuid::Uuid;

const TERMINAL: TerminalId = TerminalId::new(Uuid::from_u128(1));
const PAGE_BYTES: usize = 4096;
const EPOCH: EpochId = EpochId::new(Uuid::from_u128(2));

fn event(seq: u64) -> Event {
    let device = ManualDevice::new();
    Event {
        terminal: TERMINAL,
        epoch: EPOCH,
        seq,
        event_id: None,
        at: device.now(),
        mono_ms: seq,
        boot: device.boot(),
        operator: None,
        site: "PLAINTEXTSITE".into(),
        app: "test".into(),
        data_as_of: 0,
        act: Act::SignedIn,
    }
}

fn holds(path: &Path, text: &[u8]) -> bool {
    let bytes = std::fs::read(path).unwrap_or_default();
    bytes.windows(text.len()).any(|part| part == text)
}

/// One test: the key is the process's.
#[test]
fn an_encrypted_store_tells_nothing_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (path, plain) = (folder.path().join("t.sqlite"), folder.path().join("plain.sqlite"));
    // As the default app writes it, before there is a key.
    Store::open(&plain, TERMINAL, EPOCH).unwrap().append(&[event(1)], |_| Ok(())).unwrap();
    assert!(holds(&plain, b"PLAINTEXTSITE"), "the test's own text would be seen");

    let key = folder.path().join("t.pk8");
    keys::open_or_make(&key).unwrap();
    encrypt_with(StoreKey::derive(&key, TERMINAL).unwrap());
    let mut store = Store::open(&path, TERMINAL, EPOCH).unwrap();
    for seq in 1..=50 {
        store.append(&[event(seq)], |_| Ok(())).unwrap();
    }
    let wal = folder.path().join("t.sqlite-wal");
    assert!(std::fs::metadata(&wal).unwrap().len() > 0 && !holds(&wal, b"PLAINTEXTSITE"));
    drop(store);
    assert!(!holds(&path, b"PLAINTEXTSITE") && !holds(&path, b"SQLite format 3"));
    let hex = StoreKey::derive(&key, TERMINAL).unwrap();
    assert_eq!(format!("{hex:?}"), "StoreKey(..)");

    let store = Store::open(&path, TERMINAL, EPOCH).unwrap();
    assert_eq!(store.events().unwrap().len(), 50);
    drop(store);
    let verified = verify(&path, TERMINAL, None).unwrap();
    assert!(verified.ok && verified.events == 50, "{verified:?}");

    // Another program, without the key.
    let stranger = rusqlite::Connection::open(&path).unwrap();
    assert!(stranger.query_row("select count(*) from log", [], |row| row.get::<_, i64>(0)).is_err());
    drop(stranger);
    // A store that is not encrypted is not taken for one.
    assert!(Store::open(&plain, TERMINAL, EPOCH).unwrap_err().to_string().contains("not encrypted"));

    let sound = std::fs::read(&path).unwrap();
    let pages = sound.len() / PAGE_BYTES;
    let lost: Vec<_> = (0..pages).map(|page| lost_with_a_page(folder.path(), &sound, page)).collect();
    let most = lost.iter().max().unwrap();
    assert!((1..=20).contains(most), "a damaged page costs the events that it holds, no others: {lost:?}");
}

/// Every page carries its own seal: one flipped bit is seen, and the rest is rescued. Answers how many of the 50 events are lost.
fn lost_with_a_page(folder: &Path, sound: &[u8], page: usize) -> u64 {
    let (path, saved) = (folder.join(format!("{page}.sqlite")), folder.join(format!("{page}.saved")));
    let mut bytes = sound.to_vec();
    bytes[page * PAGE_BYTES + 100] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let verified = verify(&path, TERMINAL, None);
    assert!(page == 0 || !verified.as_ref().unwrap().ok, "page {page}: {verified:?}");
    let next = EpochId::new(Uuid::from_u128(3));
    let rescued = rescue(&path, &saved, (TERMINAL, next), None).unwrap();
    assert_eq!(Store::open(&path, TERMINAL, EPOCH).unwrap().epoch(), next);
    assert!(!holds(&path, b"SQLite format 3"), "the new store is encrypted as well");
    50 - rescued.events
}
