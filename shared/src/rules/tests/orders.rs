//! Convergence: any order, repetition and split of the events, and references in any order, give the same verdict and tallies.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::{judge, tallies};
use super::{T0, World, case, unit};
use crate::citation::Rulebook;
use crate::code::{PackageCode, format_digital_link};
use crate::event::{Act, Capture, Close, Movement, Report, ReportKind, ReturnReason, Stage, VoidReason};
use crate::ids::EventRef;
use crate::mismatch::{Kind, Mismatch};
use crate::reference::{
    Amendment, Basis, BasisKind, Dated, Level, Line, Listing, Member, MemberStatus, Policy, References, Role,
    ShippingDocument,
};
use crate::rules::Tally;
use crate::time::{HOUR_MS, Timestamp};
use crate::trail::{Fact, History};

/// What one random event does; numbers choose among what there is.
#[derive(Clone, Debug)]
enum Op {
    Scan { stage: u8, place: u8, code: u8, member: u8, unsure: bool },
    SetAside { scan: u8, kind: u8 },
    Release { scan: u8 },
    Close { stage: u8, place: u8, member: u8, last: bool },
    Open { stage: u8, place: u8, member: u8 },
    Associate { parent: u8, child: u8 },
    Dissociate { parent: u8, child: u8 },
    Void { event: u8, member: u8 },
    Report { what: u8, code: u8, place: u8 },
    Relabel { old: u8, new: u8 },
}

fn op() -> impl Strategy<Value = Op> {
    let n = any::<u8>;
    prop_oneof![
        8 => (n(), n(), n(), n(), prop::bool::weighted(0.1))
            .prop_map(|(stage, place, code, member, unsure)| Op::Scan { stage, place, code, member, unsure }),
        1 => (n(), n()).prop_map(|(scan, kind)| Op::SetAside { scan, kind }),
        1 => n().prop_map(|scan| Op::Release { scan }),
        2 => (n(), n(), n(), any::<bool>()).prop_map(|(stage, place, member, last)| Op::Close { stage, place, member, last }),
        1 => (n(), n(), n()).prop_map(|(stage, place, member)| Op::Open { stage, place, member }),
        1 => (n(), n()).prop_map(|(parent, child)| Op::Associate { parent, child }),
        1 => (n(), n()).prop_map(|(parent, child)| Op::Dissociate { parent, child }),
        1 => (n(), n()).prop_map(|(event, member)| Op::Void { event, member }),
        1 => (n(), n(), n()).prop_map(|(what, code, place)| Op::Report { what, code, place }),
        1 => (n(), n()).prop_map(|(old, new)| Op::Relabel { old, new }),
    ]
}

const PLACES: [(&str, &str); 8] =
    [("C1", "N1"), ("C1", "N2"), ("O1", "D1"), ("O2", "D2"), ("O1", "none"), ("T1", "TN"), ("A1", "D1"), ("C9", "N9")];
const MEMBERS: [&str; 4] = ["M", "W", "R1", "R2"];

fn pick<T: Copy>(of: &[T], n: u8) -> T {
    of[usize::from(n) % of.len()]
}

fn code(n: u8) -> PackageCode {
    let n = u32::from(n % 12);
    if n < 3 { case(n + 1) } else { unit(n - 2) }
}

fn text(n: u8) -> String {
    format_digital_link("ID.EXAMPLE.CN", &code(n))
}

/// The usual world, with a transfer, an approval, an amendment and things that change over time.
fn references() -> References {
    let mut references = World::new().references;
    let lines = |units| vec![Line::new("POD".into(), units)];
    for (name, role) in [("M", Role::Maker), ("W", Role::Wholesaler), ("R1", Role::Retailer), ("R2", Role::Retailer)] {
        references.members.insert(name.into(), Member::new(name.into(), name.to_owned(), role));
    }
    let late = Timestamp::from_ms(T0 + 20_000);
    let suspended = Dated { from: late, value: MemberStatus::Suspended };
    references.members.get_mut(&"R2".into()).unwrap().statuses.push(suspended);
    references.products.get_mut(&"POD".into()).unwrap().listings.push(Dated { from: late, value: Listing::Suspended });
    for (name, kind) in [("T1", BasisKind::Transfer), ("A1", BasisKind::ReturnApproval)] {
        let buyer = if kind == BasisKind::Transfer { "W" } else { "R1" };
        references.bases.insert(name.into(), Basis::new(name.into(), kind, "W".into(), buyer.into(), lines(5)));
    }
    let note = ShippingDocument {
        basis: "T1".into(),
        consignor: "W".into(),
        consignee: "W".into(),
        document: "TN".into(),
        lines: lines(5),
        packing_level: Level::Unit,
        ..references.documents[&"N1".into()].clone()
    };
    references.documents.insert("TN".into(), note);
    let amendment = Amendment { valid_from: late, known_at: 9, lines: Some(lines(10)), ..Amendment::default() };
    references.bases.get_mut(&"C1".into()).unwrap().amendments.push(amendment);
    references
}

