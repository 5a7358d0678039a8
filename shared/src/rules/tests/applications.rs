//! Applications for codes: what the server refuses is what the rules raise (traceability/2022 art. 15, 16).

use super::World;
use crate::mismatch::{Kind, State};
use crate::reference::{Basis, BasisKind, CodeApplication, Line, Market, Member, References, Role};
use crate::rules::application::{Objection, against_contract, against_parties, granted};
use crate::time::Timestamp;

const DAY: &str = "2026-03-01T00:00:00+08:00";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A maker, two wholesalers of which V may apply for import codes, an importer, two retailers; a contract of each sort.
fn known() -> References {
    let mut known = World::new().references;
    for (member, role) in [
        ("M", Role::Maker),
        ("W", Role::Wholesaler),
        ("V", Role::Wholesaler),
        ("I", Role::Importer),
        ("R1", Role::Retailer),
        ("R2", Role::Retailer),
    ] {
        let mut new = Member::new(member.into(), member.into(), role);
        new.import_codes = member == "V";
        known.members.insert(member.into(), new);
    }
    for (basis, kind, seller, buyer, market) in [
        ("H1", BasisKind::Contract, "M", "W", Market::Domestic),
        ("H2", BasisKind::Contract, "I", "V", Market::Import),
        ("H3", BasisKind::Contract, "I", "W", Market::Import),
        ("H4", BasisKind::Contract, "M", "W", Market::Export),
        ("H5", BasisKind::Order, "W", "R1", Market::Domestic),
        ("H6", BasisKind::Contract, "R1", "R2", Market::Domestic),
    ] {
        let lines = vec![Line::new("POD".into(), 100)];
        let mut new = Basis::new(basis.into(), kind, seller.into(), buyer.into(), lines);
        new.market = market;
        new.until = Some(at("2026-12-01T00:00:00+08:00"));
        known.bases.insert(basis.into(), new);
    }
    known
}

fn apply(known: &mut References, number: &str, (member, basis, units): (&str, &str, u64), day: &str) {
    let line = ("POD".into(), units);
    let application = CodeApplication::new((number.into(), at(day)), member.into(), line, basis.into());
    known.applications.insert(number.into(), application);
}

/// Lines on which an application is refused.
fn refused(known: References) -> Vec<String> {
    let mut world = World::new();
    world.references = known;
    let found = world.found().into_iter().filter(|(kind, _, _)| *kind == Kind::ApplicationRefused);
    found
        .map(|(_, subject, state)| (subject, state))
        .inspect(|(_, state)| assert_eq!(*state, State::Confirmed))
        .map(|(subject, _)| subject)
        .collect()
}

#[test]
fn who_may_not_apply_is_told() {
    for (member, basis, day, is_refused) in [
        ("M", "H1", DAY, false),
        ("W", "H1", DAY, true),
        ("I", "H2", DAY, false),
        ("V", "H2", DAY, false),
        ("W", "H3", DAY, true),
        ("V", "H3", DAY, true),
        ("M", "H4", DAY, true),
        ("M", "H5", DAY, true),
        ("R1", "H6", DAY, true),
        ("M", "H9", DAY, true),
        ("M", "H1", "2026-12-01T00:00:00+08:00", true),
    ] {
        let mut known = known();
        apply(&mut known, "A1", (member, basis, 100), day);
        let expected: Vec<String> = is_refused.then(|| format!("{basis}/POD")).into_iter().collect();
        assert_eq!(refused(known), expected, "{member} {basis} {day}");
    }
}

#[test]
fn a_refused_application_covers_nothing() {
    let mut known = known();
    apply(&mut known, "A1", ("M", "H1", 999), "2026-03-01T00:00:00+08:00");
    apply(&mut known, "A2", ("W", "H1", 50), "2026-03-01T01:00:00+08:00");
    apply(&mut known, "A3", ("M", "H1", 60), "2026-03-01T02:00:00+08:00");
    apply(&mut known, "A4", ("M", "H1", 40), "2026-03-01T03:00:00+08:00");
    let units = |until: &str| granted(&known, &"H1".into(), &"POD".into(), at(until));
    assert_eq!(
        ["2026-03-01T01:59:00+08:00", "2026-03-01T02:00:00+08:00", "2026-03-02T00:00:00+08:00"].map(units),
        [0, 60, 100]
    );
    assert_eq!(refused(known), ["H1/POD"]);
}

#[test]
fn what_speaks_against_a_contract_whoever_applies() {
    let known = known();
    let pod = "POD".into();
    let objections = |basis: &str, day: &str| {
        let mut found = against_contract(&known, &basis.into(), &pod, at(day));
        found.extend(against_parties(&known, &basis.into(), at(day)));
        found
    };
    for basis in ["H1", "H2", "H3"] {
        assert_eq!(objections(basis, DAY), [], "{basis}");
    }
    assert_eq!(objections("H4", DAY), [Objection::Export]);
    assert_eq!(objections("H6", DAY), [Objection::NoMaker("R1".into())]);
    assert_eq!(objections("H9", DAY), [Objection::Unknown("H9".into())]);
    assert_eq!(objections("H1", "2026-12-01T00:00:00+08:00"), [Objection::NotInForce("H1".into())]);
    assert_eq!(objections("H5", DAY), [Objection::NoContract("H5".into()), Objection::NoMaker("W".into())]);
}

#[test]
fn one_that_was_withdrawn_uses_nothing_up_and_raises_nothing() {
    let withdraw = |known: &mut References, number: &str| {
        known.applications.get_mut(number).unwrap().withdrawn_at = Some(at(DAY));
    };
    let mut known = known();
    apply(&mut known, "A1", ("M", "H1", 60), DAY);
    apply(&mut known, "A2", ("M", "H1", 60), "2026-03-02T00:00:00+08:00");
    assert_eq!(refused(known.clone()).len(), 1, "beyond the line");
    let mut wrong = known.clone();
    withdraw(&mut wrong, "A2");
    assert!(refused(wrong).is_empty());
    withdraw(&mut known, "A1");
    let units = |known: &References| granted(known, &"H1".into(), &"POD".into(), at("2026-03-03T00:00:00+08:00"));
    assert_eq!(units(&known), 60, "the second one fits now");
    assert!(refused(known).is_empty());
}
