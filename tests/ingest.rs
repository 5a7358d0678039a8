//! Batches against one ledger, in process: repeated, overlapping, tampered, forked, in any split and order.

use std::collections::BTreeMap;

use proptest::prelude::*;
use ring::signature::{Ed25519KeyPair, KeyPair};
use shared::chain::{PublicKey, epoch_hash};
use shared::code::{PackageCode, check_digit, format_digital_link};
use shared::event::{Act, Capture, Close, Event, Movement, Stage};
use shared::ids::{EpochId, TerminalId};
use shared::reference::{
    Basis, BasisKind, CodeRecord, Level, Line, Member, Pack, PackLevel, Product, Registry, Role, ShippingDocument,
};
use shared::time::Timestamp;
use shared::wire::{Batch, BatchHeader, DataAsOf, Offer, Outcome, PushReply, REPLY_FORM, Record, WIRE_VERSION};
use sync_server::ingest::{PushError, push};
use sync_server::store::{Store, terminal};
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_ms(1_772_413_200_000);

fn key(n: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[n; 32]).unwrap()
}

fn terminal_id(n: u8) -> TerminalId {
    TerminalId::new(Uuid::from_u128(n.into()))
}

fn case(n: usize) -> PackageCode {
    let body = "1690123456789";
    PackageCode::item(&format!("{body}{}", check_digit::compute(body)), &format!("C{n}")).unwrap()
}

fn records() -> Vec<Record> {
    let gtin = format!("1690123456789{}", check_digit::compute("1690123456789"));
    let member = |member: &str, role| Record::Member(Member::new(member.into(), member.into(), role));
    let lines = |units| vec![Line::new("POD".into(), units)];
    let note = |name: &str| {
        Record::Document(ShippingDocument {
            document: name.into(),
            basis: "C1".into(),
            consignor: "M".into(),
            consignee: "W".into(),
            lines: lines(20),
            carrier: "K".into(),
            packing_level: Level::Case,
            lacks: Vec::new(),
            absent: false,
        })
    };
    let mut records = vec![
        member("M", Role::Maker),
        member("W", Role::Wholesaler),
        Record::Product(Product {
            registry: Registry::Complete,
            ..Product::new(
                "POD".into(),
                "Pod".into(),
                "M".into(),
                vec![PackLevel { level: Level::Case, gtin, units: 10 }],
            )
        }),
        Record::Basis(Basis::new("C1".into(), BasisKind::Contract, "M".into(), "W".into(), lines(40))),
        note("N1"),
        note("N2"),
        Record::Pack(Pack::new("P".into(), "POD".into(), Level::Case, "C1".into(), Timestamp::from_ms(0))),
    ];
    let codes = (0..8).map(|n| CodeRecord::new(case(n), "P".into(), "POD".into(), None));
    records.extend(codes.map(Record::Code));
    records
}

/// A ledger with the references and two terminals: 1 at the maker, 2 at the wholesaler.
async fn ledger(folder: &std::path::Path) -> Store {
    let store = Store::open(&folder.join("l.sqlite"), Uuid::from_u128(99)).await.unwrap();
    let file = folder.join("records.json");
    std::fs::write(&file, serde_json::to_string(&records()).unwrap()).unwrap();
    sync_server::import::import(&store, &[file], NOW).await.unwrap();
    let mut tx = store.write().await.unwrap();
    for (n, member) in [(1, "M"), (2, "W")] {
        let public_key = PublicKey::new(key(n).public_key().as_ref().try_into().unwrap());
        let new = terminal::Terminal {
            terminal: terminal_id(n),
            public_key,
            member: member.into(),
            site: "S".into(),
            name: format!("t{n}"),
            revoked_at: None,
            reached_at: None,
        };
        terminal::put(&mut tx, &new).await.unwrap();
    }
    tx.commit().await.unwrap();
    store
}

