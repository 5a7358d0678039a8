//! P5 in one process: one bad event and its neighbours.

use shared::event::Stage;
use shared::wire::Outcome;
use sync_server::store::Store;

use crate::ledger::{Log, link, send};

crate::ledger::on_both!(p5_one_unreadable_event_does_not_hold_up_its_neighbours,);

async fn p5_one_unreadable_event_does_not_hold_up_its_neighbours(store: &Store) {
    let mut maker = Log::new(1);
    maker.bodies.push(b"{\"kind\":\"of a later version\"}".to_vec());
    maker.scan(Stage::Outbound, "N1", &link(0));
    let reply = send(store, &maker.batch(1, 3)).await.unwrap();
    let quarantined: Vec<_> = reply
        .outcomes
        .iter()
        .filter(|run| matches!(run.outcome, Outcome::Quarantined(_)))
        .map(|run| run.from)
        .collect();
    assert_eq!((reply.outcomes.len(), quarantined), (3, vec![2]));
}
