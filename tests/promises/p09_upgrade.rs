//! P9: an app two wire versions old drains into this server and can check what it is answered; an app that was upgraded with a full
//! queue sends each row in the version that it was written in.

use ring::signature::Ed25519KeyPair;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use shared::chain::{Hash, PublicKey, Signature, epoch_hash, event_hash, sha256};
use shared::event::{Event, Stage};
use shared::ids::{EpochId, TerminalId};
use shared::time::Timestamp;
use shared::wire::{Batch, BatchHeader, DataAsOf, Offer, OutcomeRange};
use sync_server::store::Store;
use uuid::Uuid;

use crate::field::{Field, TASK, labels};
use crate::ledger::{Log, NOW, key, ledger, link, send, verified};

/// The reply as an app of version 1 reads it: these types were its own, and it writes them again to check the signature.
#[derive(Deserialize)]
struct ReplyV1 {
    outcomes: Vec<OutcomeRange>,
    acknowledgement: AcknowledgementV1,
}

#[derive(Deserialize)]
struct AcknowledgementV1 {
    range: RangeV1,
    signature: Signature,
}

#[derive(Serialize, Deserialize)]
struct RangeV1 {
    ledger_id: Uuid,
    terminal: TerminalId,
    epoch: EpochId,
    from: u64,
    to: u64,
    hash: Hash,
    outcomes_digest: Hash,
    position: u64,
    received_at: Timestamp,
}

impl ReplyV1 {
    /// What version 1 checked before a row left its outbox.
    fn holds(&self, server: &PublicKey, batch: &Batch) -> bool {
        let range = &self.acknowledgement.range;
        let digest = sha256(&[&serde_json::to_vec(range).unwrap()]);
        let signed = server.verifies(&[b"tallyman/ack/1", digest.as_bytes()], &self.acknowledgement.signature);
        let outcomes = sha256(&[&serde_json::to_vec(&self.outcomes).unwrap()]) == range.outcomes_digest;
        let covered: u64 = self.outcomes.iter().map(|run| run.to + 1 - run.from).sum();
        signed && outcomes && covered == batch.header.count && batch.hashes().last() == Some(&range.hash)
    }
}

/// A log as version 1 wrote it: each event with a random id.
fn old_log(events: usize) -> Log {
    let mut log = Log::new(1);
    for n in 1..events {
        // As many bases as tasks of a working day have packages.
        log.scan_under(Stage::Inbound, (&format!("HT-{}", n / 400), "none"), &link(n));
    }
    for (n, body) in log.bodies.iter_mut().enumerate() {
        let mut event = Event::from_body(body).unwrap();
        event.event_id = Some(Uuid::from_u128(0x01a1_fe9d_c93f_7354_af91_0000_0000_0000 + n as u128));
        *body = event.to_body().unwrap();
    }
    log
}

/// Sends all in batches of a thousand, as version 1 did. Answers how many were acknowledged.
async fn drain(store: &Store, log: &Log, signer: &Ed25519KeyPair) -> u64 {
    let server = PublicKey::of(&key(7));
    let (mut previous_hash, mut acknowledged) = (epoch_hash(crate::ledger::terminal_id(1), log.epoch()), 0);
    for bodies in log.bodies.chunks(1_000) {
        let header = BatchHeader {
            wire: 1,
            terminal: crate::ledger::terminal_id(1),
            epoch: log.epoch(),
            first_seq: acknowledged + 1,
            count: 0,
            previous_hash,
            offer: Offer::New,
            pending_after: log.bodies.len() as u64 - acknowledged - bodies.len() as u64,
            data_as_of: DataAsOf::default(),
            app: "0.1.0".into(),
            rules: "2022-trial".into(),
            sent_at: NOW,
            reply: 1,
        };
        let batch = Batch::sign(header, bodies.to_vec(), signer).unwrap();
        let compressed = zstd::encode_all(&*batch.to_ndjson().unwrap(), 3).unwrap();
        // A header of version 1 says nothing of replies: what it does not say must not be in the bytes.
        assert!(!String::from_utf8_lossy(&batch.header_line).contains("reply"));
        let reply = send(store, &(batch.clone(), compressed)).await.unwrap();
        let read: ReplyV1 = serde_json::from_str(&serde_json::to_string(&reply).unwrap()).unwrap();
        assert!(read.holds(&server, &batch), "an app of version 1 would refuse the answer to {acknowledged}");
        acknowledged = read.acknowledgement.range.to;
        previous_hash = bodies.iter().fold(previous_hash, |hash, body| event_hash(hash, body));
    }
    acknowledged
}

async fn drains(events: usize) {
    let folder = tempfile::tempdir().unwrap();
    let store = ledger(folder.path()).await;
    let log = old_log(events);
    assert_eq!(drain(&store, &log, &key(1)).await, events as u64);
    let found = verified(&store).await;
    assert_eq!((found.ok, found.events), (true, events as u64), "{found:?}");
}

#[tokio::test]
async fn p9_an_app_two_versions_old_drains_and_can_check_each_answer() {
    drains(3_000).await;
}

#[tokio::test]
async fn long_p9_an_app_two_versions_old_drains_a_hundred_thousand_events() {
    drains(100_000).await;
}

#[test]
fn p9_an_upgraded_apps_queue_of_three_versions_drains_each_in_its_own() {
    let field = Field::new();
    let terminal = field.terminal("t");
    terminal.type_labels(TASK, &labels(0..60), None).unwrap();
    let store = Connection::open(terminal.config().with_file_name("terminal.sqlite")).unwrap();
    // Rows keep the version that they were written in; their bytes are read alike.
    store.execute("update log set wire = case when seq <= 25 then 1 when seq <= 40 then 2 else 3 end", []).unwrap();
    drop(store);
    terminal.sync().unwrap();
    field.holds_all_of(&terminal);
    let ledger = Connection::open(field.server.data().join("tallyman.sqlite")).unwrap();
    let sql = "select wire, min(first_seq), sum(count) from batch group by wire order by wire";
    let mut statement = ledger.prepare(sql).unwrap();
    let runs: Vec<(i64, i64, i64)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(runs[..2], [(1, 1, 25), (2, 26, 15)], "{runs:?}");
    assert!(runs.len() == 3 && runs[2].0 == 3 && runs[2].1 == 41, "{runs:?}");
}
