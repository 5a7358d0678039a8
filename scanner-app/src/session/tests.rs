//! The session on a store of its own, with references as if pulled.

mod acts;
mod slices;

use std::sync::Arc;

use shared::code::{PackageCode, check_digit, format_digital_link};
use shared::event::{Act, Capture, Close, Stage};
use shared::ids::EpochId;
use shared::mismatch::{Kind, ScanResult};
use shared::reference::{
    Basis, BasisKind, CodeRecord, Level, Line, Pack, PackLevel, Product, Registry, ShippingDocument,
};
use shared::time::Timestamp;
use shared::wire::{Change, ChangesPage, Record};
use uuid::Uuid;

use super::*;
use crate::device::ManualDevice;

const CASE_BODY: &str = "1690123456789";

fn label(n: u32) -> String {
    format_digital_link("ID.EXAMPLE.CN", &code(n))
}

fn code(n: u32) -> PackageCode {
    PackageCode::item(&format!("{CASE_BODY}{}", check_digit::compute(CASE_BODY)), &format!("C{n}")).unwrap()
}

/// Contract C1 of 30 units, its note N1 of 20: two cases of ten; cases 1 to 9 are registered.
fn records() -> Vec<Record> {
    let gtin = format!("{CASE_BODY}{}", check_digit::compute(CASE_BODY));
    let lines = |units| vec![Line::new("POD".into(), units)];
    let mut records = vec![
        Record::Product(Product {
            registry: Registry::Complete,
            ..Product::new(
                "POD".into(),
                "Pod".into(),
                "M".into(),
                vec![PackLevel { level: Level::Case, gtin, units: 10 }],
            )
        }),
        Record::Basis(Basis::new("C1".into(), BasisKind::Contract, "M".into(), "W".into(), lines(30))),
        Record::Document(ShippingDocument {
            document: "N1".into(),
            basis: "C1".into(),
            consignor: "M".into(),
            consignee: "W".into(),
            lines: lines(20),
            carrier: "K".into(),
            packing_level: Level::Case,
            lacks: Vec::new(),
            absent: false,
        }),
        Record::Pack(Pack::new("P".into(), "POD".into(), Level::Case, "C1".into(), Timestamp::from_ms(0))),
    ];
    let codes = (1..=9).map(|n| CodeRecord::new(code(n), "P".into(), "POD".into(), None));
    records.extend(codes.map(Record::Code));
    records
}

fn open_store(folder: &tempfile::TempDir) -> Store {
    let terminal = shared::ids::TerminalId::new(Uuid::from_u128(1));
    Store::open(&folder.path().join("t.sqlite"), terminal, EpochId::new(Uuid::from_u128(2))).unwrap()
}

/// As if these records had been pulled.
fn keep(store: &mut Store, records: Vec<Record>) {
    let changes = records.into_iter().map(|record| Change { position: 1, record }).collect();
    let as_of = Timestamp::from_ms(0);
    store
        .keep_page(&ChangesPage {
            ledger_id: Uuid::from_u128(9),
            cursor: 1,
            left: None,
            more: false,
            as_of,
            changes,
            restored: Vec::new(),
            resume: None,
        })
        .unwrap();
}

struct Bench {
    folder: tempfile::TempDir,
    device: Arc<ManualDevice>,
}

impl Bench {
    fn new() -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap(), device: Arc::new(ManualDevice::new()) };
        keep(&mut bench.store(), records());
        bench
    }

    fn store(&self) -> Store {
        open_store(&self.folder)
    }

    fn open(&self) -> Session {
        let identity = Identity { member: "M".into(), site: "S".into(), operator: None };
        let device: Arc<dyn Device> = Arc::clone(&self.device) as _;
        Session::open(self.store(), device, identity, (Stage::Outbound, "C1".into(), "N1".into())).unwrap()
    }
}

fn scan(session: &mut Session, text: &str) -> Feedback {
    let mut answers = session.scan(&[(text.to_owned(), None)], Capture::Camera).unwrap();
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}

fn kinds(answer: &Feedback) -> Vec<Kind> {
    answer.verdict.iter().map(|found| found.kind).collect()
}

#[test]
fn scans_are_judged_counted_and_numbered() {
    let bench = Bench::new();
    let mut session = bench.open();
    let first = scan(&mut session, &label(1));
    // Two events came before: the epoch's start and the task's opening.
    assert_eq!((first.result, first.seq), (ScanResult::Accepted, 3));
    let again = scan(&mut session, &label(1));
    assert_eq!((again.result, kinds(&again)), (ScanResult::Duplicate, vec![Kind::RepeatedScan]));
    assert_eq!(session.progress().unwrap().packages_counted, 1);
    assert_eq!(session.progress().unwrap().packages_expected, Some(2));
}

