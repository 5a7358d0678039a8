//! Records and events that tests store.

use std::collections::BTreeSet;

use ring::signature::Ed25519KeyPair;
use shared::chain::{Hash, PublicKey, sha256};
use shared::code::{CodeKey, PackageCode, check_digit, format_digital_link};
use shared::event::{Act, Capture, Event, Movement, Stage};
use shared::ids::{EpochId, EventRef, TerminalId};
use shared::reference::CodeRecord;
use shared::time::Timestamp;
use shared::wire::{Batch, BatchHeader, DataAsOf, Offer, WIRE_VERSION};
use sqlx::AnyConnection;
use sync_server::store::event::NewEvent;
use sync_server::store::labelled::Labelled;
use sync_server::store::ledger::{self, NewBatch};
use sync_server::store::terminal::{self, Terminal};
use sync_server::store::trail::{self, Place};
use uuid::Uuid;

pub const NOW: Timestamp = Timestamp::from_ms(1_772_413_200_000);

pub fn at(ms: i64) -> Timestamp {
    NOW.plus_ms(ms)
}

pub fn key(n: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[n; 32]).unwrap()
}

pub fn terminal_id(n: u8) -> TerminalId {
    TerminalId::new(Uuid::from_u128(n.into()))
}

pub fn epoch_id(n: u8) -> EpochId {
    EpochId::new(Uuid::from_u128(1_000 + u128::from(n)))
}

pub fn by(n: u8, seq: u64) -> EventRef {
    EventRef { terminal: terminal_id(n), epoch: epoch_id(n), seq }
}

pub fn hash(text: &str) -> Hash {
    sha256(&[text.as_bytes()])
}

pub fn code(n: usize) -> PackageCode {
    let body = "1690123456789";
    PackageCode::item(&format!("{body}{}", check_digit::compute(body)), &format!("C{n}")).unwrap()
}

pub fn code_key(n: usize) -> [u8; 16] {
    *CodeKey::of(&code(n)).as_bytes()
}

pub fn code_record(n: usize, pack: &str, parent: Option<usize>) -> CodeRecord {
    CodeRecord::new(code(n), pack.into(), "POD".into(), parent.map(code))
}

pub fn terminal(n: u8, name: &str) -> Terminal {
    Terminal {
        terminal: terminal_id(n),
        public_key: PublicKey::of(&key(n)),
        member: "M".into(),
        site: "S".into(),
        name: name.to_owned(),
        revoked_at: None,
        reached_at: None,
    }
}

pub async fn enrol(conn: &mut AnyConnection, n: u8) {
    terminal::put(conn, &terminal(n, &format!("t{n}"))).await.unwrap();
}

pub fn event(n: u8, seq: u64, act: Act) -> Event {
    Event {
        terminal: terminal_id(n),
        epoch: epoch_id(n),
        seq,
        event_id: None,
        at: at(i64::try_from(seq).unwrap() * 1_000),
        mono_ms: seq,
        boot: Uuid::from_u128(5),
        operator: None,
        site: "S".into(),
        app: "test".into(),
        data_as_of: 0,
        act,
    }
}

pub fn scan(basis: &str, n: usize) -> Act {
    let movement = Movement {
        task: "t".into(),
        basis: basis.into(),
        document: "N1".into(),
        text: format_digital_link("ID.EXAMPLE.CN", &code(n)),
        how: Capture::Camera,
        label: None,
        frame: None,
        reason: None,
    };
    Act::scan(Stage::Outbound, movement)
}

/// Appends an event; answers it and its bytes.
pub async fn put(conn: &mut AnyConnection, n: u8, seq: u64, act: Act) -> (Event, Vec<u8>) {
    let event = event(n, seq, act);
    let body = event.to_body().unwrap();
    let new = NewEvent { event: &event, body: &body, hash: hash(&format!("{n}/{seq}")), member: &"M".into() };
    sync_server::store::event::append(conn, &[new]).await.unwrap();
    (event, body)
}

/// The header of a batch of terminal 1.
pub fn header(first_seq: u64, count: u64) -> BatchHeader {
    BatchHeader {
        wire: WIRE_VERSION,
        reply: 1,
        terminal: terminal_id(1),
        epoch: epoch_id(1),
        first_seq,
        count,
        previous_hash: hash("before"),
        offer: Offer::New,
        pending_after: 0,
        data_as_of: DataAsOf::default(),
        app: "test".into(),
        rules: "2022-trial".into(),
        sent_at: NOW,
    }
}

/// A batch that was brought.
pub struct Bring {
    pub events: Vec<Event>,
    pub hashes: Vec<Hash>,
    pub entry: u64,
}

impl Bring {
    /// When it came: a second for each number before it.
    pub fn received_at(&self) -> Timestamp {
        at(i64::try_from(self.events[0].seq).unwrap() * 1_000)
    }
}

/// Takes a signed batch in as ingest does: scans stay in it, everything else gets a row.
pub async fn bring(conn: &mut AnyConnection, n: u8, first_seq: u64, acts: Vec<Act>) -> Bring {
    let events: Vec<Event> = (first_seq..).zip(acts).map(|(seq, act)| event(n, seq, act)).collect();
    let bodies: Vec<Vec<u8>> = events.iter().map(|event| event.to_body().unwrap()).collect();
    let mut header = header(first_seq, events.len() as u64);
    (header.terminal, header.epoch) = (terminal_id(n), epoch_id(n));
    let batch = Batch::sign(header, bodies.clone(), &key(n)).unwrap();
    let compressed = zstd::encode_all(&*batch.to_ndjson().unwrap(), 3).unwrap();
    let (hashes, member, apart) = (batch.hashes(), "M".into(), BTreeSet::new());
    let new = NewBatch {
        header: &batch.header,
        first_seq,
        key: &PublicKey::of(&key(n)),
        body: &compressed,
        member: &member,
        apart: &apart,
    };
    let mut brought = Bring { events, hashes, entry: 0 };
    brought.entry = ledger::keep_batch(conn, &new, (brought.received_at(), 1)).await.unwrap();
    let rows = brought.events.iter().zip(&bodies).zip(&brought.hashes);
    let rows = rows.filter(|((event, _), _)| event.act.movement().is_none());
    let rows: Vec<_> =
        rows.map(|((event, body), hash)| NewEvent { event, body, hash: *hash, member: &member }).collect();
    sync_server::store::event::append(conn, &rows).await.unwrap();
    let entry = brought.entry;
    let place = |event: &Labelled| Place { entry, index: u16::try_from(event.seq - first_seq).unwrap() };
    let labelled: Vec<Labelled> = brought.events.iter().cloned().map(Labelled::from).collect();
    trail::append(conn, labelled.iter().map(|event| (event, place(event)))).await.unwrap();
    brought
}