/// One terminal's log.
struct Log {
    n: u8,
    bodies: Vec<Vec<u8>>,
}

impl Log {
    fn new(n: u8) -> Self {
        let mut log = Self { n, bodies: Vec::new() };
        log.add(Act::EpochStarted { previous: None });
        log
    }

    fn epoch(&self) -> EpochId {
        EpochId::new(Uuid::from_u128(u128::from(self.n) + 1_000))
    }

    fn add(&mut self, act: Act) {
        let seq = self.bodies.len() as u64 + 1;
        let event = Event {
            terminal: terminal_id(self.n),
            epoch: self.epoch(),
            seq,
            event_id: None,
            at: NOW.plus_ms(-3_600_000 + i64::try_from(seq).unwrap() * 2_000 + i64::from(self.n)),
            mono_ms: seq,
            boot: Uuid::from_u128(5),
            operator: None,
            site: "S".into(),
            app: "test".into(),
            data_as_of: 0,
            act,
        };
        self.bodies.push(event.to_body().unwrap());
    }

    fn scan(&mut self, stage: Stage, document: &str, text: &str) {
        let movement = Movement {
            task: "t".into(),
            basis: "C1".into(),
            document: document.into(),
            text: text.to_owned(),
            how: Capture::Camera,
            label: None,
            frame: None,
            reason: None,
        };
        self.add(Act::scan(stage, movement));
    }

    fn close(&mut self, stage: Stage, document: &str) {
        let (basis, document) = ("C1".into(), document.into());
        self.add(Act::TaskClosed {
            task: "t".into(),
            stage,
            basis,
            document,
            close: Close::Final,
            counted: 0,
            carrier: None,
        });
    }

    /// The signed, compressed batch of some of its events (numbers from `first`, counted from 1).
    fn batch(&self, first: usize, last: usize) -> (Batch, Vec<u8>) {
        let mut previous_hash = epoch_hash(terminal_id(self.n), self.epoch());
        for body in &self.bodies[..first - 1] {
            previous_hash = shared::chain::event_hash(previous_hash, body);
        }
        let header = BatchHeader {
            wire: WIRE_VERSION,
            reply: REPLY_FORM,
            terminal: terminal_id(self.n),
            epoch: self.epoch(),
            first_seq: first as u64,
            count: 0,
            previous_hash,
            offer: Offer::New,
            pending_after: 0,
            data_as_of: DataAsOf::default(),
            app: "test".into(),
            rules: "2022-trial".into(),
            sent_at: NOW,
        };
        let batch = Batch::sign(header, self.bodies[first - 1..last].to_vec(), &key(self.n)).unwrap();
        let compressed = zstd::encode_all(&*batch.to_ndjson().unwrap(), 1).unwrap();
        (batch, compressed)
    }
}

async fn send(store: &Store, (batch, compressed): &(Batch, Vec<u8>)) -> Result<PushReply, PushError> {
    push(store, &key(7), batch, compressed, NOW).await
}

async fn mismatches(store: &Store) -> BTreeMap<(String, String), String> {
    let found = sync_server::store::mismatch::list(&mut store.read().await.unwrap()).await.unwrap();
    let live = found.into_iter().filter(|found| found.state.is_live());
    live.map(|found| {
        let mismatch = &found.mismatch;
        let evidence =
            format!("{} {} {:?} {:?}", found.state.as_str(), mismatch.count, mismatch.codes, mismatch.events);
        ((mismatch.kind.to_string(), mismatch.subject.to_string()), evidence)
    })
    .collect()
}

fn link(n: usize) -> String {
    format_digital_link("ID.EXAMPLE.CN", &case(n))
}

