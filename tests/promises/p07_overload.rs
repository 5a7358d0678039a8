//! P7: under overload memory stays bounded, nothing that was stored is dropped, verdicts follow, and it recovers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use shared::event::Stage;
use shared::time::{Clock, Timestamp};
use shared::wire::Outcome;
use sync_server::ingest::intake::Limits;
use sync_server::ingest::{Intake, Received};
use sync_server::keys::ServerKeys;

use crate::ledger::{Log, NOW, enrol, key, ledger, link, mismatches, verified};

struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// So many terminals at once, each with so many batches of two events.
const TERMINALS: u8 = 90;
const BATCHES: usize = 4;

fn log(n: u8) -> Log {
    let mut log = Log::new(n);
    for round in 1..BATCHES * 2 {
        log.scan(Stage::Inbound, "N1", &link((usize::from(n) + round) % 8));
    }
    log
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p7_a_flood_is_held_back_stored_whole_judged_in_the_end_and_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let store = ledger(folder.path()).await;
    for n in 3..3 + TERMINALS {
        enrol(&store, n, "W").await;
    }
    let keys = Arc::new(ServerKeys::open(folder.path()).unwrap());
    // Room for about eighty of the batches: more must be sent away before their bodies are read.
    let largest = log(3).batch(1, 2).1.len();
    let bytes_max = largest * 80;
    let intake = Intake::start(store.clone(), keys, Arc::new(Stopped), Limits { bytes_max, backlog_max: 16 });
    let (sent_away, follow) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut clients = Vec::new();
    for n in 3..3 + TERMINALS {
        let (intake, sent_away, follow) = (intake.clone(), Arc::clone(&sent_away), Arc::clone(&follow));
        clients.push(tokio::spawn(async move {
            let log = log(n);
            for batch in 0..BATCHES {
                let (batch, compressed) = log.batch(batch * 2 + 1, batch * 2 + 2);
                let reply = loop {
                    let Some(room) = intake.room(compressed.len()) else {
                        sent_away.fetch_add(1, Ordering::Relaxed);
                        tokio::time::sleep(Duration::from_millis(5)).await;
                        continue;
                    };
                    let received = Received::new(batch.clone(), compressed.clone());
                    break intake.push(received, room).await.unwrap();
                };
                assert!(reply.outcomes.iter().all(|run| run.outcome == Outcome::Recorded), "{:?}", reply.outcomes);
                follow.fetch_add(usize::from(reply.verdicts_follow), Ordering::Relaxed);
            }
        }));
    }
    for client in clients {
        client.await.unwrap();
    }
    let (sent_away, follow) = (sent_away.load(Ordering::Relaxed), follow.load(Ordering::Relaxed));
    assert!(sent_away > 0, "the flood was never too much");
    assert!(follow > 0, "judging was never put off");

    // All room is free again, and no more than all; what was put off is judged without another word.
    let rooms: Vec<_> = std::iter::from_fn(|| intake.room(largest)).collect();
    assert_eq!(rooms.len(), 80);
    drop(rooms);
    assert!(intake.room(bytes_max).is_some(), "a body that is larger than all room waits for the whole, not for ever");
    while sync_server::store::unjudged::count(&mut store.read().await.unwrap()).await.unwrap() > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let found = verified(&store).await;
    assert_eq!((found.ok, found.events), (true, u64::from(TERMINALS) * BATCHES as u64 * 2), "{found:?}");

    // The same logs, one batch after the other.
    let calm_folder = tempfile::tempdir().unwrap();
    let calm = ledger(calm_folder.path()).await;
    for n in 3..3 + TERMINALS {
        enrol(&calm, n, "W").await;
    }
    for n in 3..3 + TERMINALS {
        let log = log(n);
        let (batch, compressed) = log.batch(1, log.bodies.len());
        sync_server::ingest::push(&calm, &key(7), Received::new(batch, compressed), NOW).await.unwrap();
    }
    assert_eq!(mismatches(&store).await, mismatches(&calm).await);
}
