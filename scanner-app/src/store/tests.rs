//! What the store promises: durable, chained, resumable; another's file untouched.

use std::path::Path;

use shared::event::Act;
use shared::ids::EpochId;
use uuid::Uuid;

use super::*;
use crate::device::{Device, ManualDevice};

pub(super) fn terminal() -> shared::ids::TerminalId {
    shared::ids::TerminalId::new(Uuid::from_u128(1))
}

pub(super) fn open(path: &Path) -> Result<Store, StoreError> {
    Store::open(path, terminal(), EpochId::new(Uuid::from_u128(2)))
}

pub(super) fn event(store: &Store, seq: u64) -> shared::event::Event {
    let device = ManualDevice::new();
    shared::event::Event {
        terminal: store.terminal(),
        epoch: store.epoch(),
        seq,
        event_id: None,
        at: device.now(),
        mono_ms: seq,
        boot: device.boot(),
        operator: None,
        site: "S".into(),
        app: "test".into(),
        data_as_of: 0,
        act: Act::SignedIn,
    }
}

pub(super) fn append(store: &mut Store, count: u64) {
    let first = store.next_seq().unwrap();
    let events: Vec<_> = (first..first + count).map(|seq| event(store, seq)).collect();
    store.append(&events, |_| Ok(())).unwrap();
}

#[test]
fn what_was_appended_is_there_after_reopening_and_the_chain_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.sqlite");
    append(&mut open(&path).unwrap(), 3);
    let mut store = open(&path).unwrap();
    append(&mut store, 2);
    assert_eq!(store.events().unwrap().len(), 5);
    assert_eq!(store.pending().unwrap().0, 5);
    assert_eq!(store.verify_log().unwrap(), VerifiedLog { ok: true, events: 5, first_fault: None });
}

#[test]
fn a_failed_append_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder.path().join("t.sqlite")).unwrap();
    append(&mut store, 1);
    let two = [event(&store, 2), event(&store, 3)];
    assert!(store.append(&two, |_| Err(StoreError::Corrupt("the test says no"))).is_err());
    let misnumbered = [event(&store, 7)];
    assert!(store.append(&misnumbered, |_| Ok(())).is_err());
    assert_eq!(store.next_seq().unwrap(), 2);
}

#[test]
fn a_changed_or_missing_row_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let edit =
        "update log set body = cast(replace(cast(body as text), 'signed_in', 'signed_on') as blob) where seq = 2";
    for damage in [edit, "delete from log where seq = 2"] {
        let path = folder.path().join(format!("{}.sqlite", damage.len()));
        let mut store = open(&path).unwrap();
        append(&mut store, 3);
        store.conn.execute(damage, []).unwrap();
        let verified = store.verify_log().unwrap();
        assert!(!verified.ok && verified.first_fault.unwrap().contains("event 2"), "{damage}");
    }
}

#[test]
fn a_second_instance_is_refused_and_a_second_connection_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.sqlite");
    let first = open(&path).unwrap();
    assert!(matches!(open(&path), Err(StoreError::InUse(_))));
    assert!(Store::open_beside(&path, terminal(), first.epoch()).is_ok());
    drop(first);
    assert!(open(&path).is_ok());
}

#[test]
fn a_file_of_another_program_is_refused_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.sqlite");
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("create table notes (text text); insert into notes values ('mine');").unwrap();
    drop(other);
    let before = std::fs::read(&path).unwrap();
    let error = open(&path).unwrap_err();
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "hello").unwrap();
    assert!(open(&text).unwrap_err().to_string().contains("not an SQLite file"));
    assert_eq!(std::fs::read(&text).unwrap(), b"hello");
}

#[test]
fn a_store_of_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.sqlite");
    open(&path).unwrap().conn.pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(open(&path), Err(StoreError::Newer(99))));
}

#[test]
fn where_a_page_breaks_off_within_a_position_is_kept_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder.path().join("t.sqlite")).unwrap();
    let page = |cursor, resume: Option<&str>| shared::wire::ChangesPage {
        ledger_id: Uuid::from_u128(9),
        cursor,
        resume: resume.map(str::to_owned),
        left: None,
        more: resume.is_some(),
        as_of: shared::time::Timestamp::from_ms(0),
        changes: Vec::new(),
        restored: Vec::new(),
    };
    store.keep_page(&page(6, Some("7-00ff"))).unwrap();
    assert_eq!((store.cursor().unwrap().1, store.cursor_resume().unwrap().as_deref()), (6, Some("7-00ff")));
    assert_eq!(store.data_as_of().unwrap(), None, "half a position is not up to date");
    store.keep_page(&page(7, None)).unwrap();
    assert_eq!((store.cursor().unwrap().1, store.cursor_resume().unwrap()), (7, None));
}
