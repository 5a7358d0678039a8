//! The chain: positions, heads, batches, entries, checkpoints, restores, admissions.

use std::collections::BTreeSet;

use shared::chain::PublicKey;
use shared::wire::{Checkpoint, LedgerHead, Restored, SignedCheckpoint, SignedRestored};
use sqlx::AnyConnection;
use sync_server::store::admission::{self, Admission};
use sync_server::store::entry::{self, EntryKind};
use sync_server::store::ledger::{self, Head, NewBatch};
use sync_server::store::{self, Store, checkpoint, quarantine};
use uuid::Uuid;

use crate::on::LEDGER;
use crate::sample::{NOW, at, enrol, epoch_id, hash, header, key, terminal_id};

crate::on_both!(
    positions_count_and_a_rolled_back_one_is_used_again,
    a_snapshot_does_not_move,
    a_ledger_is_renamed,
    heads_move_and_close,
    watermarks_never_go_back,
    entries_link_and_older_batches_get_theirs,
    checkpoints_are_kept_in_order,
    restores_and_admissions_are_listed_in_order,
);

async fn positions_count_and_a_rolled_back_one_is_used_again(store: &Store) {
    for _ in 0..2 {
        let mut tx = store.write().await.unwrap();
        assert_eq!(store::next_position(&mut tx).await.unwrap(), 1);
        tx.rollback().await.unwrap();
    }
    let mut tx = store.write().await.unwrap();
    store::next_position(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store::position(&mut store.read().await.unwrap()).await.unwrap(), 1);
}

async fn a_snapshot_does_not_move(store: &Store) {
    let mut snapshot = store.snapshot().await.unwrap();
    assert_eq!(store::position(&mut snapshot).await.unwrap(), 0);
    let mut tx = store.write().await.unwrap();
    store::next_position(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store::position(&mut snapshot).await.unwrap(), 0);
    snapshot.rollback().await.unwrap();
    assert_eq!(store::position(&mut store.read().await.unwrap()).await.unwrap(), 1);
    store.close().await;
    assert!(store.read().await.unwrap_err().is_unreachable());
}

async fn a_ledger_is_renamed(store: &Store) {
    let mut tx = store.write().await.unwrap();
    assert_eq!(store::ledger_id(&mut tx).await.unwrap(), LEDGER);
    assert_eq!(entry::first_ledger_id(&mut tx).await.unwrap(), LEDGER);
    store::rename_ledger(&mut tx, Uuid::from_u128(8)).await.unwrap();
    tx.commit().await.unwrap();
    let mut conn = store.read().await.unwrap();
    assert_eq!(store::ledger_id(&mut conn).await.unwrap(), Uuid::from_u128(8));
    assert_eq!(store::position(&mut conn).await.unwrap(), 1);
}

async fn heads_move_and_close(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let (terminal, epoch) = (terminal_id(1), epoch_id(1));
    assert_eq!(ledger::head(&mut tx, terminal, epoch).await.unwrap(), None);
    for next_seq in [4, 9] {
        let head = Head { next_seq, hash: hash(&next_seq.to_string()), closed: false };
        ledger::set_head(&mut tx, terminal, epoch, head).await.unwrap();
        assert_eq!(ledger::head(&mut tx, terminal, epoch).await.unwrap(), Some(head));
    }
    let other = Head { next_seq: 2, hash: hash("other"), closed: true };
    ledger::set_head(&mut tx, terminal, epoch_id(2), other).await.unwrap();
    assert_eq!(ledger::heads(&mut tx, terminal).await.unwrap().len(), 2);
    ledger::close_epochs(&mut tx, terminal).await.unwrap();
    assert!(ledger::heads(&mut tx, terminal).await.unwrap().iter().all(|(_, head)| head.closed));
    tx.rollback().await.unwrap();
}

async fn watermarks_never_go_back(store: &Store) {
    let mut tx = store.write().await.unwrap();
    enrol(&mut tx, 1).await;
    let here = [terminal_id(1)].into();
    assert!(store::event::reached(&mut tx, &here).await.unwrap().is_empty());
    for (told, reached) in [(5, 5), (9, 9), (7, 9)] {
        ledger::set_reached(&mut tx, terminal_id(1), at(told)).await.unwrap();
        assert_eq!(store::event::reached(&mut tx, &here).await.unwrap()[&terminal_id(1)], at(reached));
    }
    tx.rollback().await.unwrap();
}

