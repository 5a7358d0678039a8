//! What a clerk does beside scanning, each act on a real store.

mod aside;
mod asked;
mod build_case;
mod gates;
mod opening;
mod receipts;
mod routes;
mod sorts;
mod various;
mod watching;

use std::sync::Arc;

use shared::code::{PackageCode, check_digit, format_digital_link};
use shared::event::{Act, Capture, Event, Stage};
use shared::ids::{EpochId, EventRef, TerminalId};
use shared::reference::{Basis, BasisKind, CodeRecord, Level, Line, Pack, PackLevel, Product, ShippingDocument};
use shared::time::Timestamp;
use shared::wire::{Change, ChangesPage, Manifest, Record};
use uuid::Uuid;

use crate::device::{Device, ManualDevice};
use crate::session::opening::{Opening, Papers};
use crate::session::{Feedback, Identity, Session};
use crate::store::Store;

/// Units (盒) in a case of the test's products.
const PER_CASE: u32 = 10;

fn gtin(indicator: u8, product: u8) -> String {
    let body = format!("{indicator}69012345678{product}");
    format!("{body}{}", check_digit::compute(&body))
}

/// Case `n` of product 1, POD.
fn case(n: u32) -> PackageCode {
    PackageCode::item(&gtin(1, 1), &format!("C{n:04}")).unwrap()
}

/// Unit `n` of product 1, POD.
fn unit(n: u32) -> PackageCode {
    PackageCode::item(&gtin(0, 1), &format!("U{n:04}")).unwrap()
}

/// Unit `n` of product 2, MINT.
fn mint(n: u32) -> PackageCode {
    PackageCode::item(&gtin(0, 2), &format!("M{n:04}")).unwrap()
}

fn label(code: &PackageCode) -> String {
    format_digital_link("ID.EXAMPLE.CN", code)
}

fn product(number: u8, name: &str) -> Record {
    let level = |level, indicator, units| PackLevel { level, gtin: gtin(indicator, number), units };
    let levels = vec![level(Level::Unit, 0, 1), level(Level::Case, 1, PER_CASE)];
    Record::Product(Product::new(name.into(), name.to_owned(), "M".into(), levels))
}

fn basis(number: &str, kind: BasisKind, (seller, buyer): (&str, &str), lines: &[(&str, u64)]) -> Basis {
    let lines = lines.iter().map(|(product, units)| Line::new((*product).into(), *units)).collect();
    Basis::new(number.into(), kind, seller.into(), buyer.into(), lines)
}

fn note(number: &str, of: &Basis) -> Record {
    Record::Document(ShippingDocument {
        document: number.into(),
        basis: of.basis.clone(),
        consignor: of.seller.clone(),
        consignee: of.buyer.clone(),
        lines: of.lines.clone(),
        carrier: "K".into(),
        packing_level: Level::Case,
        lacks: Vec::new(),
        absent: false,
    })
}

/// Contract C1 (M to W, 30 POD, no note); orders O1 and O2 (W to R1 and R2).
fn usual() -> Vec<Record> {
    let mut records = vec![product(1, "POD"), product(2, "MINT")];
    records.push(Record::Basis(basis("C1", BasisKind::Contract, ("M", "W"), &[("POD", 30)])));
    let pack = |pack: &str, product: &str, level| {
        Pack::new(pack.into(), product.into(), level, "C1".into(), Timestamp::from_ms(0))
    };
    records.push(Record::Pack(pack("PC", "POD", Level::Case)));
    records.push(Record::Pack(pack("PU", "POD", Level::Unit)));
    let cases = (1..=9).map(|n| CodeRecord::new(case(n), "PC".into(), "POD".into(), None));
    // Every case is full on record: ten units each.
    let units = (0..90).map(|n| CodeRecord::new(unit(n), "PU".into(), "POD".into(), Some(case(n / PER_CASE + 1))));
    records.extend(cases.chain(units).map(Record::Code));
    records
}

/// What a consignor sent, as its consignee is told.
fn manifest(of: &Basis, document: &str, stage: Stage, codes: impl Iterator<Item = PackageCode>) -> Record {
    let terminal = TerminalId::new(Uuid::from_u128(77));
    let epoch = EpochId::new(Uuid::from_u128(78));
    let sent = (1..).zip(codes).map(|(seq, code)| (code, Timestamp::from_ms(1_000), EventRef { terminal, epoch, seq }));
    Record::Manifest(Manifest {
        basis: of.basis.clone(),
        document: document.into(),
        stage,
        consignor: of.seller.clone(),
        complete: true,
        sent: sent.collect(),
    })
}

/// A terminal of a member, on a store in a folder of its own.
struct Yard {
    folder: tempfile::TempDir,
    device: Arc<ManualDevice>,
    member: &'static str,
}

impl Yard {
    fn new(member: &'static str, records: Vec<Record>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let yard = Self { folder, device: Arc::new(ManualDevice::new()), member };
        yard.pull(records);
        yard
    }

    fn pull(&self, records: Vec<Record>) {
        let changes = records.into_iter().map(|record| Change { position: 1, record }).collect();
        let as_of = self.device.now();
        let page = ChangesPage {
            ledger_id: Uuid::from_u128(9),
            cursor: 1,
            left: None,
            more: false,
            as_of,
            changes,
            restored: Vec::new(),
            resume: None,
        };
        self.store().keep_page(&page).unwrap();
    }

    fn store(&self) -> Store {
        let terminal = TerminalId::new(Uuid::from_u128(1));
        Store::open(&self.folder.path().join("t.sqlite"), terminal, EpochId::new(Uuid::from_u128(2))).unwrap()
    }

    fn device(&self) -> Arc<dyn Device> {
        Arc::clone(&self.device) as _
    }

    fn identity(&self) -> Identity {
        Identity { member: self.member.into(), site: "S".into(), operator: Some("Z".into()) }
    }

    fn begin(&self, stage: Stage, basis: &str, papers: Papers) -> Session {
        let opening = Opening { stage, basis: basis.into(), papers, reason: None };
        Session::begin(self.store(), self.device(), self.identity(), &opening).unwrap()
    }
}

fn scan(session: &mut Session, code: &PackageCode) -> Feedback {
    let mut answers = session.scan(&[(label(code), None)], Capture::Camera).unwrap();
    assert_eq!(answers.len(), 1);
    answers.remove(0)
}

fn events(session: Session) -> Vec<Event> {
    session.into_store().events().unwrap()
}

fn words(events: &[Event]) -> Vec<&'static str> {
    events.iter().map(|event| event.act.as_str()).collect()
}

/// The acts of a kind.
fn of_kind<'e>(events: &'e [Event], word: &str) -> Vec<&'e Act> {
    events.iter().map(|event| &event.act).filter(|act| act.as_str() == word).collect()
}
