//! Each kind in a small history of its own, then all of them in every order.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Policy, judge, progress};
use crate::code::{PackageCode, check_digit, format_digital_link};
use crate::event::{Act, Capture, Close, Movement, Stage, VoidReason};
use crate::ids::{DocumentId, EventRef, TaskId};
use crate::mismatch::{Kind, State};
use crate::reference::{
    Basis, BasisKind, CodeRecord, Level, Line, Pack, PackLevel, PackLoss, Product, References, Registry,
    ShippingDocument,
};
use crate::time::{HOUR_MS, Timestamp};
use crate::trail::{Fact, History};

const T0: i64 = 1_772_409_600_000;

/// A world of one maker, one wholesaler, two retailers, and what its terminals record.
struct World {
    references: References,
    history: History,
    seq: u64,
    now: Timestamp,
}

fn gtin(body: &str) -> String {
    format!("{body}{}", check_digit::compute(body))
}

fn unit(n: u32) -> PackageCode {
    PackageCode::item(&gtin("0690123456789"), &format!("U{n}")).unwrap()
}

fn case(n: u32) -> PackageCode {
    PackageCode::item(&gtin("1690123456789"), &format!("C{n}")).unwrap()
}

fn basis(name: &str, kind: BasisKind, (seller, buyer): (&str, &str), units: u64) -> Basis {
    let lines = vec![Line { product: "POD".into(), units }];
    Basis { basis: name.into(), kind, seller: seller.into(), buyer: buyer.into(), lines }
}

impl World {
    /// Contract C1 of 40 units with notes N1 and N2 of 20; orders O1 and O2 of 2 units with delivery notes D1 and D2. Cases C1
    /// to C4 hold ten units each; units U1 to U10 are in case C1.
    fn new() -> Self {
        let mut references = References::default();
        let levels = vec![
            PackLevel { level: Level::Unit, gtin: gtin("0690123456789"), units: 1 },
            PackLevel { level: Level::Case, gtin: gtin("1690123456789"), units: 10 },
        ];
        let pod = Product {
            product: "POD".into(),
            name: "Pod".into(),
            maker: "M".into(),
            levels,
            registry: Registry::Complete,
        };
        references.products.insert("POD".into(), pod);
        let bases = [
            basis("C1", BasisKind::Contract, ("M", "W"), 40),
            basis("O1", BasisKind::Order, ("W", "R1"), 2),
            basis("O2", BasisKind::Order, ("W", "R2"), 2),
        ];
        references.bases = bases.into_iter().map(|basis| (basis.basis.clone(), basis)).collect();
        for (document, of, units, packing_level) in [
            ("N1", "C1", 20, Level::Case),
            ("N2", "C1", 20, Level::Case),
            ("D1", "O1", 2, Level::Unit),
            ("D2", "O2", 2, Level::Unit),
        ] {
            let of = references.bases[&of.into()].clone();
            let note = ShippingDocument {
                document: document.into(),
                basis: of.basis,
                consignor: of.seller,
                consignee: of.buyer,
                lines: vec![Line { product: "POD".into(), units }],
                carrier: "K".into(),
                packing_level,
            };
            references.documents.insert(document.into(), note);
        }
        let issued_at = Timestamp::from_ms(T0 - HOUR_MS);
        for (pack, level) in [("PU", Level::Unit), ("PC", Level::Case), ("PL", Level::Case)] {
            let pack =
                Pack { pack: pack.into(), product: "POD".into(), level, basis: "C1".into(), issued_at, loss: None };
            references.packs.insert(pack.pack.clone(), pack);
        }
        let record = |code, pack: &str, parent| CodeRecord { code, pack: pack.into(), product: "POD".into(), parent };
        for n in 1..=4 {
            references.insert_code(record(case(n), "PC", None));
        }
        references.insert_code(record(case(9), "PL", None));
        for n in 1..=10 {
            references.insert_code(record(unit(n), "PU", Some(case(1))));
        }
        Self { references, history: History::default(), seq: 0, now: Timestamp::from_ms(T0 + HOUR_MS) }
    }

    fn record(&mut self, terminal: u128, member: &str, act: Act) -> EventRef {
        self.seq += 1;
        let id = |n: u128| uuid::Uuid::from_u128(n);
        let by = EventRef {
            terminal: crate::ids::TerminalId::new(id(terminal)),
            epoch: crate::ids::EpochId::new(id(terminal + 100)),
            seq: self.seq,
        };
        let at = Timestamp::from_ms(T0 + i64::try_from(self.seq).unwrap() * 1_000);
        self.history.facts.push(Fact { by, member: member.into(), at, act });
        by
    }

