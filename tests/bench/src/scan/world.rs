//! The small world of every measurement: one contract, one note, one pack of units, and labels to scan.

use std::path::Path;
use std::sync::Arc;

use anyhow::ensure;
use scanner_app::device::{Device, Machine};
use scanner_app::session::{Identity, Session, sum_up_lists};
use scanner_app::store::{Opening, Store, StoreError, this_machine};
use shared::code::{CodeError, PackageCode, check_digit, format_digital_link};
use shared::event::{Capture, Stage};
use shared::ids::{EpochId, EventRef, TerminalId};
use shared::mismatch::ScanResult;
use shared::reference::{
    Basis, BasisKind, CodeRecord, Level, Line, Member, Pack, PackLevel, Product, Registry, Role, ShippingDocument,
};
use shared::time::Timestamp;
use shared::wire::{Change, ChangesPage, Manifest, Record};
use uuid::Uuid;

use crate::measure::Clock;

/// Records of one pull page: as many as the server puts in one.
const PAGE_RECORDS: usize = 1_000;
/// A long time ago: everything was agreed before it is measured.
const BEFORE: Timestamp = Timestamp::from_ms(1_700_000_000_000);

/// The n-th code of the pack.
pub(super) fn code(n: usize) -> Result<PackageCode, CodeError> {
    PackageCode::item(&gtin(), &format!("{n:012}"))
}

/// The text of its label.
pub(super) fn label(n: usize) -> Result<String, CodeError> {
    Ok(format_digital_link("ID.EXAMPLE.CN", &code(n)?))
}

pub(crate) fn gtin() -> String {
    let body = "0690123456789";
    format!("{body}{}", check_digit::compute(body))
}

/// Whose store it is.
pub(super) const fn terminal() -> TerminalId {
    TerminalId::new(Uuid::from_u128(1))
}

/// The store of a folder, opened as the app opens its own.
pub(crate) fn store(folder: &Path) -> Result<Store, StoreError> {
    let (terminal, epoch) = (terminal(), EpochId::new(Uuid::from_u128(2)));
    let mark = folder.join("terminal.mark");
    let opening = Opening { mark: Some(&mark), machine: this_machine(), reserve: true, ..Opening::default() };
    Store::open_with(&folder.join("terminal.sqlite"), (terminal, epoch), opening)
}

/// The outbound task of the one note, committing on a thread as the app does.
pub(super) fn session(store: Store) -> Result<Session, StoreError> {
    open(store, "M", Stage::Outbound)
}

/// The inbound task of the one note, at its consignee.
pub(super) fn arrival(store: Store) -> Result<Session, StoreError> {
    open(store, "W", Stage::Inbound)
}

fn open(mut store: Store, member: &str, stage: Stage) -> Result<Session, StoreError> {
    store.commit_on_a_thread()?;
    open_on(store, Arc::new(Machine::new()), member, stage)
}

/// The same task on a device of the caller's.
pub(crate) fn open_on(
    store: Store,
    device: Arc<dyn Device>,
    member: &str,
    stage: Stage,
) -> Result<Session, StoreError> {
    let identity = Identity { member: member.into(), site: "GATE".into(), operator: Some("1024".into()) };
    Session::open(store, device, identity, (stage, "C1".into(), "N1".into()))
}

/// Adds the consignor's list of `codes` codes, all sent on the one note, and sums it up as the sender does after a pull.
pub(super) fn announce(store: &mut Store, codes: usize) -> anyhow::Result<()> {
    let (terminal, epoch) = (TerminalId::new(Uuid::from_u128(3)), EpochId::new(Uuid::from_u128(4)));
    let sent = (0..codes).map(|n| Ok((code(n)?, BEFORE, EventRef { terminal, epoch, seq: n as u64 + 1 })));
    let manifest = Manifest {
        basis: "C1".into(),
        document: "N1".into(),
        stage: Stage::Outbound,
        consignor: "M".into(),
        complete: true,
        sent: sent.collect::<Result<_, CodeError>>()?,
    };
    keep(store, vec![Record::Manifest(manifest)], false)?;
    Ok(sum_up_lists(store)?)
}

/// Fills a new store with references that expect `codes` codes, by pull pages as the sender keeps them.
pub(super) fn fill(store: &mut Store, codes: usize) -> anyhow::Result<()> {
    fill_with(store, (0..codes).map(code).collect::<Result<_, _>>()?)
}

/// The same with the given codes.
pub(crate) fn fill_with(store: &mut Store, codes: Vec<PackageCode>) -> anyhow::Result<()> {
    let mut records = agreed(codes.len() as u64);
    for code in codes {
        records.push(Record::Code(CodeRecord::new(code, "P".into(), "POD".into(), None)));
        if records.len() >= PAGE_RECORDS {
            keep(store, std::mem::take(&mut records), true)?;
        }
    }
    Ok(keep(store, records, false)?)
}

fn keep(store: &mut Store, records: Vec<Record>, more: bool) -> Result<(), StoreError> {
    let changes = records.into_iter().map(|record| Change { position: 1, record }).collect();
    store.keep_page(&ChangesPage {
        ledger_id: Uuid::from_u128(9),
        cursor: 1,
        left: None,
        more,
        as_of: BEFORE,
        changes,
        restored: Vec::new(),
        resume: None,
    })
}

fn agreed(units: u64) -> Vec<Record> {
    let lines = vec![Line::new("POD".into(), units)];
    let levels = vec![PackLevel { level: Level::Unit, gtin: gtin(), units: 1 }];
    let product = Product::new("POD".into(), "Pod".to_owned(), "M".into(), levels);
    vec![
        Record::Member(Member::new("M".into(), "Maker".to_owned(), Role::Maker)),
        Record::Member(Member::new("W".into(), "Wholesaler".to_owned(), Role::Wholesaler)),
        Record::Product(Product { registry: Registry::Complete, ..product }),
        Record::Basis(Basis::new("C1".into(), BasisKind::Contract, "M".into(), "W".into(), lines.clone())),
        Record::Document(ShippingDocument {
            document: "N1".into(),
            basis: "C1".into(),
            consignor: "M".into(),
            consignee: "W".into(),
            lines,
            carrier: "K".to_owned(),
            packing_level: Level::Unit,
            lacks: Vec::new(),
            absent: false,
        }),
        Record::Pack(Pack::new("P".into(), "POD".into(), Level::Unit, "C1".into(), BEFORE)),
    ]
}

/// Scans the n-th label, which must be accepted: what it took by `clock`, and on the wall, ms.
pub(super) fn lap_ms(session: &mut Session, n: usize, clock: fn() -> Clock) -> anyhow::Result<(f64, f64)> {
    let reading = [(label(n)?, None)];
    let clock = clock();
    let answers = session.scan(&reading, Capture::Camera)?;
    let lap = clock.lap();
    let accepted = answers.first().is_some_and(|answer| answer.result == ScanResult::Accepted);
    ensure!(accepted, "scan {n} was not accepted: {:?}", answers.first().map(|answer| &answer.verdict));
    Ok((lap.cpu_ms, lap.wall_ms))
}
