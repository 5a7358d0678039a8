//! P14: nothing is confirmed to be missing before the other side is complete or the grace has run out; what arrives in time closes it.

use shared::event::Stage;
use shared::mismatch::State;
use shared::reference::Limits;
use sync_server::reconcile;
use sync_server::store::{Store, mismatch};

use crate::ledger::{Log, NOW, ledger, link, send};

/// States of the mismatches that rest on a counterpart that is not here.
async fn missing(store: &Store) -> Vec<(String, State)> {
    let all = mismatch::list(&mut store.read().await.unwrap()).await.unwrap();
    let waiting = all.into_iter().filter(|found| found.mismatch.kind.waits());
    waiting.map(|found| (found.mismatch.kind.to_string(), found.state)).collect()
}

/// The wholesaler took case 0 in and closed; the maker's terminal that sent it has no network.
async fn arrived_first(store: &Store) {
    let mut wholesaler = Log::new(2);
    wholesaler.scan(Stage::Inbound, "N1", &link(0));
    wholesaler.close(Stage::Inbound, "N1");
    send(store, &wholesaler.batch(1, 3)).await.unwrap();
}

#[tokio::test]
async fn p14_a_counterpart_that_is_late_is_provisional_until_the_grace_has_run_out() {
    let folder = tempfile::tempdir().unwrap();
    let store = ledger(folder.path()).await;
    arrived_first(&store).await;
    let early = missing(&store).await;
    assert!(!early.is_empty() && early.iter().all(|(_, state)| *state == State::Provisional), "{early:?}");
    let grace_ms = Limits::default().grace_ms;
    reconcile::sweep(&store, NOW.plus_ms(grace_ms - 3_600_000)).await.unwrap();
    assert_eq!(missing(&store).await, early, "the grace has not run out");
    reconcile::sweep(&store, NOW.plus_ms(grace_ms + 1)).await.unwrap();
    let late = missing(&store).await;
    assert!(late.iter().any(|(_, state)| *state == State::Confirmed), "{late:?}");
}

#[tokio::test]
async fn p14_what_arrives_within_the_grace_closes_it_and_nobody_was_alarmed() {
    let folder = tempfile::tempdir().unwrap();
    let store = ledger(folder.path()).await;
    arrived_first(&store).await;
    let mut maker = Log::new(1);
    maker.scan(Stage::Outbound, "N1", &link(0));
    send(&store, &maker.batch(1, 2)).await.unwrap();
    let closed = missing(&store).await;
    assert!(closed.iter().all(|(_, state)| *state == State::Closed), "{closed:?}");
    reconcile::sweep(&store, NOW.plus_ms(Limits::default().grace_ms + 1)).await.unwrap();
    let later: Vec<_> = missing(&store).await.into_iter().filter(|(kind, _)| kind == "unannounced-goods").collect();
    assert!(later.iter().all(|(_, state)| *state == State::Closed), "{later:?}");
}
