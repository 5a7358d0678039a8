//! P2 in one process: batches that come again, whole or in part.

use shared::wire::Outcome;
use sync_server::store::Store;

use crate::ledger::{logs, mismatches, send, verified};

crate::ledger::on_both!(
    p2_a_batch_again_is_already_recorded_and_changes_nothing,
    p2_an_overlapping_batch_adds_only_what_is_new,
);

async fn p2_a_batch_again_is_already_recorded_and_changes_nothing(store: &Store) {
    let [maker, _] = logs();
    let all = maker.batch(1, maker.bodies.len());
    let first = send(store, &all).await.unwrap();
    assert_eq!(first.outcomes.len(), 1);
    assert_eq!(first.outcomes[0].outcome, Outcome::Recorded);
    let before = mismatches(store).await;
    let again = send(store, &all).await.unwrap();
    assert_eq!(again.outcomes[0].outcome, Outcome::AlreadyRecorded);
    assert_eq!(again.verdicts, first.verdicts, "a repeated batch gets its verdicts again");
    assert_eq!(mismatches(store).await, before);
    let verified = verified(store).await;
    assert!(verified.ok && verified.events == maker.bodies.len() as u64, "{verified:?}");
}

async fn p2_an_overlapping_batch_adds_only_what_is_new(store: &Store) {
    let [maker, _] = logs();
    send(store, &maker.batch(1, 4)).await.unwrap();
    let reply = send(store, &maker.batch(3, 7)).await.unwrap();
    let runs: Vec<_> = reply.outcomes.iter().map(|run| (run.from, run.to, run.outcome.clone())).collect();
    assert_eq!(runs, [(3, 4, Outcome::AlreadyRecorded), (5, 7, Outcome::Recorded)]);
}
