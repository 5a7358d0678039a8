//! The small world to practise in: one contract each way, its note, two products, a stolen pack.

use shared::event::Stage;
use shared::ids::{BasisId, DocumentId, EventRef, MemberId};
use shared::reference::{
    Basis, BasisKind, CodeRecord, Level, Line, Member, Pack, PackLevel, PackLoss, Product, Registry, Role,
    ShippingDocument,
};
use shared::time::Timestamp;
use shared::wire::{Change, ChangesPage, Manifest, Record};
use uuid::Uuid;

use super::labels::{CASES, Goods, Lesson, UNITS, cases, code, gtin, unit};

const PARTNER: &str = "TRAINING-PARTNER";
const LISTED: &str = "TRAINING-POD";
const OTHER: &str = "TRAINING-MINT";
const PACK: &str = "TRAINING-PACK";
const UNIT_PACK: &str = "TRAINING-UNITS";
const STOLEN: &str = "TRAINING-STOLEN";
const UNLISTED: &str = "TRAINING-UNLISTED";

/// The task to practise at a stage: its basis and its note. None for a stage that has no practice yet.
pub(super) fn task(stage: Stage) -> Option<(BasisId, DocumentId)> {
    match stage {
        Stage::Outbound => Some(("TRAINING-OUT".into(), "TRAIN-1".into())),
        Stage::Inbound => Some(("TRAINING-IN".into(), "TRAIN-2".into())),
        _ => None,
    }
}

/// All records, as if pulled. `sent_by` stands for the partner's terminal in the list of what the partner sent.
pub(super) fn page(own: &MemberId, stage: Stage, now: Timestamp, sent_by: EventRef) -> ChangesPage {
    let records = records(own, stage, now, sent_by);
    let changes = records.into_iter().map(|record| Change { position: 1, record }).collect();
    ChangesPage {
        ledger_id: Uuid::nil(),
        cursor: 1,
        left: None,
        more: false,
        as_of: now,
        changes,
        restored: Vec::new(),
        resume: None,
    }
}

fn records(own: &MemberId, stage: Stage, now: Timestamp, sent_by: EventRef) -> Vec<Record> {
    let Some((basis, document)) = task(stage) else { return Vec::new() };
    let partner = MemberId::from(PARTNER);
    let (seller, buyer) = if stage.sends() { (own.clone(), partner) } else { (partner, own.clone()) };
    let roles = [(&seller, Role::Maker), (&buyer, Role::Wholesaler)];
    let mut records: Vec<Record> = roles
        .into_iter()
        .map(|(member, role)| Record::Member(Member::new(member.clone(), "训练 Training".to_owned(), role)))
        .collect();
    records.extend([product(LISTED, "训练品 Training product", &seller, Goods::Listed)]);
    records.extend([product(OTHER, "训练品·薄荷 Training mint", &seller, Goods::Other)]);
    let units = u64::from(CASES * UNITS);
    let lines = || vec![Line::new(LISTED.into(), units)];
    records.push(Record::Basis(Basis::new(basis.clone(), BasisKind::Contract, seller.clone(), buyer.clone(), lines())));
    records.push(Record::Document(ShippingDocument {
        document: document.clone(),
        basis: basis.clone(),
        consignor: seller.clone(),
        consignee: buyer,
        lines: lines(),
        carrier: "训练 Training".to_owned(),
        packing_level: Level::Case,
        lacks: Vec::new(),
        absent: false,
    }));
    records.extend(packs(&basis, now));
    if !stage.sends() {
        records.push(Record::Manifest(manifest((basis, document), seller, now, sent_by)));
    }
    records
}

fn product(product: &str, name: &str, maker: &MemberId, goods: Goods) -> Record {
    let unit = PackLevel { level: Level::Unit, gtin: gtin(goods, Level::Unit), units: 1 };
    let case = PackLevel { level: Level::Case, gtin: gtin(goods, Level::Case), units: UNITS };
    let product = Product::new(product.into(), name.to_owned(), maker.clone(), vec![unit, case]);
    Record::Product(Product { registry: Registry::Complete, ..product })
}

fn packs(basis: &BasisId, now: Timestamp) -> Vec<Record> {
    let pack = |name: &str, product: &str| Pack::new(name.into(), product.into(), Level::Case, basis.clone(), now);
    let stolen = Pack { loss: Some((PackLoss::Stolen, now)), ..pack(STOLEN, LISTED) };
    let mut records = vec![Record::Pack(pack(PACK, LISTED)), Record::Pack(stolen), Record::Pack(pack(UNLISTED, OTHER))];
    records.push(Record::Pack(Pack::new(UNIT_PACK.into(), LISTED.into(), Level::Unit, basis.clone(), now)));
    for (lesson, goods, serial) in cases() {
        let (pack, product) = match lesson {
            Lesson::Accepted => (PACK, LISTED),
            Lesson::Blocked => (STOLEN, LISTED),
            Lesson::Wrong => (UNLISTED, OTHER),
        };
        let Some(case) = code(goods, &serial) else { continue };
        if lesson == Lesson::Accepted {
            // What is inside is on record, as in a case that was packed rightly: a label that is to be accepted raises no note.
            let units = (1..=UNITS).filter_map(|n| unit(goods, &format!("{serial}U{n}")));
            let inside = |unit| CodeRecord::new(unit, UNIT_PACK.into(), product.into(), Some(case.clone()));
            records.extend(units.map(inside).map(Record::Code));
        }
        records.push(Record::Code(CodeRecord::new(case, pack.into(), product.into(), None)));
    }
    records
}

/// What the partner sent: exactly what the note lists.
fn manifest(
    (basis, document): (BasisId, DocumentId),
    consignor: MemberId,
    now: Timestamp,
    sent_by: EventRef,
) -> Manifest {
    let sent = cases().into_iter().zip(1..).filter(|((lesson, ..), _)| *lesson == Lesson::Accepted);
    let sent =
        sent.filter_map(|((_, goods, serial), seq)| Some((code(goods, &serial)?, now, EventRef { seq, ..sent_by })));
    Manifest { basis, document, stage: Stage::Outbound, consignor, complete: true, sent: sent.collect() }
}