async fn keep_batch(conn: &mut AnyConnection, first_seq: u64) {
    let header = header(first_seq, 3);
    let (key, apart) = (PublicKey::of(&key(1)), BTreeSet::new());
    let new = NewBatch {
        header: &header,
        first_seq,
        key: &key,
        body: b"bytes".as_slice(),
        member: &"M".into(),
        apart: &apart,
    };
    ledger::keep_batch(conn, &new, (NOW, 1)).await.unwrap();
}

async fn entries_link_and_older_batches_get_theirs(store: &Store) {
    let mut tx = store.write().await.unwrap();
    keep_batch(&mut tx, 1).await;
    let whole = entry::head(&mut tx).await.unwrap();
    assert_eq!(whole.entries, 1);
    assert_eq!(entry::append(&mut tx, EntryKind::Evidence, hash("evidence")).await.unwrap(), 2);
    assert_ne!(entry::head(&mut tx).await.unwrap().hash, whole.hash);
    // As a version without entries left them.
    for sql in ["delete from ledger_entry", "update batch set entry = null"] {
        sqlx::query(sql).execute(&mut *tx).await.unwrap();
    }
    assert_eq!(entry::head(&mut tx).await.unwrap().entries, 0);
    entry::adopt(&mut tx).await.unwrap();
    assert_eq!(entry::head(&mut tx).await.unwrap(), whole, "the same chain as when it was made at once");
    entry::adopt(&mut tx).await.unwrap();
    assert_eq!(entry::head(&mut tx).await.unwrap(), whole, "once is enough");
    tx.rollback().await.unwrap();
}

async fn checkpoints_are_kept_in_order(store: &Store) {
    let mut tx = store.write().await.unwrap();
    assert!(checkpoint::newest(&mut tx).await.unwrap().is_none());
    for entries in [2, 5, 9] {
        let head = LedgerHead { entries, hash: hash(&entries.to_string()) };
        let checkpoint = Checkpoint { ledger_id: LEDGER, head, previous: None, at: NOW };
        checkpoint::put(&mut tx, &SignedCheckpoint::sign(checkpoint, &key(7)).unwrap()).await.unwrap();
    }
    let entries = |kept: &[SignedCheckpoint]| kept.iter().map(|one| one.value().head.entries).collect::<Vec<_>>();
    assert_eq!(entries(&checkpoint::from(&mut tx, 5).await.unwrap()), [5, 9]);
    assert_eq!(entries(&checkpoint::newest(&mut tx).await.unwrap().into_iter().collect::<Vec<_>>()), [9]);
    assert_eq!(entry::head(&mut tx).await.unwrap().entries, 3, "each has an entry of its own");
    tx.rollback().await.unwrap();
}

async fn restores_and_admissions_are_listed_in_order(store: &Store) {
    let mut tx = store.write().await.unwrap();
    for number in [9, 4] {
        let from = LedgerHead { entries: number, hash: hash("x") };
        let (from_ledger_id, ledger_id) = (Uuid::from_u128(number.into()), LEDGER);
        let restored = Restored { from_ledger_id, from, position: 3, ledger_id, at: NOW, why: "硬盘损坏".into() };
        let restored = SignedRestored::sign(restored, &key(7)).unwrap();
        entry::put_restore(&mut tx, number, &restored).await.unwrap();
        let admission = Admission {
            epoch: epoch_id(u8::try_from(number).unwrap()),
            of_epoch: epoch_id(1),
            terminal: terminal_id(1),
            first_seq: 3,
            last_seq: u64::MAX >> 1,
            quarantine_id: 5,
            entry: number,
        };
        admission::put(&mut tx, &admission).await.unwrap();
    }
    let restores = entry::restores(&mut tx).await.unwrap();
    assert_eq!(restores.iter().map(|one| one.value().from.entries).collect::<Vec<_>>(), [4, 9]);
    assert_eq!(entry::first_ledger_id(&mut tx).await.unwrap(), Uuid::from_u128(4));
    let admissions = admission::list(&mut tx).await.unwrap();
    assert_eq!(
        admissions.iter().map(|one| (one.entry, one.last_seq)).collect::<Vec<_>>(),
        [(4, u64::MAX >> 1), (9, u64::MAX >> 1)]
    );
    assert_eq!((admissions[0].epoch, admissions[0].of_epoch), (epoch_id(4), epoch_id(1)));
    assert!(quarantine::find(&mut tx, 5).await.unwrap().is_none());
    tx.rollback().await.unwrap();
}
