//! P3: convergence over orders of arrival, borders of batches and repetition.

use std::collections::BTreeMap;

use proptest::prelude::*;
use shared::wire::Batch;

use crate::ledger::{ledger, logs, mismatches, send};

/// Sends both logs in batches cut at the given places, in the given interleaving, some twice.
async fn deliver(cuts: &[usize], order: u64, repeat: bool) -> BTreeMap<(String, String), String> {
    let folder = tempfile::tempdir().unwrap();
    let store = ledger(folder.path()).await;
    let logs = logs();
    let mut queues: Vec<Vec<(Batch, Vec<u8>)>> = logs
        .iter()
        .map(|log| {
            let mut borders: Vec<usize> = cuts.iter().map(|cut| cut % log.bodies.len()).collect();
            borders.extend([0, log.bodies.len()]);
            borders.sort_unstable();
            borders.dedup();
            borders.windows(2).map(|pair| log.batch(pair[0] + 1, pair[1])).rev().collect()
        })
        .collect();
    let mut draw = order;
    while queues.iter().any(|queue| !queue.is_empty()) {
        draw = draw.rotate_left(1);
        let side = usize::from(draw & 1 == 1);
        let side = if queues[side].is_empty() { 1 - side } else { side };
        let Some(batch) = queues[side].pop() else { continue };
        send(&store, &batch).await.unwrap();
        if repeat {
            send(&store, &batch).await.unwrap();
        }
    }
    mismatches(&store).await
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn p3_any_split_order_and_repetition_gives_the_same_mismatches(
        cuts in proptest::collection::vec(1_usize..12, 0..4), order in any::<u64>(), repeat in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let whole = runtime.block_on(deliver(&[], 0, false));
        prop_assert!(whole.len() >= 6, "{whole:#?}");
        prop_assert_eq!(runtime.block_on(deliver(&cuts, order, repeat)), whole);
    }
}
