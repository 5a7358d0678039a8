//! What the screens ask of a task: its lines, and blocks that came after the scan.

use std::collections::{BTreeMap, BTreeSet};

use shared::mismatch::{Kind, Mismatch, Scope, Severity, State, Subject};
use shared::wire::SiteMismatch;

use super::*;

#[test]
fn the_lines_of_an_order_say_what_is_due_what_came_and_what_is_still_to_come() {
    let of = basis("O1", BasisKind::Order, ("W", "R1"), &[("POD", 3), ("MINT", 2)]);
    let mut records = vec![product(1, "POD"), product(2, "MINT"), note("D1", &of), Record::Basis(of.clone())];
    records.push(manifest(&of, "D1", Stage::Sort, (1..=3).map(unit).chain([mint(1), mint(2)])));
    let yard = Yard::new("R1", records);
    let mut session = yard.begin(Stage::Receipt, "O1", Papers::Named("D1".into()));
    scan(&mut session, &unit(1));
    let figures = |session: &mut Session| {
        let lines = session.lines().unwrap().into_iter();
        lines.map(|line| (line.name, line.due_units, line.counted_units, line.due_packages)).collect::<Vec<_>>()
    };
    let mint_line = |counted, left| ("MINT".to_owned(), 2, counted, Some(left));
    assert_eq!(figures(&mut session), [mint_line(0, 2), ("POD".to_owned(), 3, 1, Some(2))]);
    let coming = |session: &mut Session| session.lines().unwrap().iter().map(|line| line.coming_units).sum::<u64>();
    assert_eq!(coming(&mut session), 4);
    session.confirm_all(&BTreeMap::new()).unwrap();
    assert_eq!(coming(&mut session), 0);
    assert_eq!(figures(&mut session), [mint_line(2, 0), ("POD".to_owned(), 3, 3, Some(0))]);
}

#[test]
fn a_block_that_comes_after_the_scan_is_told_while_its_package_counts() {
    let yard = Yard::new("M", usual());
    let mut session = yard.begin(Stage::Outbound, "C1", Papers::Reserved);
    let answer = scan(&mut session, &case(1));
    assert_ne!(answer.result, shared::mismatch::ScanResult::Blocked, "{answer:?}");
    scan(&mut session, &case(2));
    assert!(session.late_blocks().unwrap().is_empty());
    let found = Mismatch {
        kind: Kind::FrozenCode,
        subject: Subject(case(1).to_string()),
        state: State::Confirmed,
        severity: Severity::Block,
        scope: Scope::Code(case(1)),
        basis: None,
        document: None,
        count: 1,
        codes: BTreeSet::from([case(1)]),
        events: BTreeSet::new(),
        at: Timestamp::from_ms(0),
        due: None,
    };
    let told = SiteMismatch { mismatch: found, state: State::Confirmed, raised_at: Timestamp::from_ms(0) };
    drop(session);
    yard.pull(vec![Record::Mismatch(told)]);
    let mut session = yard.begin(Stage::Outbound, "C1", Papers::Reserved);
    assert_eq!(session.late_blocks().unwrap(), [(answer.seq, Kind::FrozenCode)]);
    session.undo(answer.seq).unwrap();
    assert!(session.late_blocks().unwrap().is_empty(), "what was taken back has no alarm");
}

/// A block of the server, about a line of a document.
fn over_quantity(document: &str, too_many: shared::code::PackageCode) -> Record {
    let found = Mismatch {
        kind: Kind::OverQuantity,
        subject: Subject(format!("{document}/POD outbound")),
        state: State::Confirmed,
        severity: Severity::Block,
        scope: Scope::Basis("C1".into()),
        basis: Some("C1".into()),
        document: Some(document.into()),
        count: 1,
        codes: BTreeSet::from([too_many]),
        events: BTreeSet::new(),
        at: Timestamp::from_ms(0),
        due: None,
    };
    Record::Mismatch(SiteMismatch { mismatch: found, state: State::Confirmed, raised_at: Timestamp::from_ms(0) })
}

#[test]
fn a_case_that_was_too_many_on_another_document_goes_on_this_one_without_an_alarm() {
    let of = basis("C1", BasisKind::Contract, ("M", "W"), &[("POD", 30)]);
    let mut records = usual();
    records.push(note("FH-2", &of));
    let yard = Yard::new("M", records);
    let mut session = yard.begin(Stage::Outbound, "C1", Papers::Named("FH-2".into()));
    let answer = scan(&mut session, &case(1));
    assert_eq!(answer.result, shared::mismatch::ScanResult::Accepted, "{answer:?}");
    drop(session);
    yard.pull(vec![over_quantity("FH-1", case(1))]);
    let session = yard.begin(Stage::Outbound, "C1", Papers::Named("FH-2".into()));
    assert_eq!(session.late_blocks().unwrap(), []);
    drop(session);
    yard.pull(vec![over_quantity("FH-2", case(1))]);
    let session = yard.begin(Stage::Outbound, "C1", Papers::Named("FH-2".into()));
    assert_eq!(session.late_blocks().unwrap(), [(answer.seq, Kind::OverQuantity)]);
}

#[test]
fn what_its_scan_blocked_already_is_no_news_on_the_list_of_tasks() {
    let of = basis("C1", BasisKind::Contract, ("M", "W"), &[("POD", 30)]);
    let mut records = usual();
    records.push(note("FH-1", &of));
    let yard = Yard::new("M", records);
    let mut session = yard.begin(Stage::Outbound, "C1", Papers::Named("FH-1".into()));
    for n in 1..=3 {
        scan(&mut session, &case(n));
    }
    let fourth = scan(&mut session, &case(4));
    assert_eq!(fourth.result, shared::mismatch::ScanResult::Blocked, "{fourth:?}");
    drop(session);
    let (member, site) = ("M".into(), "S".into());
    let blocks = || {
        let place = crate::session::opening::Place { member: &member, site: &site };
        let work = crate::session::overview(&yard.store(), place, yard.device().now()).unwrap();
        work.iter().map(|work| work.blocks).sum::<usize>()
    };
    yard.pull(vec![over_quantity("FH-1", case(4))]);
    assert_eq!(blocks(), 0, "the clerk set it aside at its scan");
    yard.pull(vec![over_quantity("FH-1", case(1))]);
    assert_eq!(blocks(), 1, "this one was accepted");
}