    fn scan_text(&mut self, stage: Stage, (basis, document): (&str, &str), text: &str) -> EventRef {
        let (terminal, member) = match (stage, basis) {
            (Stage::Outbound, _) => (1, "M"),
            (Stage::Inbound | Stage::Sort, _) => (2, "W"),
            (Stage::Receipt, "O1") => (3, "R1"),
            (Stage::Receipt, _) => (4, "R2"),
        };
        let movement = Movement {
            task: TaskId::from("t"),
            basis: basis.into(),
            document: document.into(),
            text: text.to_owned(),
            how: Capture::Camera,
            label: None,
            frame: None,
        };
        self.record(terminal, member, Act::scan(stage, movement))
    }

    fn scan(&mut self, stage: Stage, reference: (&str, &str), code: &PackageCode) -> EventRef {
        self.scan_text(stage, reference, &format_digital_link("ID.EXAMPLE.CN", code))
    }

    fn set_aside(&mut self, scan: EventRef, kind: Kind) {
        self.record(
            scan.terminal.as_bytes()[15].into(),
            "M",
            Act::SetAside { task: TaskId::from("t"), scan_seq: scan.seq, kinds: vec![kind] },
        );
    }

    fn close(&mut self, stage: Stage, (basis, document): (&str, &str)) {
        let (terminal, member) = match stage {
            Stage::Outbound => (1, "M"),
            Stage::Inbound | Stage::Sort => (2, "W"),
            Stage::Receipt => (3, "R1"),
        };
        let act = Act::TaskClosed {
            task: TaskId::from("t"),
            stage,
            basis: basis.into(),
            document: document.into(),
            close: Close::Final,
            counted: 0,
        };
        self.record(terminal, member, act);
    }

    fn found(&self) -> Vec<(Kind, String, State)> {
        let found = judge(&self.history, &self.references, &Policy::default(), self.now);
        found.into_iter().map(|found| (found.kind, found.subject.0, found.state)).collect()
    }

    fn expect(&self, expected: &[(Kind, &str, State)]) {
        let expected: Vec<_> =
            expected.iter().map(|(kind, subject, state)| (*kind, (*subject).to_owned(), *state)).collect();
        assert_eq!(self.found(), expected);
    }
}

const C1: (&str, &str) = ("C1", "N1");
const O1: (&str, &str) = ("O1", "D1");
use Stage::{Inbound, Outbound, Receipt, Sort};
use State::{Confirmed, Provisional};

/// A clean outbound and inbound of cases 1 and 2.
fn delivered() -> World {
    let mut world = World::new();
    for n in 1..=2 {
        world.scan(Outbound, C1, &case(n));
    }
    world.close(Outbound, C1);
    for n in 1..=2 {
        world.scan(Inbound, C1, &case(n));
    }
    world.close(Inbound, C1);
    world
}

#[test]
fn a_clean_delivery_down_to_the_retailer_raises_nothing() {
    let mut world = delivered();
    for n in 1..=2 {
        world.scan(Sort, O1, &unit(n));
    }
    world.close(Sort, O1);
    for n in 1..=2 {
        world.scan(Receipt, O1, &unit(n));
    }
    world.close(Receipt, O1);
    world.expect(&[]);
    let done = progress(&world.history, &world.references, &"O1".into(), &"D1".into(), Receipt);
    assert_eq!((done.packages_counted, done.packages_expected, done.units_counted), (2, Some(2), 2));
    let done = progress(&world.history, &world.references, &"C1".into(), &"N1".into(), Outbound);
    assert_eq!((done.packages_counted, done.packages_expected, done.units_counted), (2, Some(2), 20));
}

#[test]
fn texts_and_codes_that_are_none() {
    let mut world = World::new();
    world.scan_text(Outbound, C1, "HELLO");
    let unknown = PackageCode::item(&gtin("1690123456789"), "NEVER").unwrap();
    world.scan(Outbound, C1, &unknown);
    world
        .expect(&[(Kind::MalformedCode, "\"HELLO\"", Confirmed), (Kind::UnknownCode, &unknown.to_string(), Confirmed)]);
}

#[test]
fn a_code_of_an_open_registry_waits_for_its_pack() {
    let mut world = World::new();
    let strange = PackageCode::item(&gtin("1690123456789"), "LATER").unwrap();
    world.references.products.get_mut(&"POD".into()).unwrap().registry = Registry::Open;
    world.scan(Outbound, C1, &strange);
    world.expect(&[(Kind::UnregisteredCode, &strange.to_string(), Provisional)]);
}

