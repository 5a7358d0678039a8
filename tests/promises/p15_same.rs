//! P15: the same data gives the same tables in both databases, to the byte. All scenario files are played in `tests/scenario`.

use cluster::Cluster;
use proptest::prelude::*;
use shared::event::{Act, Stage, VoidReason};
use shared::ids::EventRef;
use sync_server::reconcile;
use sync_server::store::{Store, digest};

use crate::ledger::{Log, NOW, ledger, ledger_in, link, send, terminal_id};

/// One thing that happens to a terminal's log, or on its way.
#[derive(Clone, Debug)]
enum Step {
    Scan { n: u8, stage: Stage, document: &'static str, case: usize },
    Text { n: u8, text: String },
    Void { n: u8, back: u64 },
    Close { n: u8, stage: Stage, document: &'static str },
    Anchor { n: u8, ms: i64 },
    Unreadable { n: u8, bytes: Vec<u8> },
    Send { n: u8, again: bool },
    Sweep { hours: i64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let n = 1_u8..=2;
    let stage = prop_oneof![Just(Stage::Outbound), Just(Stage::Inbound), Just(Stage::Sort)];
    let document = prop_oneof![Just("N1"), Just("N2"), Just("none"), Just("合同 '\"\\")];
    let step = prop_oneof![
        6 => (n.clone(), stage.clone(), document.clone(), 0..12_usize)
            .prop_map(|(n, stage, document, case)| Step::Scan { n, stage, document, case }),
        1 => (n.clone(), "\\PC{0,80}").prop_map(|(n, text)| Step::Text { n, text }),
        1 => (n.clone(), 0..5_u64).prop_map(|(n, back)| Step::Void { n, back }),
        1 => (n.clone(), stage, document).prop_map(|(n, stage, document)| Step::Close { n, stage, document }),
        1 => (n.clone(), -900_000..900_000_i64).prop_map(|(n, ms)| Step::Anchor { n, ms }),
        1 => (n.clone(), any::<Vec<u8>>()).prop_map(|(n, bytes)| Step::Unreadable { n, bytes }),
        4 => (n, any::<bool>()).prop_map(|(n, again)| Step::Send { n, again }),
        1 => (0..72_i64).prop_map(|hours| Step::Sweep { hours }),
    ];
    proptest::collection::vec(step, 8..60)
}

/// Lets it all happen on a ledger; answers what came back, and what the ledger holds.
async fn live_through(store: &Store, steps: &[Step]) -> (Vec<String>, Vec<(String, String)>) {
    let (mut logs, mut sent, mut answers) = ([Log::new(1), Log::new(2)], [0_usize; 2], Vec::new());
    for step in steps.iter().chain(&[Step::Send { n: 1, again: true }, Step::Send { n: 2, again: false }]) {
        match step {
            Step::Scan { n, stage, document, case } => log(&mut logs, *n).scan(*stage, document, &link(*case)),
            Step::Text { n, text } => log(&mut logs, *n).scan(Stage::Outbound, "N1", text),
            Step::Void { n, back } => {
                let log = log(&mut logs, *n);
                let seq = (log.bodies.len() as u64).saturating_sub(*back).max(1);
                let voids = EventRef { terminal: terminal_id(*n), epoch: log.epoch(), seq };
                log.add(Act::Void { voids, reason: VoidReason::DidNotOccur });
            }
            Step::Close { n, stage, document } => log(&mut logs, *n).close(*stage, document),
            Step::Anchor { n, ms } => {
                log(&mut logs, *n).add(Act::ClockAnchor { server_time: NOW.plus_ms(*ms), round_trip_ms: 40 });
            }
            // A body is one line.
            Step::Unreadable { n, bytes } => {
                log(&mut logs, *n)
                    .bodies
                    .push(bytes.iter().map(|byte| if *byte == b'\n' { b' ' } else { *byte }).collect());
            }
            Step::Send { n, again } => {
                let (log, sent) = (&logs[usize::from(*n) - 1], &mut sent[usize::from(*n) - 1]);
                let first = if *again { 1.max(sent.saturating_sub(3)) } else { *sent + 1 };
                if first <= log.bodies.len() {
                    answers.push(format!("{:?}", send(store, &log.batch(first, log.bodies.len())).await));
                    *sent = log.bodies.len();
                }
            }
            Step::Sweep { hours } => {
                answers.push(reconcile::sweep(store, NOW.plus_ms(hours * 3_600_000)).await.unwrap().to_string());
            }
        }
    }
    let digests = digest::of_tables(&mut store.read().await.unwrap()).await.unwrap();
    (answers, digests.into_iter().map(|(table, digest)| (table, digest.to_string())).collect())
}

fn log(logs: &mut [Log; 2], n: u8) -> &mut Log {
    &mut logs[usize::from(n) - 1]
}

/// One history on both; what is the same, told so that a difference can be read.
async fn compare(steps: &[Step]) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let database = Cluster::shared().unwrap().create().unwrap();
    let one = live_through(&ledger(folder.path()).await, steps).await;
    let other = live_through(&ledger_in(&database, folder.path()).await, steps).await;
    prop_assert!(one.1.len() >= 7, "{:?}", one.1);
    prop_assert_eq!(one, other);
    Ok(())
}

fn histories(cases: u32) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    runner.run(&steps(), |steps| runtime.block_on(compare(&steps))).unwrap();
}

#[test]
fn p15_random_histories_leave_the_same_in_both_databases() {
    histories(24);
}

#[test]
fn long_p15_two_thousand_random_histories_leave_the_same_in_both_databases() {
    histories(2_000);
}
