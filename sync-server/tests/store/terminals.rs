//! Enrolled terminals.

use sync_server::store::{Store, terminal};

use crate::sample::{at, enrol, terminal_id};

crate::on_both!(terminals_are_enrolled_revoked_and_reinstated);

async fn terminals_are_enrolled_revoked_and_reinstated(store: &Store) {
    let mut tx = store.write().await.unwrap();
    enrol(&mut tx, 2).await;
    terminal::put(&mut tx, &crate::sample::terminal(1, "门一")).await.unwrap();
    terminal::put(&mut tx, &crate::sample::terminal(1, "a renamed one")).await.unwrap();
    let names: Vec<String> = terminal::list(&mut tx).await.unwrap().into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["a renamed one", "t2"]);
    assert!(terminal::find(&mut tx, terminal_id(3)).await.unwrap().is_none());
    assert!(!terminal::revoke(&mut tx, terminal_id(3), at(0)).await.unwrap());
    assert!(!terminal::reinstate(&mut tx, terminal_id(1)).await.unwrap());
    for ms in [10, 20] {
        assert!(terminal::revoke(&mut tx, terminal_id(1), at(ms)).await.unwrap());
    }
    let revoked = terminal::find(&mut tx, terminal_id(1)).await.unwrap().unwrap();
    assert_eq!((revoked.revoked_at, revoked.reached_at), (Some(at(10)), None), "the first revocation counts");
    assert!(terminal::reinstate(&mut tx, terminal_id(1)).await.unwrap());
    assert_eq!(terminal::find(&mut tx, terminal_id(1)).await.unwrap().unwrap().revoked_at, None);
    tx.rollback().await.unwrap();
}
