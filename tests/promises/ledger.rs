//! One ledger in this process, and terminals whose logs are written by hand: for what needs exact bytes.

use std::collections::BTreeMap;

use cluster::TestDatabase;
use ring::signature::Ed25519KeyPair;
use shared::chain::{PublicKey, epoch_hash};
use shared::code::{PackageCode, check_digit, format_digital_link};
use shared::event::{Act, Capture, Close, Event, Movement, Stage};
use shared::ids::{EpochId, TerminalId};
use shared::reference::{
    Basis, BasisKind, CodeRecord, Level, Line, Member, Pack, PackLevel, Product, Registry, Role, ShippingDocument,
};
use shared::time::Timestamp;
use shared::wire::{
    Batch, BatchHeader, DataAsOf, Offer, PushReply, REPLY_FORM, Record, SignedCheckpoint, WIRE_VERSION,
};
use sync_server::identity::Credential;
use sync_server::ingest::{PushError, Received, push};
use sync_server::store::{DatabaseSettings, DatabaseUrl, Store, terminal};
use sync_server::verify::{Verified, verify_log};
use uuid::Uuid;

/// Every ledger here.
const LEDGER: Uuid = Uuid::from_u128(99);

pub const NOW: Timestamp = Timestamp::from_ms(1_772_413_200_000);

pub fn key(n: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[n; 32]).unwrap()
}

pub fn terminal_id(n: u8) -> TerminalId {
    TerminalId::new(Uuid::from_u128(n.into()))
}

pub fn case(n: usize) -> PackageCode {
    let body = "1690123456789";
    PackageCode::item(&format!("{body}{}", check_digit::compute(body)), &format!("C{n}")).unwrap()
}

pub fn records() -> Vec<Record> {
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
pub async fn ledger(folder: &std::path::Path) -> Store {
    let store = Store::open(&folder.join("l.sqlite"), LEDGER).await.unwrap();
    fill(&store, folder).await;
    store
}

/// The same in a database of `PostgreSQL`.
pub async fn ledger_in(database: &TestDatabase<'_>, folder: &std::path::Path) -> Store {
    let settings = DatabaseSettings::Postgres(DatabaseUrl::new(database.url()));
    let store = Store::connect(&settings, LEDGER).await.unwrap();
    fill(&store, folder).await;
    store
}

async fn fill(store: &Store, folder: &std::path::Path) {
    let file = folder.join("records.json");
    std::fs::write(&file, serde_json::to_string(&records()).unwrap()).unwrap();
    sync_server::import::import(store, &[file], NOW).await.unwrap();
    for (n, member) in [(1, "M"), (2, "W")] {
        enrol(store, n, member).await;
    }
}

/// Makes two tests of each function that takes a ledger: in a file, and in a database of `PostgreSQL`.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                super::$name(&crate::ledger::ledger(folder.path()).await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let database = cluster::Cluster::shared().unwrap().create().unwrap();
                super::$name(&crate::ledger::ledger_in(&database, folder.path()).await).await;
            })+
        }
    };
}
pub(crate) use on_both;

/// Enrols terminal `n` at a member.
pub async fn enrol(store: &Store, n: u8, member: &str) {
    let mut tx = store.write().await.unwrap();
    let new = terminal::Terminal {
        terminal: terminal_id(n),
        public_key: PublicKey::of(&key(n)),
        member: member.into(),
        site: "S".into(),
        name: format!("t{n}"),
        revoked_at: None,
        reached_at: None,
    };
    terminal::put(&mut tx, &new).await.unwrap();
    tx.commit().await.unwrap();
}

/// One terminal's log.
pub struct Log {
    pub n: u8,
    pub bodies: Vec<Vec<u8>>,
}

impl Log {
    pub fn new(n: u8) -> Self {
        let mut log = Self { n, bodies: Vec::new() };
        log.add(Act::EpochStarted { previous: None });
        log
    }

    pub fn epoch(&self) -> EpochId {
        EpochId::new(Uuid::from_u128(u128::from(self.n) + 1_000))
    }

    pub fn add(&mut self, act: Act) {
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

    /// Everything so far, written again by a clock that is off by so much, and a clock anchor that tells.
    pub fn skewed(&mut self, off_ms: i64) {
        self.add(Act::ClockAnchor { server_time: NOW.plus_ms(-3_600_000), round_trip_ms: 40 });
        for body in &mut self.bodies {
            let mut event = Event::from_body(body).unwrap();
            event.at = event.at.plus_ms(off_ms);
            *body = event.to_body().unwrap();
        }
    }

    pub fn scan(&mut self, stage: Stage, document: &str, text: &str) {
        self.scan_under(stage, ("C1", document), text);
    }

    /// A scan under another basis.
    pub fn scan_under(&mut self, stage: Stage, (basis, document): (&str, &str), text: &str) {
        let movement = Movement {
            task: "t".into(),
            basis: basis.into(),
            document: document.into(),
            text: text.to_owned(),
            how: Capture::Camera,
            label: None,
            frame: None,
            reason: None,
        };
        self.add(Act::scan(stage, movement));
    }

    pub fn close(&mut self, stage: Stage, document: &str) {
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
    pub fn batch(&self, first: usize, last: usize) -> (Batch, Vec<u8>) {
        self.offered(Offer::New, first, last)
    }

    /// The same, for the first time or again.
    pub fn offered(&self, offer: Offer, first: usize, last: usize) -> (Batch, Vec<u8>) {
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
            offer,
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

pub async fn send(store: &Store, (batch, compressed): &(Batch, Vec<u8>)) -> Result<PushReply, PushError> {
    let received = Received::new(batch.clone(), compressed.clone()).with(Credential::Own);
    push(store, &key(7), received, NOW).await
}

pub async fn mismatches(store: &Store) -> BTreeMap<(String, String), String> {
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

pub fn link(n: usize) -> String {
    format_digital_link("ID.EXAMPLE.CN", &case(n))
}

/// A maker's and a wholesaler's log with several faults.
pub fn logs() -> [Log; 2] {
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

/// The server's own check of its ledger, without checkpoints from outside.
pub async fn verified(store: &Store) -> Verified {
    verified_with(store, &[]).await
}

/// The same, against checkpoints that terminals kept.
pub async fn verified_with(store: &Store, kept: &[SignedCheckpoint]) -> Verified {
    verify_log(&mut store.read().await.unwrap(), &PublicKey::of(&key(7)), kept).await.unwrap()
}
