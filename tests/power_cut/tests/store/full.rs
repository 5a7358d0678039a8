//! No space is left: new scans are refused, what ends work is written, nothing is half-written, nothing is lost.

use power_cut::TestVfs;
use scanner_app::store::{Opening, RESERVE_BYTES, Store, StoreError};
use shared::event::{Act, Event, VoidReason};
use shared::ids::EventRef;

use super::work::{EPOCH, TERMINAL, event};

fn void(seq: u64) -> Event {
    let voids = EventRef { terminal: TERMINAL, epoch: EPOCH, seq: 1 };
    Event { act: Act::Void { voids, reason: VoidReason::DidNotOccur }, ..event(seq) }
}

fn scan(store: &mut Store) -> Result<u64, StoreError> {
    let seq = store.next_seq()?;
    store.append(&[event(seq)], |_| Ok(())).map(|appended| appended.last_seq)
}

#[test]
fn a_full_disk_refuses_scans_and_still_takes_what_ends_work() {
    let vfs = TestVfs::register("full");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.sqlite");
    let opening = Opening { vfs: Some(vfs.name()), reserve: true, ..Opening::default() };
    let mut store = Store::open_with(&path, (TERMINAL, EPOCH), opening).unwrap();
    let reserve = folder.path().join("t.sqlite.reserve");
    assert_eq!(std::fs::metadata(&reserve).unwrap().len(), RESERVE_BYTES);
    vfs.limit_space(Some(RESERVE_BYTES + 2_000_000));
    let refused = loop {
        match scan(&mut store) {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    let recorded = store.next_seq().unwrap() - 1;
    assert!(recorded > 50 && vfs.refused() > 0, "{recorded}");
    assert!(matches!(refused, StoreError::Full { recorded: Some(n) } if n == recorded), "{refused:?}");
    let words = refused.to_string();
    assert!(words.contains("Storage full, scanning stopped. All") && words.contains("存储已满，暂停扫码"), "{words}");
    // Again and again: each is refused, none leaves a trace.
    for _ in 0..3 {
        assert!(matches!(scan(&mut store), Err(StoreError::Full { .. })));
    }
    assert_eq!(store.events().unwrap().len() as u64, recorded);

    // What ends work goes on, out of the reserve.
    for seq in recorded + 1..=recorded + 40 {
        store.append(&[void(seq)], |_| Ok(())).unwrap();
    }
    assert!(!reserve.exists());
    let verified = store.verify_log().unwrap();
    assert!(verified.ok && verified.events == recorded + 40, "{verified:?}");

    // A scan must not eat what the reserve gave. The test's limit binds SQLite alone: a folder in the reserve's place keeps the
    // store from making it again, as a full disk would.
    std::fs::create_dir(&reserve).unwrap();
    assert!(matches!(scan(&mut store), Err(StoreError::Full { .. })));

    // There is space again: the reserve is made first, then scans go on.
    std::fs::remove_dir(&reserve).unwrap();
    vfs.limit_space(None);
    assert_eq!(scan(&mut store).unwrap(), recorded + 41);
    assert_eq!(std::fs::metadata(&reserve).unwrap().len(), RESERVE_BYTES);
    drop(store);
    let store = Store::open(&path, TERMINAL, EPOCH).unwrap();
    assert_eq!(store.verify_log().unwrap().events, recorded + 41);
}
