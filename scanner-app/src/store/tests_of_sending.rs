//! The outbox after refusals: closed epochs, servers restored from a backup, numbers that nobody holds any more.

use ring::signature::Ed25519KeyPair;
use shared::chain::Hash;
use shared::event::{Act, Event};
use shared::ids::EpochId;
use shared::wire::{AcknowledgedRange, Acknowledgement, ChangesPage, LedgerHead, Restored, SignedRestored};
use uuid::Uuid;

use super::tests::{append, event, open, terminal};
use super::*;

/// The acknowledgement of some numbers of the store's epoch, by some ledger.
fn acknowledge(store: &mut Store, (from, to): (u64, u64), ledger: u128) {
    acknowledge_of(store, store.epoch(), (from, to), ledger);
}

fn acknowledge_of(store: &mut Store, epoch: EpochId, (from, to): (u64, u64), ledger: u128) {
    let key = Ed25519KeyPair::from_seed_unchecked(&[1; 32]).unwrap();
    let range = AcknowledgedRange {
        ledger_id: Uuid::from_u128(ledger),
        terminal: store.terminal(),
        epoch,
        from,
        to,
        hash: Hash::new([0; 32]),
        outcomes_digest: Hash::new([0; 32]),
        position: to,
        received_at: shared::time::Timestamp::from_ms(0),
        server_key: None,
        checkpoint: None,
    };
    store.acknowledge(&Acknowledgement::sign(range, &key).unwrap()).unwrap();
}

fn outgoing(store: &Store) -> Vec<(u64, u64, Option<u64>)> {
    store.outgoing().unwrap().iter().map(|row| (row.acknowledged, row.last, row.closed)).collect()
}

#[test]
fn a_closed_epoch_is_left_at_the_next_task_and_drains_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.sqlite");
    let mut store = open(&path).unwrap();
    store.commit_on_a_thread().unwrap();
    append(&mut store, 9);
    acknowledge(&mut store, (1, 4), 1);
    let old = store.epoch();
    // The sender hears of it on a connection of its own.
    let mut beside = Store::open_beside(&path, terminal(), EpochId::new(Uuid::from_u128(3))).unwrap();
    assert!(beside.close_epoch(old, 6).unwrap());
    assert!(!beside.close_epoch(old, 6).unwrap(), "once is enough");
    assert_eq!(outgoing(&beside), [(4, 9, Some(4))]);
    append(&mut store, 1);
    assert_eq!(outgoing(&beside), [(4, 10, Some(4))], "what an open task still records goes along as disputed");

    assert!(store.leave_closed_epoch(EpochId::new(Uuid::from_u128(50))).unwrap());
    let started = Act::EpochStarted { previous: store.previous_epoch().unwrap() };
    let events = [(1, started), (2, Act::SignedIn)].map(|(seq, act)| Event { act, ..event(&store, seq) });
    store.append(&events, |_| Ok(())).unwrap();
    assert_ne!(store.epoch(), old);
    let events = store.events().unwrap();
    let Act::EpochStarted { previous: Some(previous) } = &events[10].act else { panic!("{:?}", events[10]) };
    assert_eq!((previous.epoch, previous.last_seq, previous.acknowledged_seq), (old, 10, 4));
    assert_eq!(Some(previous.hash), store.hash_after(old, 10).unwrap());
    assert_eq!((events[11].epoch, events[11].seq), (store.epoch(), 2));
    assert_eq!(outgoing(&beside), [(4, 10, Some(4)), (0, 2, None)]);
    acknowledge_of(&mut beside, old, (5, 10), 1);
    assert_eq!(outgoing(&beside), [(0, 2, None)]);
    assert!(store.verify_log().unwrap().ok);
    drop((store, beside));
    assert!(!open(&path).unwrap().epoch_is_closed().unwrap());
}