/// A maker's and a wholesaler's log with several faults.
fn logs() -> [Log; 2] {
    let (mut maker, mut wholesaler) = (Log::new(1), Log::new(2));
    for n in [0, 1, 1] {
        maker.scan(Stage::Outbound, "N1", &link(n));
    }
    maker.scan(Stage::Outbound, "N1", "HELLO");
    maker.close(Stage::Outbound, "N1");
    for n in [2, 0, 3, 4] {
        maker.scan(Stage::Outbound, "N2", &link(n));
    }
    maker.close(Stage::Outbound, "N2");
    for n in [0, 5] {
        wholesaler.scan(Stage::Inbound, "N1", &link(n));
    }
    wholesaler.close(Stage::Inbound, "N1");
    wholesaler.scan(Stage::Inbound, "N2", &link(2));
    [maker, wholesaler]
}

#[tokio::test]
async fn a_batch_again_is_already_recorded_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = ledger(folder.path()).await;
    let [maker, _] = logs();
    let all = maker.batch(1, maker.bodies.len());
    let first = send(&store, &all).await.unwrap();
    assert_eq!(first.outcomes.len(), 1);
    assert_eq!(first.outcomes[0].outcome, Outcome::Recorded);
    let before = mismatches(&store).await;
    let again = send(&store, &all).await.unwrap();
    assert_eq!(again.outcomes[0].outcome, Outcome::AlreadyRecorded);
    assert_eq!(again.verdicts, first.verdicts, "a repeated batch gets its verdicts again");
    assert_eq!(mismatches(&store).await, before);
    let verified = sync_server::verify::verify_log(&mut store.read().await.unwrap()).await.unwrap();
    assert!(verified.ok && verified.events == maker.bodies.len() as u64, "{verified:?}");
}

#[tokio::test]
async fn an_overlapping_batch_adds_only_what_is_new() {
    let folder = tempfile::tempdir().unwrap();
    let store = ledger(folder.path()).await;
    let [maker, _] = logs();
    send(&store, &maker.batch(1, 4)).await.unwrap();
    let reply = send(&store, &maker.batch(3, 7)).await.unwrap();
    let runs: Vec<_> = reply.outcomes.iter().map(|run| (run.from, run.to, run.outcome.clone())).collect();
    assert_eq!(runs, [(3, 4, Outcome::AlreadyRecorded), (5, 7, Outcome::Recorded)]);
}

#[tokio::test]
async fn a_gap_a_foreign_key_and_a_fork_are_refused() {
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
    assert!(matches!(send(&store, &twin.batch(3, 3)).await, Err(PushError::EpochClosed(_, 3, _))));
    assert!(matches!(send(&store, &maker.batch(4, 5)).await, Err(PushError::EpochClosed(_, 3, _))));
    let repeated = send(&store, &maker.batch(1, 3)).await.unwrap();
    assert_eq!(repeated.outcomes[0].outcome, Outcome::AlreadyRecorded, "what was recorded before stays recorded");
}

#[tokio::test]
async fn one_unreadable_event_does_not_hold_up_its_neighbours() {
    let folder = tempfile::tempdir().unwrap();
    let store = ledger(folder.path()).await;
    let mut maker = Log::new(1);
    maker.bodies.push(b"{\"kind\":\"of a later version\"}".to_vec());
    maker.scan(Stage::Outbound, "N1", &link(0));
    let reply = send(&store, &maker.batch(1, 3)).await.unwrap();
    let quarantined: Vec<_> = reply
        .outcomes
        .iter()
        .filter(|run| matches!(run.outcome, Outcome::Quarantined(_)))
        .map(|run| run.from)
        .collect();
    assert_eq!((reply.outcomes.len(), quarantined), (3, vec![2]));
}

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
    fn any_split_order_and_repetition_gives_the_same_mismatches(
        cuts in proptest::collection::vec(1_usize..12, 0..4), order in any::<u64>(), repeat in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let whole = runtime.block_on(deliver(&[], 0, false));
        prop_assert!(whole.len() >= 6, "{whole:#?}");
        prop_assert_eq!(runtime.block_on(deliver(&cuts, order, repeat)), whole);
    }
}
