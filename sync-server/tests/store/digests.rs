//! Digests of what a ledger holds.

use sync_server::store::{Store, digest};

use crate::on::{postgres, sqlite};
use crate::sample::{enrol, put, scan};

crate::on_both!(a_digest_tells_rows_apart);

async fn a_digest_tells_rows_apart(store: &Store) {
    let mut tx = store.write().await.unwrap();
    assert!(digest::tables(&mut tx).await.unwrap().contains(&"event".to_owned()));
    let empty = digest::of_tables(&mut tx).await.unwrap();
    assert_eq!(empty.keys().collect::<Vec<_>>(), ["audit_head", "ledger"]);
    put(&mut tx, 1, 1, scan("C1", 0)).await;
    let one = digest::of_tables(&mut tx).await.unwrap();
    assert_eq!((one.len(), one["ledger"] == empty["ledger"]), (3, true));
    put(&mut tx, 1, 2, scan("C1", 1)).await;
    assert_ne!(digest::of_tables(&mut tx).await.unwrap()["event"], one["event"]);
    tx.rollback().await.unwrap();
}

#[tokio::test]
async fn what_was_told_alike_has_the_same_digests() {
    let (file, database) = (sqlite().await, postgres().await);
    let mut digests = Vec::new();
    for (store, order) in [(&file.store, [1, 2]), (&database.store, [2, 1])] {
        let mut tx = store.write().await.unwrap();
        enrol(&mut tx, 1).await;
        for seq in order {
            put(&mut tx, 1, seq, scan("合同", 0)).await;
        }
        digests.push(digest::of_tables(&mut tx).await.unwrap());
        tx.rollback().await.unwrap();
    }
    assert_eq!(digests[0].len(), 4);
    assert_eq!(digests[0], digests[1]);
}