#[test]
fn a_restored_server_is_asked_of_every_epoch() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder.path().join("t.sqlite")).unwrap();
    append(&mut store, 9);
    let first = store.epoch();
    acknowledge(&mut store, (1, 9), 1);
    assert!(
        store.close_epoch(first, 9).unwrap() && store.leave_closed_epoch(EpochId::new(Uuid::from_u128(5))).unwrap()
    );
    append(&mut store, 4);
    acknowledge(&mut store, (1, 3), 1);
    assert_eq!((outgoing(&store), store.server_history().unwrap()), (vec![(3, 4, None)], ServerHistory::Stands));
    acknowledge(&mut store, (4, 4), 2);
    assert_eq!(outgoing(&store), [(8, 9, Some(9)), (3, 4, None)], "the newest of each is offered again");
    // Only the server's own record of a restore makes it one.
    let key = Ed25519KeyPair::from_seed_unchecked(&[1; 32]).unwrap();
    let at = shared::time::Timestamp::from_ms(1_772_413_200_000);
    let from = LedgerHead { entries: 0, hash: Hash::new([0; 32]) };
    let (from_ledger_id, ledger_id) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let record = Restored { from_ledger_id, from, position: 3, ledger_id, at, why: "the disk died".into() };
    let mut page = ChangesPage {
        ledger_id,
        cursor: 1,
        left: None,
        more: false,
        as_of: at,
        changes: Vec::new(),
        restored: Vec::new(),
        resume: None,
    };
    store.keep_page(&page).unwrap();
    assert_eq!(store.server_history().unwrap(), ServerHistory::Rewritten);
    // One that leads elsewhere explains nothing.
    let elsewhere = Restored { ledger_id: Uuid::from_u128(7), ..record.clone() };
    page.restored = vec![SignedRestored::sign(elsewhere, &key).unwrap()];
    store.keep_page(&page).unwrap();
    assert_eq!(store.server_history().unwrap(), ServerHistory::Rewritten);
    // Two restores since this terminal was last in touch.
    let second = Restored { from_ledger_id: Uuid::from_u128(7), at: at.plus_ms(1), ..record };
    page.restored.push(SignedRestored::sign(second, &key).unwrap());
    store.keep_page(&page).unwrap();
    assert_eq!(store.server_history().unwrap(), ServerHistory::Restored(at.plus_ms(1)));
    assert_eq!(store.rewind(first, 2).unwrap(), Rewound::Again(6));
    acknowledge_of(&mut store, first, (3, 9), 2);
    acknowledge(&mut store, (4, 4), 2);
    assert_eq!(outgoing(&store), [], "the same ledger asks nothing again");
}

#[test]
fn an_acknowledgement_that_is_taken_back_without_a_restore_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder.path().join("t.sqlite")).unwrap();
    append(&mut store, 5);
    acknowledge(&mut store, (1, 4), 1);
    let (epoch, at) = (store.epoch(), shared::time::Timestamp::from_ms(1_772_413_200_000));
    let ledger_id = Uuid::from_u128(1);
    let page = ChangesPage {
        ledger_id,
        cursor: 1,
        left: None,
        more: false,
        as_of: at,
        changes: Vec::new(),
        restored: Vec::new(),
        resume: None,
    };
    store.keep_page(&page).unwrap();
    assert_eq!(store.server_history().unwrap(), ServerHistory::Stands);
    assert_eq!(store.rewind(epoch, 2).unwrap(), Rewound::Again(2));
    store.keep_page(&page).unwrap();
    assert_eq!(store.server_history().unwrap(), ServerHistory::Rewritten);
}

#[test]
fn what_has_left_is_named_and_what_follows_is_disputed() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder.path().join("t.sqlite")).unwrap();
    append(&mut store, 9);
    acknowledge(&mut store, (1, 8), 1);
    let hash = store.hash_after(store.epoch(), 6).unwrap().unwrap();
    let sql = "insert into left_log (epoch, seq, hash) values (?1, 6, ?2)";
    store.conn.execute(sql, rusqlite::params![store.epoch().to_string(), hash.as_bytes()]).unwrap();
    store.conn.execute("delete from log where seq <= 6", []).unwrap();
    let epoch = store.epoch();
    assert_eq!(store.rewind(epoch, 7).unwrap(), Rewound::Again(1));
    acknowledge(&mut store, (8, 8), 1);
    assert_eq!(store.rewind(epoch, 3).unwrap(), Rewound::Closed);
    assert_eq!(store.lacking().unwrap(), [Lacking { epoch, from: 4, to: 6 }]);
    assert_eq!(outgoing(&store), [(6, 9, Some(6))]);
    assert_eq!(store.rewind(epoch, 6).unwrap(), Rewound::Nothing);
}

#[test]
fn a_refused_event_keeps_its_reason_after_it_was_taken() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder.path().join("t.sqlite")).unwrap();
    append(&mut store, 5);
    let epoch = store.epoch();
    store.refuse(epoch, 3, ("bad-request", "no")).unwrap();
    assert_eq!(store.refused_after(epoch, 2).unwrap(), [3]);
    assert!(!store.refused().unwrap()[0].taken);
    acknowledge(&mut store, (1, 3), 1);
    assert_eq!((store.refused_after(epoch, 3).unwrap(), store.refused().unwrap()[0].taken), (vec![], true));
    // A server that took it aside and does not count it: going back would never end.
    assert_eq!(store.rewind(epoch, 2).unwrap(), Rewound::Closed);
    assert_eq!(outgoing(&store), [(3, 5, Some(3))]);
}
