//! P4 in one process: gaps, foreign keys and forks have their own answers.

use shared::event::Stage;
use shared::wire::Outcome;
use sync_server::ingest::PushError;

use crate::ledger::{Log, ledger, link, logs, send};

#[tokio::test]
async fn p4_a_gap_a_foreign_key_and_a_fork_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = ledger(folder.path()).await;
    let [maker, _] = logs();
    send(&store, &maker.batch(1, 3)).await.unwrap();
    assert!(matches!(send(&store, &maker.batch(5, 6)).await, Err(PushError::Gap(_, 3, _))));

    let (mut tampered, bytes) = maker.batch(4, 5);
    tampered.bodies[0] = tampered.bodies[0].iter().map(|byte| if *byte == b'1' { b'2' } else { *byte }).collect();
    assert!(matches!(send(&store, &(tampered, bytes)).await, Err(PushError::Signature)));

    // Number 3 again, with other content: a copy of this terminal is at work somewhere.
    let mut twin = Log { n: 1, bodies: maker.bodies[..2].to_vec() };
    twin.scan(Stage::Outbound, "N1", &link(7));
    assert!(matches!(send(&store, &twin.batch(3, 3)).await, Err(PushError::EpochClosed { agreed: 2, .. })));
    assert!(matches!(send(&store, &maker.batch(4, 5)).await, Err(PushError::EpochClosed { agreed: 3, .. })));
    let repeated = send(&store, &maker.batch(1, 3)).await.unwrap();
    assert_eq!(repeated.outcomes[0].outcome, Outcome::AlreadyRecorded, "what was recorded before stays recorded");
}