#[test]
fn a_lost_pack_is_frozen_but_for_what_moved_before() {
    let mut world = World::new();
    world.scan(Outbound, C1, &case(9));
    let loss = |at: i64| Some((PackLoss::Stolen, Timestamp::from_ms(at)));
    world.references.packs.get_mut(&"PL".into()).unwrap().loss = loss(T0);
    world.expect(&[(Kind::FrozenCode, &case(9).to_string(), Confirmed)]);
    world.references.packs.get_mut(&"PL".into()).unwrap().loss = loss(T0 + HOUR_MS);
    world.expect(&[]);
}

#[test]
fn a_repeat_counts_once_and_is_said_once() {
    let mut world = World::new();
    for _ in 0..3 {
        world.scan(Outbound, C1, &case(1));
    }
    world.expect(&[(Kind::RepeatedScan, "N1", Confirmed)]);
    let done = progress(&world.history, &world.references, &"C1".into(), &"N1".into(), Outbound);
    assert_eq!(done.packages_counted, 1);
}

#[test]
fn one_package_on_two_documents_or_orders() {
    let mut world = World::new();
    world.scan(Outbound, C1, &case(1));
    let second = world.scan(Outbound, ("C1", "N2"), &case(1));
    world.expect(&[(Kind::DuplicateMovement, &case(1).to_string(), Confirmed)]);
    // Setting the second aside is the remedy; it must not erase the mismatch.
    world.set_aside(second, Kind::DuplicateMovement);
    world.expect(&[(Kind::DuplicateMovement, &case(1).to_string(), Confirmed)]);

    let mut world = delivered();
    world.scan(Sort, O1, &unit(1));
    world.scan(Sort, ("O2", "D2"), &unit(1));
    world.expect(&[(Kind::DoubleAllocation, &unit(1).to_string(), Confirmed)]);
}

#[test]
fn a_product_that_no_line_has_and_a_basis_that_nobody_knows() {
    let mut world = World::new();
    let mut mint = world.references.products[&"POD".into()].clone();
    mint.product = "MINT".into();
    mint.levels = vec![PackLevel { level: Level::Case, gtin: gtin("1690123450000"), units: 10 }];
    world.references.products.insert("MINT".into(), mint);
    let code = PackageCode::item(&gtin("1690123450000"), "M1").unwrap();
    let record = CodeRecord { code: code.clone(), pack: "PC".into(), product: "MINT".into(), parent: None };
    world.references.insert_code(record);
    world.scan(Outbound, C1, &code);
    world.scan(Outbound, ("C9", "N9"), &case(1));
    world.expect(&[(Kind::NoBasis, "C9", Confirmed), (Kind::ProductNotOnBasis, &code.to_string(), Confirmed)]);
}

#[test]
fn more_than_the_document_says_stays_known_when_set_aside() {
    let mut world = World::new();
    world.scan(Outbound, C1, &case(1));
    world.scan(Outbound, C1, &case(2));
    let third = world.scan(Outbound, C1, &case(3));
    world.expect(&[(Kind::OverQuantity, "N1/POD outbound", Confirmed)]);
    world.set_aside(third, Kind::OverQuantity);
    world.close(Outbound, C1);
    world.expect(&[(Kind::OverQuantity, "N1/POD outbound", Confirmed)]);
    let done = progress(&world.history, &world.references, &"C1".into(), &"N1".into(), Outbound);
    assert_eq!((done.packages_counted, done.set_aside), (2, 1));
}

#[test]
fn the_contract_line_counts_over_all_its_documents() {
    let mut world = World::new();
    world.references.bases.get_mut(&"C1".into()).unwrap().lines[0].units = 30;
    for (note, n) in [("N1", 1), ("N1", 2), ("N2", 3), ("N2", 4)] {
        world.scan(Outbound, ("C1", note), &case(n));
    }
    world.expect(&[(Kind::OverQuantity, "C1/POD outbound", Confirmed)]);
}

#[test]
fn short_at_outbound_is_not_raised_again_at_inbound() {
    let mut world = World::new();
    world.scan(Outbound, C1, &case(1));
    world.close(Outbound, C1);
    world.scan(Inbound, C1, &case(1));
    world.close(Inbound, C1);
    world.expect(&[(Kind::ShortQuantity, "N1/POD outbound", Confirmed)]);
}

#[test]
fn what_was_sent_and_did_not_come_is_named_exactly() {
    let mut world = World::new();
    world.scan(Outbound, C1, &case(1));
    world.scan(Outbound, C1, &case(2));
    world.close(Outbound, C1);
    world.scan(Inbound, C1, &case(1));
    world.expect(&[]);
    world.close(Inbound, C1);
    world.expect(&[
        (Kind::ShortQuantity, "N1/POD inbound", Confirmed),
        (Kind::MissingGoods, &case(2).to_string(), Confirmed),
    ]);
}

