//! P5 in one process: one bad event and its neighbours.

use shared::event::{Act, Stage};
use shared::wire::Outcome;
use sync_server::store::Store;

use crate::ledger::{Log, link, mismatches, send, verified};

crate::ledger::on_both!(
    p5_one_unreadable_event_does_not_hold_up_its_neighbours,
    p5_names_and_labels_of_any_length_hold_nothing_up,
);

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

/// A database takes only so much into an index: a long label must still be told of, and a long name must not stop a log.
async fn p5_names_and_labels_of_any_length_hold_nothing_up(store: &Store) {
    // What no compression makes short.
    let long: String = (0..6_000).filter_map(|n| char::from_u32(0x4E00 + n * 13 % 20_000)).collect();
    let mut maker = Log::new(1);
    maker.scan(Stage::Outbound, "N1", &long);
    maker.scan(Stage::Outbound, "N1", &format!("{long}2"));
    maker.scan_under(Stage::Outbound, (&long, "N1"), &link(0));
    maker.scan_under(Stage::Outbound, ("C1", &long), &link(1));
    let (stage, basis, document) = (Stage::Outbound, "C1".into(), "N1".into());
    maker.add(Act::TaskOpened { task: long.as_str().into(), stage, basis, document, reserved: false });
    maker.scan(Stage::Outbound, "N1", &link(2));
    let reply = send(store, &maker.batch(1, maker.bodies.len())).await.unwrap();
    let recorded: Vec<_> = reply.outcomes.iter().filter(|run| run.outcome == Outcome::Recorded).collect();
    let kept: Vec<_> = recorded.iter().map(|run| (run.from, run.to)).collect();
    assert_eq!(kept, [(1, 3), (7, 7)], "{:?}", reply.outcomes);
    let malformed = mismatches(store).await.into_keys().filter(|(kind, _)| kind == "malformed-code").count();
    assert_eq!(malformed, 2, "each long label by itself");
    assert!(verified(store).await.ok);
}
