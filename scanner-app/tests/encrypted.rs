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

    // Every page carries its own seal: one flipped bit in the middle of the log is seen, and the rest is rescued.
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() - 3 * 4096 + 100;
    bytes[middle] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let verified = verify(&path, TERMINAL, None).unwrap();
    assert!(!verified.ok, "{verified:?}");
    let next = EpochId::new(Uuid::from_u128(3));
    let rescued = rescue(&path, &folder.path().join("saved"), (TERMINAL, next), None).unwrap();
    assert!(rescued.events > 10, "{rescued:?}");
    assert_eq!(Store::open(&path, TERMINAL, EPOCH).unwrap().epoch(), next);
    assert!(!holds(&path, b"SQLite format 3"), "the new store is encrypted as well");
}
