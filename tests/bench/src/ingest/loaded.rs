//! What is loaded before a measurement is what ingest stores.

use std::collections::BTreeMap;

use ring::signature::Ed25519KeyPair;
use shared::chain::Hash;
use shared::time::Timestamp;
use sync_server::ingest::{Judging, Received, push_group};
use sync_server::reconcile::Known;
use sync_server::store::{Store, digest, terminal};
use uuid::Uuid;

use super::stored::Stored;
use super::stream::Stream;

/// Events: ten batches.
const EVENTS: usize = 10_000;

const NOW: Timestamp = Timestamp::from_ms(1_772_500_000_000);

/// Tables that judging alone writes.
const OF_JUDGING: [&str; 4] = ["mismatch", "workflow_step", "manifest", "due"];

fn stream() -> Stream {
    let labels = (0..EVENTS).map(|n| format!("HTTPS://M/01/06901234567892/21/{n:012}"));
    Stream::unknown(1, labels.collect(), 2_000).unwrap()
}

async fn tables(store: &Store) -> BTreeMap<String, Hash> {
    let mut tables = digest::of_tables(&mut store.read().await.unwrap()).await.unwrap();
    tables.retain(|table, _| !OF_JUDGING.contains(&table.as_str()));
    tables
}

#[test]
fn what_is_loaded_is_what_ingest_stores() {
    let folder = tempfile::tempdir().unwrap();
    let (loaded_at, taken_in_at) = (folder.path().join("loaded.sqlite"), folder.path().join("taken-in.sqlite"));
    let mut loaded = Stored::in_a_file(&loaded_at).unwrap();
    let mut stream = stream();
    loaded.enrol(&stream.enrolment()).unwrap();
    let ready: Vec<_> = (0..EVENTS / 1_000).map(|_| stream.next(1_000).unwrap()).collect();
    // A commit each, as ingest has them: what comes together has one position in the ledger.
    for one in &ready {
        loaded.store(std::slice::from_ref(one), NOW).unwrap();
    }
    loaded.leave_unjudged().unwrap();
    drop(loaded);

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let taken_in = Store::open(&taken_in_at, Uuid::from_u128(7)).await.unwrap();
        let mut tx = taken_in.write().await.unwrap();
        terminal::put(&mut tx, &stream.enrolment()).await.unwrap();
        tx.commit().await.unwrap();
        let (key, mut known) = (Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap(), Known::default());
        for one in &ready {
            let group = [Received::new(one.batch.clone(), one.compressed.clone())];
            let answers = push_group(&taken_in, &key, &group, (NOW, Judging::Now), &mut known).await;
            assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        }
        let loaded = Store::open(&loaded_at, Uuid::from_u128(7)).await.unwrap();
        let (loaded, taken_in) = (tables(&loaded).await, tables(&taken_in).await);
        assert!(loaded.contains_key("trail") && loaded.contains_key("batch"));
        assert_eq!(loaded, taken_in);
    });
}
