//! P7: batches that wait are judged in parts, whatever memory allows, with the same verdicts; one that cannot be judged holds up no other.

use proptest::prelude::*;
use shared::event::Stage;
use shared::wire::{Batch, PushReply};
use sync_server::identity::Credential;
use sync_server::ingest::{Backlog, Judging, Received, push_group};
use sync_server::reconcile::Known;
use sync_server::store::{Store, digest, unjudged};

use crate::ledger::{Log, NOW, enrol, key, ledger, link, mismatches, terminal_id, verified};

/// Terminals of the maker and of the wholesaler.
const TERMINALS: u8 = 6;

/// One scan: by which terminal, under which basis, of which package. Most bases are known to nobody; packages go from one to another.
type Scan = (u8, u8, usize);

fn scans() -> impl Strategy<Value = Vec<Scan>> {
    proptest::collection::vec((0..TERMINALS, 0_u8..5, 0_usize..10), 20..60)
}

/// Each terminal's log in batches of three, as they come when all send at once.
fn batches(scans: &[Scan]) -> Vec<(Batch, Vec<u8>)> {
    let mut logs: Vec<Log> = (0..TERMINALS).map(|n| Log::new(n + 1)).collect();
    for (n, basis, package) in scans {
        let stage = if n % 2 == 0 { Stage::Outbound } else { Stage::Inbound };
        let (basis, document) = (format!("C{}", basis + 1), format!("N{}", basis + 1));
        logs[usize::from(*n)].scan_under(stage, (&basis, &document), &link(*package));
    }
    let longest = logs.iter().map(|log| log.bodies.len()).max().unwrap();
    let mut batches = Vec::new();
    for first in (1..=longest).step_by(3) {
        let sending = logs.iter().filter(|log| log.bodies.len() >= first);
        batches.extend(sending.map(|log| log.batch(first, log.bodies.len().min(first + 2))));
    }
    batches
}

async fn with_terminals(folder: &std::path::Path) -> Store {
    let store = ledger(folder).await;
    for n in 3..=TERMINALS {
        enrol(&store, n, if n % 2 == 1 { "M" } else { "W" }).await;
    }
    store
}

/// Takes the batches in by groups, and works off what was put off. Answers the replies and what the ledger holds then.
async fn taken_in(
    batches: &[(Batch, Vec<u8>)],
    at_once: usize,
    judging: Judging,
    mut known: Known,
) -> (Vec<PushReply>, String) {
    let folder = tempfile::tempdir().unwrap();
    let store = with_terminals(folder.path()).await;
    let mut replies = Vec::new();
    for group in batches.chunks(at_once) {
        let group: Vec<Received> = group
            .iter()
            .map(|(batch, bytes)| Received::new(batch.clone(), bytes.clone()).with(Credential::Own))
            .collect();
        let answers = push_group(&store, &key(7), &group, (NOW, judging), &mut known).await;
        replies.extend(answers.into_iter().map(Result::unwrap));
    }
    let mut backlog = Backlog::default();
    while backlog.judge_some(&store, NOW, &mut known).await.unwrap() {}
    assert!(verified(&store).await.ok);
    (replies, held(&store).await)
}

/// What stands, and where every scan is.
async fn held(store: &Store) -> String {
    let digests = digest::of_tables(&mut store.read().await.unwrap()).await.unwrap();
    let of = ["event", "trail", "basis_batch", "batch"].map(|table| digests[table]);
    format!("{of:?} {:#?}", mismatches(store).await)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn p7_batches_judged_in_parts_get_the_answers_of_batches_judged_together(scans in scans(), at_once in 2_usize..12) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let batches = batches(&scans);
        runtime.block_on(async {
            let together = taken_in(&batches, at_once, Judging::Now, Known::default()).await;
            // So little is remembered that each batch is a part of its own, and everything is read anew.
            let in_parts = taken_in(&batches, at_once, Judging::Now, Known::remembering(1)).await;
            prop_assert_eq!(&in_parts, &together);
            let (_, later) = taken_in(&batches, at_once, Judging::Later, Known::remembering(1)).await;
            prop_assert_eq!(&later, &together.1);
            Ok(())
        })?;
    }
}

/// Whose first event can be read, or cannot: the rules cannot be asked about a log that the store does not hold.
async fn set_body(store: &Store, n: u8, body: &[u8]) {
    let mut tx = store.write().await.unwrap();
    let sql = "update event set body = $1 where terminal = $2 and seq = 1";
    let query = sqlx::query(sql).bind(body).bind(terminal_id(n).to_string());
    assert_eq!(query.execute(&mut *tx).await.unwrap().rows_affected(), 1);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn p7_a_run_that_cannot_be_judged_holds_up_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_terminals(folder.path()).await;
    let scans: Vec<Scan> = (0..TERMINALS).map(|n| (n, 0, usize::from(n / 2))).collect();
    let group: Vec<Received> = batches(&scans).into_iter().map(|(batch, bytes)| Received::new(batch, bytes)).collect();
    let (mut backlog, mut known) = (Backlog::default(), Known::default());
    for answer in push_group(&store, &key(7), &group, (NOW, Judging::Later), &mut known).await {
        answer.unwrap();
    }
    for n in [1, 4] {
        set_body(&store, n, b"{").await;
    }
    while backlog.judge_some(&store, NOW, &mut known).await.unwrap() {}
    let waiting = unjudged::after(&mut store.read().await.unwrap(), None, 99).await.unwrap();
    let terminals: Vec<_> = waiting.iter().map(|run| run.terminal).collect();
    assert_eq!(terminals, [terminal_id(1), terminal_id(4)], "the others are judged");

    // Once they can be read the next round takes them up.
    for n in [1, 4] {
        set_body(&store, n, &Log::new(n).bodies[0]).await;
    }
    while backlog.judge_some(&store, NOW, &mut known).await.unwrap() {}
    assert_eq!(unjudged::count(&mut store.read().await.unwrap()).await.unwrap(), 0);
    assert!(mismatches(&store).await.len() > 1);
}
