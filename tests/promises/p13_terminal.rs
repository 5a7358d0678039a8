//! P13 on the terminal: whoever deletes, edits or reorders what a terminal recorded is found by its own verifier. What the server has
//! not acknowledged yet cannot be missed by name: its end is guarded by the mark beside the key (`tests/durability`).

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use rusqlite::Connection;
use rusqlite::types::Value;
use scanner_app::device::{Device, ManualDevice};
use scanner_app::store::{Store, verify};
use shared::chain::{Hash, PublicKey};
use shared::event::{Act, Event, Stage};
use shared::wire::{AcknowledgedRange, Acknowledgement};
use uuid::Uuid;

use crate::ledger::{Log, key, link, terminal_id};

/// Columns that are evidence. `wire` says how a row is sent, `acknowledged_seq` from where: nothing of the past is in them.
const EVIDENCE: &[(&str, &[&str])] = &[
    ("log", &["epoch", "seq", "body", "hash", "event_no"]),
    ("acknowledgement", &["epoch", "from_seq", "to_seq", "body"]),
];

/// A store of sixty events, all acknowledged in runs of ten.
fn sound(path: &std::path::Path) {
    let log = Log::new(1);
    let mut store = Store::open(path, terminal_id(1), log.epoch()).unwrap();
    let device = ManualDevice::new();
    for seq in 1..=60 {
        let act = if seq == 1 { Act::EpochStarted { previous: None } } else { scan(seq) };
        let event = Event {
            terminal: terminal_id(1),
            epoch: log.epoch(),
            seq,
            event_id: None,
            at: device.now(),
            mono_ms: seq,
            boot: Uuid::from_u128(5),
            operator: None,
            site: "S".into(),
            app: "test".into(),
            data_as_of: 0,
            act,
        };
        store.append(&[event], |_| Ok(())).unwrap();
    }
    for from in (1..60).step_by(10) {
        let to = from + 9;
        let range = AcknowledgedRange {
            ledger_id: Uuid::from_u128(99),
            terminal: terminal_id(1),
            epoch: log.epoch(),
            from,
            to,
            hash: store.hash_after(log.epoch(), to).unwrap().unwrap(),
            outcomes_digest: Hash::new([0; 32]),
            position: to,
            received_at: device.now(),
            server_key: None,
            checkpoint: None,
        };
        store.acknowledge(&Acknowledgement::sign(range, &key(7)).unwrap()).unwrap();
    }
}

fn scan(seq: u64) -> Act {
    let mut log = Log::new(1);
    log.scan(Stage::Outbound, "N1", &link(usize::try_from(seq).unwrap()));
    Event::from_body(&log.bodies[1]).unwrap().act
}

/// Changes one thing. Answers what, or nothing where it came to nothing.
fn mutate(conn: &Connection, rng: &mut TestRng) -> Option<String> {
    let mut draw = |below: usize| usize::try_from(rng.next_u64() % below as u64).unwrap();
    let (table, columns) = EVIDENCE[draw(EVIDENCE.len())];
    let key = if table == "log" { "event_no" } else { "from_seq" };
    let rows: i64 = conn.query_row(&format!("select count(*) from {table}"), [], |row| row.get(0)).unwrap();
    let at = draw(usize::try_from(rows).unwrap());
    let sql = format!("select {key} from {table} order by 1 limit 1 offset {at}");
    let row: i64 = conn.query_row(&sql, [], |row| row.get(0)).unwrap();
    if draw(4) == 0 {
        conn.execute(&format!("delete from {table} where {key} = ?1"), [row]).unwrap();
        return Some(format!("row {at} of {table} deleted"));
    }
    let column = columns[draw(columns.len())];
    let before: Value =
        conn.query_row(&format!("select {column} from {table} where {key} = ?1"), [row], |row| row.get(0)).unwrap();
    let after = if draw(4) == 0 {
        let sql = format!("select {column} from {table} order by random() limit 1");
        conn.query_row(&sql, [], |row| row.get(0)).unwrap()
    } else {
        match &before {
            Value::Integer(number) => Value::Integer(number + [1, -1, 1_000][draw(3)]),
            Value::Text(text) => {
                let at = draw(text.len());
                let mut bytes = text.clone().into_bytes();
                bytes[at] = if bytes[at] == b'1' { b'2' } else { b'1' };
                Value::Text(String::from_utf8(bytes).unwrap())
            }
            Value::Blob(bytes) => {
                let mut bytes = bytes.clone();
                let at = draw(bytes.len());
                bytes[at] ^= 1 << draw(8);
                Value::Blob(bytes)
            }
            Value::Null | Value::Real(_) => return None,
        }
    };
    if after == before {
        return None;
    }
    // A change that the schema itself refuses is none.
    conn.execute(&format!("update {table} set {column} = ?1 where {key} = ?2"), (&after, row)).ok()?;
    Some(format!("{column} of row {at} of {table}: {before:?} became {after:?}"))
}

fn mutations(wanted: usize) {
    let folder = tempfile::tempdir().unwrap();
    let (whole, copy) = (folder.path().join("whole.sqlite"), folder.path().join("copy.sqlite"));
    sound(&whole);
    Connection::open(&whole).unwrap().execute("vacuum into ?1", [copy.to_str().unwrap()]).unwrap();
    let server_key = PublicKey::of(&key(7));
    let untouched = verify(&copy, terminal_id(1), Some(&server_key)).unwrap();
    assert!(untouched.ok && untouched.events == 60, "{untouched:?}");
    let mut rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[14; 32]);
    let (mut tried, mut unnoticed) = (0, Vec::new());
    let path = folder.path().join("mutated.sqlite");
    while tried < wanted {
        std::fs::copy(&copy, &path).unwrap();
        let Some(what) = mutate(&Connection::open(&path).unwrap(), &mut rng) else { continue };
        tried += 1;
        if verify(&path, terminal_id(1), Some(&server_key)).unwrap().ok {
            unnoticed.push(what);
        }
    }
    assert!(unnoticed.is_empty(), "{} of {tried} mutations went unnoticed: {unnoticed:#?}", unnoticed.len());
}

#[test]
fn p13_mutations_of_a_terminals_log_are_all_found() {
    mutations(500);
}

#[test]
fn long_p13_ten_thousand_mutations_of_a_terminals_log_are_all_found() {
    mutations(10_000);
}