#[test]
fn a_case_received_by_its_units_misses_only_those_not_seen() {
    let mut world = World::new();
    world.scan(Outbound, C1, &case(1));
    world.scan(Outbound, C1, &case(2));
    world.close(Outbound, C1);
    for n in 1..=9 {
        world.scan(Inbound, C1, &unit(n));
    }
    world.scan(Inbound, C1, &case(2));
    world.close(Inbound, C1);
    world.expect(&[
        (Kind::ShortQuantity, "N1/POD inbound", Confirmed),
        (Kind::MissingGoods, &unit(10).to_string(), Confirmed),
    ]);
}

#[test]
fn an_arrival_before_its_outbound_waits_and_closes_by_itself() {
    let mut world = World::new();
    world.scan(Inbound, C1, &case(1));
    world.expect(&[(Kind::InboundWithoutOutbound, "N1", Provisional)]);
    let waiting = judge(&world.history, &world.references, &Policy::default(), world.now);
    assert_eq!(waiting[0].severity, crate::mismatch::Severity::Warn);
    world.now = waiting[0].due.unwrap();
    world.expect(&[(Kind::InboundWithoutOutbound, "N1", Confirmed)]);
    world.scan(Outbound, C1, &case(1));
    world.expect(&[]);
}

#[test]
fn goods_nobody_announced_and_goods_of_another() {
    let mut world = World::new();
    world.scan(Outbound, C1, &case(1));
    world.scan(Outbound, C1, &case(2));
    world.close(Outbound, C1);
    for n in 1..=3 {
        world.scan(Inbound, C1, &case(n));
    }
    world.expect(&[(Kind::UnannouncedGoods, &case(3).to_string(), Confirmed)]);
}

#[test]
fn a_sort_of_what_never_arrived_waits() {
    let mut world = World::new();
    world.scan(Sort, O1, &unit(1));
    world.expect(&[(Kind::SortWithoutInbound, "D1", Provisional)]);
}

#[test]
fn a_receipt_other_than_delivered_differs() {
    let mut world = delivered();
    world.scan(Sort, O1, &unit(1));
    world.scan(Sort, O1, &unit(2));
    world.close(Sort, O1);
    world.scan(Receipt, O1, &unit(1));
    world.expect(&[]);
    world.close(Receipt, O1);
    world.expect(&[(Kind::ReceiptDiffers, "D1/POD receipt", Confirmed)]);
}

#[test]
fn a_void_takes_a_scan_back_whichever_came_first_and_only_by_the_same_member() {
    let mut world = World::new();
    let repeat = (world.scan(Outbound, C1, &case(1)), world.scan(Outbound, C1, &case(1))).1;
    let void = |voids| Act::Void { voids, reason: VoidReason::DidNotOccur };
    world.record(2, "W", void(repeat));
    world.expect(&[(Kind::RepeatedScan, "N1", Confirmed)]);
    world.record(1, "M", void(repeat));
    world.expect(&[]);
    world.history.facts.reverse();
    world.expect(&[]);
}

/// A history with a fault of nearly every kind.
fn faulty() -> World {
    let mut world = delivered();
    world.scan_text(Outbound, C1, "HELLO");
    world.scan(Outbound, C1, &case(1));
    world.scan(Outbound, ("C1", "N2"), &case(2));
    world.scan(Outbound, ("C1", "N2"), &case(3));
    world.close(Outbound, ("C1", "N2"));
    world.scan(Sort, O1, &unit(1));
    world.scan(Sort, ("O2", "D2"), &unit(1));
    world.scan(Receipt, ("O2", "none"), &unit(5));
    world.scan(Sort, O1, &unit(2));
    world.scan(Sort, O1, &unit(3));
    world.close(Sort, O1);
    world.scan(Receipt, O1, &unit(1));
    world.close(Receipt, O1);
    world
}

proptest! {
    #[test]
    fn order_and_repetition_do_not_matter(seed in any::<u64>(), copies in 1_usize..3) {
        let mut world = faulty();
        let expected = judge(&world.history, &world.references, &Policy::default(), world.now);
        prop_assert!(expected.len() >= 7, "{expected:#?}");
        let facts = world.history.facts.clone();
        let mut shuffled: BTreeMap<u64, Fact> = BTreeMap::new();
        for (place, fact) in facts.iter().cycle().take(facts.len() * copies).enumerate() {
            let key = (place as u64 + 1).wrapping_mul(seed | 1).rotate_left(17).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            shuffled.insert(key, fact.clone());
        }
        world.history.facts = shuffled.into_values().collect();
        let found = judge(&world.history, &world.references, &Policy::default(), world.now);
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn the_word_none_is_no_document() {
    assert!(DocumentId::none().is_none() && !DocumentId::from("N1").is_none());
}