fn by(n: usize, member: &str) -> EventRef {
    let terminal = MEMBERS.iter().position(|known| *known == member).unwrap() as u128 + 1;
    EventRef {
        terminal: crate::ids::TerminalId::new(uuid::Uuid::from_u128(terminal)),
        epoch: crate::ids::EpochId::new(uuid::Uuid::from_u128(terminal)),
        seq: n as u64 + 1,
    }
}

fn facts(ops: &[Op]) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    for (n, op) in ops.iter().enumerate() {
        let (member, act) = act(op, &facts);
        let at = Timestamp::from_ms(T0 + i64::try_from(n).unwrap() * 1_500);
        let unsure = matches!(op, Op::Scan { unsure: true, .. });
        facts.push(Fact {
            by: by(n, member),
            member: member.into(),
            site: member.into(),
            operator: None,
            at,
            window: unsure.then(|| (at.plus_ms(-9_000), at.plus_ms(9_000))),
            data_as_of: (n % 20) as u64,
            code: None,
            act,
        });
    }
    facts
}

fn act(op: &Op, before: &[Fact]) -> (&'static str, Act) {
    let seq_of = |n: u8| before.get(usize::from(n) % before.len().max(1)).map_or(1, |fact| fact.by.seq);
    let task = || crate::ids::TaskId::from("t");
    match *op {
        Op::Scan { stage, place, code, member, .. } => {
            let (basis, document) = pick(&PLACES, place);
            let movement = Movement {
                task: task(),
                basis: basis.into(),
                document: document.into(),
                text: text(code),
                how: Capture::Camera,
                label: None,
                frame: None,
                reason: Some(ReturnReason::Quality),
            };
            (pick(&MEMBERS, member), Act::scan(pick(&Stage::EVERY, stage), movement))
        }
        Op::SetAside { scan, kind } => {
            let kinds = vec![pick(&[Kind::OverQuantity, Kind::DuplicateMovement, Kind::ParentAndChild], kind)];
            ("W", Act::SetAside { task: task(), scan_seq: seq_of(scan), kinds })
        }
        Op::Release { scan } => ("W", Act::Released { task: task(), scan_seq: seq_of(scan) }),
        Op::Close { stage, place, member, last } => {
            let (basis, document) = pick(&PLACES, place);
            let close = if last { Close::Final } else { Close::Partial };
            let stage = pick(&Stage::EVERY, stage);
            let (basis, document) = (basis.into(), document.into());
            let act = Act::TaskClosed { task: task(), stage, basis, document, close, counted: 0, carrier: None };
            (pick(&MEMBERS, member), act)
        }
        Op::Open { stage, place, member } => {
            let (basis, document) = pick(&PLACES, place);
            let stage = pick(&Stage::EVERY, stage);
            let (basis, document) = (basis.into(), document.into());
            (pick(&MEMBERS, member), Act::TaskOpened { task: task(), stage, basis, document, reserved: false })
        }
        Op::Associate { parent, child } => {
            let act = Act::Associate { parent: text(parent % 3), children: vec![text(child)], remainder_units: None };
            ("M", act)
        }
        Op::Dissociate { parent, child } => {
            ("M", Act::Dissociate { parent: text(parent % 3), children: vec![text(child)], ends: Vec::new() })
        }
        Op::Void { event, member } => {
            let named = before.get(usize::from(event) % before.len().max(1));
            let voids = named.map_or_else(|| by(99, "M"), |fact| fact.by);
            (pick(&MEMBERS, member), Act::Void { voids, reason: VoidReason::DidNotOccur })
        }
        Op::Report { what, code, place } => {
            let (basis, document) = pick(&PLACES, place);
            let what =
                pick(&[ReportKind::Destroyed, ReportKind::Refused, ReportKind::Damaged, ReportKind::Delayed], what);
            let (basis, document) = (basis.into(), document.into());
            ("W", Act::Report(Report { what, basis, document, text: Some(text(code)), pack: None, photos: Vec::new() }))
        }
        Op::Relabel { old, new } => ("W", Act::Relabel { old: text(old), new: text(new) }),
    }
}

/// Some order of `0..count`, from a seed (a Fisher-Yates shuffle with a linear congruential generator).
fn shuffled(count: usize, mut seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for place in (1..count).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(place, usize::try_from(seed >> 33).unwrap() % (place + 1));
    }
    order
}

fn told(facts: Vec<Fact>, references: &References) -> (Vec<Mismatch>, Vec<Tally>) {
    let mut reached = BTreeMap::new();
    for fact in &facts {
        let held = reached.entry(fact.by.terminal).or_insert(fact.at);
        *held = fact.at.max(*held);
    }
    let history = History { facts, reached, beside: None };
    let mut policy = Policy::new(Rulebook::Trial);
    policy.limits.transit_ms = Some(HOUR_MS);
    let now = Timestamp::from_ms(T0 + 30 * HOUR_MS);
    (judge(&history, references, &policy, now), tallies(&history, references))
}

