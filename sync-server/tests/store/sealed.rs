//! Sealed batches that wait.

use sync_server::store::Store;
use sync_server::store::ledger::{self, Head};
use sync_server::store::sealed::{self, Delivery};

use crate::sample::{NOW, epoch_id, hash, terminal_id};

crate::on_both!(a_batch_waits_until_the_hole_is_filled, deliveries_are_noted);

async fn a_batch_waits_until_the_hole_is_filled(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let (terminal, epoch) = (terminal_id(1), epoch_id(1));
    for (first_seq, body) in [(5, b"five".as_slice()), (9, b"nine"), (5, b"five")] {
        assert!(sealed::keep_waiting(&mut tx, (terminal, epoch, first_seq), body, NOW).await.unwrap());
    }
    assert_eq!(sealed::terminals_waiting(&mut tx).await.unwrap(), [terminal]);
    assert!(sealed::next_waiting(&mut tx, terminal).await.unwrap().is_none(), "no head is known");
    let head = |next_seq, closed| Head { next_seq, hash: hash("x"), closed };
    ledger::set_head(&mut tx, terminal, epoch, head(5, false)).await.unwrap();
    let next = sealed::next_waiting(&mut tx, terminal).await.unwrap().unwrap();
    assert_eq!((next.first_seq, &*next.body, next.epoch), (5, b"five".as_slice(), epoch));
    sealed::drop_waiting(&mut tx, terminal, &next).await.unwrap();
    assert!(sealed::next_waiting(&mut tx, terminal).await.unwrap().is_none());
    ledger::set_head(&mut tx, terminal, epoch, head(5, true)).await.unwrap();
    let next = sealed::next_waiting(&mut tx, terminal).await.unwrap().unwrap();
    assert_eq!(next.first_seq, 9, "a closed epoch answers each");
    sealed::drop_waiting(&mut tx, terminal, &next).await.unwrap();
    assert_eq!(sealed::terminals_waiting(&mut tx).await.unwrap(), []);
    tx.rollback().await.unwrap();
}

async fn deliveries_are_noted(store: &Store) {
    let mut tx = store.write().await.unwrap();
    for carrier in [None, Some(terminal_id(2))] {
        let delivery =
            Delivery { parcel: hash("parcel"), terminal: terminal_id(1), carrier, batches: 3, waiting: 1, refused: 1 };
        sealed::note_delivery(&mut tx, &delivery, NOW).await.unwrap();
    }
    let rows = sqlx::query("select 1 as one from sealed_delivery where batches = 3").fetch_all(&mut *tx).await.unwrap();
    assert_eq!(rows.len(), 2);
    tx.rollback().await.unwrap();
}