#[test]
fn a_grave_result_sets_the_package_aside_in_the_same_commit() {
    let bench = Bench::new();
    let mut session = bench.open();
    let unknown = format_digital_link("ID.EXAMPLE.CN", &code(99));
    let answer = scan(&mut session, &unknown);
    assert_eq!((answer.result, kinds(&answer)), (ScanResult::Wrong, vec![Kind::UnknownCode]));
    let again = scan(&mut session, &unknown);
    assert_eq!(again.result, ScanResult::Wrong, "scanned again it is still set aside, not a mere duplicate");
    let results = |session: &Session| session.feedback().iter().map(|answer| answer.result).collect::<Vec<_>>();
    assert_eq!(results(&session), [ScanResult::Wrong, ScanResult::Wrong]);
    drop(session);
    let session = bench.open();
    assert_eq!(results(&session), [ScanResult::Wrong, ScanResult::Wrong], "nor after a restart");
    let mut events = session.into_store().events().unwrap();
    events.pop();
    let Act::SetAside { scan_seq, kinds, .. } = &events.last().unwrap().act else { panic!("no set-aside: {events:?}") };
    assert_eq!((*scan_seq, kinds.as_slice()), (answer.seq, [Kind::UnknownCode].as_slice()));
}

#[test]
fn one_too_many_is_blocked_and_not_counted() {
    let bench = Bench::new();
    let mut session = bench.open();
    let frame: Vec<_> = (1..=3).map(|n| (label(n), None)).collect();
    let answers = session.scan(&frame, Capture::Camera).unwrap();
    let results: Vec<_> = answers.iter().map(|answer| answer.result).collect();
    assert_eq!(results, [ScanResult::Accepted, ScanResult::Accepted, ScanResult::Blocked]);
    let progress = session.progress().unwrap();
    assert_eq!((progress.packages_counted, progress.set_aside), (2, 1));
}

#[test]
fn a_task_resumes_where_it_was() {
    let bench = Bench::new();
    let mut session = bench.open();
    scan(&mut session, &label(1));
    scan(&mut session, &label(1));
    drop(session);
    let mut session = bench.open();
    assert!(session.resumed);
    assert_eq!(session.feedback().len(), 2);
    assert_eq!(session.progress().unwrap().packages_counted, 1);
    assert_eq!(scan(&mut session, &label(1)).result, ScanResult::Duplicate);
    assert_eq!(scan(&mut session, &label(2)).result, ScanResult::Accepted);
    let closed = session.close(Close::Final).unwrap();
    assert_eq!(closed, Closed { scanned: 2, set_aside: 0 });
    assert!(!{ session.into_store().open_tasks().unwrap() }.iter().any(|task| task.document == "N1".into()));
}

#[test]
fn an_undone_scan_can_be_scanned_again() {
    let bench = Bench::new();
    let mut session = bench.open();
    let first = scan(&mut session, &label(1));
    assert_eq!(session.undo(first.seq).unwrap().map(|undone| undone.seq), Some(first.seq));
    assert_eq!(session.undo(first.seq).unwrap(), None, "a second tap undoes nothing more");
    assert_eq!(session.progress().unwrap().packages_counted, 0);
    assert_eq!(scan(&mut session, &label(1)).result, ScanResult::Accepted);
    assert_eq!(session.undo_last().unwrap().map(|undone| undone.seq), Some(5));
}

#[test]
fn a_duplicate_that_was_taken_back_leaves_the_first_scan_told() {
    let bench = Bench::new();
    let mut session = bench.open();
    let first = scan(&mut session, &label(1));
    let again = scan(&mut session, &label(1));
    session.undo(again.seq).unwrap();
    let told = |session: &Session| session.told_of(&label(1)).map(|answer| answer.seq);
    assert_eq!((told(&session), session.progress().unwrap().packages_counted), (Some(first.seq), 1));
    drop(session);
    let mut session = bench.open();
    assert_eq!(told(&session), Some(first.seq), "as before a restart");
    session.undo(first.seq).unwrap();
    assert_eq!(told(&session), None);
}

#[test]
fn an_unknown_contract_is_recorded_all_the_same() {
    let bench = Bench::new();
    let identity = Identity { member: "M".into(), site: "S".into(), operator: None };
    let device: Arc<dyn Device> = Arc::clone(&bench.device) as _;
    let task = (Stage::Outbound, "C9".into(), "N9".into());
    let mut session = Session::open(bench.store(), device, identity, task).unwrap();
    assert!(!session.basis_is_known());
    let answer = scan(&mut session, &label(1));
    assert_eq!((answer.result, kinds(&answer)), (ScanResult::Blocked, vec![Kind::NoBasis]));
}