/// Judges in the order made, and in another order with repetitions.
fn converges(references: &References, ops: &[Op], seed: u64) -> Result<(), TestCaseError> {
    let facts = facts(ops);
    let expected = told(facts.clone(), references);
    let order = shuffled(facts.len(), seed);
    let repeated = usize::try_from(seed % (facts.len() as u64 + 1)).unwrap();
    let again = shuffled(facts.len(), seed ^ 0x5555).into_iter().take(repeated);
    let other: Vec<Fact> = order.into_iter().chain(again).map(|place| facts[place].clone()).collect();
    let found = told(other, references);
    prop_assert_eq!(found, expected);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100_000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_order_and_repetition_gives_the_same_verdict(ops in prop::collection::vec(op(), 1..16), seed in any::<u64>()) {
        thread_local!(static REFERENCES: References = references());
        REFERENCES.with(|references| converges(references, &ops, seed))?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000_000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    #[ignore = "long: five million histories"]
    fn long_any_order_and_repetition_gives_the_same_verdict(
        ops in prop::collection::vec(op(), 1..24),
        seed in any::<u64>(),
    ) {
        thread_local!(static REFERENCES: References = references());
        REFERENCES.with(|references| converges(references, &ops, seed))?;
    }
}

/// Every order of six events: goods sent twice, received before they were sent, undone, taken out of their case, closed.
#[test]
fn every_order_of_small_histories_gives_the_same_verdict() {
    let scan = |stage, place, code, member| Op::Scan { stage, place, code, member, unsure: false };
    let histories: [Vec<Op>; 3] = [
        vec![
            scan(0, 0, 0, 0),
            scan(1, 0, 0, 1),
            scan(0, 1, 0, 0),
            Op::Close { stage: 0, place: 0, member: 0, last: true },
            Op::Void { event: 2, member: 0 },
            Op::Close { stage: 1, place: 0, member: 1, last: true },
        ],
        vec![
            scan(0, 0, 0, 0),
            scan(1, 0, 0, 1),
            scan(2, 2, 3, 1),
            scan(2, 3, 3, 1),
            scan(3, 2, 3, 2),
            Op::Close { stage: 3, place: 2, member: 2, last: true },
        ],
        vec![
            scan(0, 0, 0, 0),
            Op::Associate { parent: 1, child: 3 },
            Op::Dissociate { parent: 0, child: 3 },
            scan(1, 0, 3, 1),
            scan(6, 0, 3, 1),
            scan(7, 0, 3, 0),
        ],
    ];
    let references = references();
    for ops in &histories {
        let facts = facts(ops);
        let expected = told(facts.clone(), &references);
        assert!(!expected.0.is_empty(), "a history with nothing wrong shows nothing");
        let mut orders = 0;
        permute(&mut (0..facts.len()).collect::<Vec<_>>(), 0, &mut |order| {
            let other = order.iter().map(|place| facts[*place].clone()).collect();
            assert_eq!(told(other, &references), expected, "order {order:?}");
            orders += 1;
        });
        assert_eq!(orders, 720);
    }
}

fn permute(order: &mut Vec<usize>, from: usize, each: &mut impl FnMut(&[usize])) {
    if from == order.len() {
        return each(order);
    }
    for place in from..order.len() {
        order.swap(from, place);
        permute(order, from + 1, each);
        order.swap(from, place);
    }
}

/// References come in any order too: what is known at the end is what counts.
#[test]
fn references_in_any_order_are_the_same_references() {
    use crate::wire::Record;
    let known = references();
    let mut records: Vec<Record> = Vec::new();
    records.extend(known.members.values().cloned().map(Record::Member));
    records.extend(known.products.values().cloned().map(Record::Product));
    records.extend(known.bases.values().cloned().map(Record::Basis));
    records.extend(known.documents.values().cloned().map(Record::Document));
    records.extend(known.packs.values().cloned().map(Record::Pack));
    let mut codes: Vec<_> = known.codes.values().cloned().collect();
    codes.sort_by(|one, other| one.code.cmp(&other.code));
    records.extend(codes.into_iter().map(Record::Code));
    let ops: Vec<Op> =
        (0..14).map(|n| Op::Scan { stage: n, place: n / 2, code: n, member: n / 3, unsure: false }).collect();
    let expected = told(facts(&ops), &known);
    assert!(!expected.0.is_empty());
    for seed in 0..50 {
        let mut other = References::default();
        for place in shuffled(records.len(), seed) {
            assert!(other.insert(records[place].clone()).is_none());
        }
        assert_eq!(told(facts(&ops), &other), expected);
    }
}
