use std::collections::BTreeMap;

use shared::event::{Close, ReportKind};
use shared::wire::BODY_BYTES_MAX;

use super::*;
use crate::session::lists::Tab;
use crate::session::receipt::{ConfirmError, LineDiffers};

fn shop(sorted: u32) -> Yard {
    let of = basis("O1", BasisKind::Order, ("W", "R1"), &[("POD", u64::from(sorted)), ("MINT", 2)]);
    let mut records = vec![product(1, "POD"), product(2, "MINT"), note("D1", &of), Record::Basis(of.clone())];
    records.push(manifest(&of, "D1", Stage::Sort, (1..=sorted).map(unit).chain([mint(1), mint(2)])));
    Yard::new("R1", records)
}

fn open(yard: &Yard) -> Session {
    yard.begin(Stage::Receipt, "O1", Papers::Named("D1".into()))
}

#[test]
fn one_tap_confirms_thousands_in_one_commit_and_is_undone_as_one_act() {
    let yard = shop(3_000);
    let mut session = open(&yard);
    scan(&mut session, &unit(1));
    assert_eq!(session.lists().unwrap().count(Tab::ToScan), Some(3_001));
    let confirmed = session.confirm_all(&BTreeMap::new()).unwrap();
    assert_eq!((confirmed.count, confirmed.to_scan.len()), (3_001, 0), "what was scanned is not confirmed again");
    assert_eq!(session.counted(), 3_002);
    assert!(matches!(session.confirm_all(&BTreeMap::new()), Err(ConfirmError::NothingDue)));
    drop(session);
    // After a restart the tap can still be taken back.
    let mut session = open(&yard);
    assert_eq!(session.counted(), 3_002);
    session.undo(confirmed.seq + 1).unwrap().unwrap();
    assert_eq!(session.undo_confirmation().unwrap(), Some(3_000), "one of them was undone by itself");
    assert_eq!(session.counted(), 1);
    assert_eq!(session.undo_confirmation().unwrap(), None);
    assert_eq!(session.lists().unwrap().count(Tab::ToScan), Some(3_001));
    let store = session.into_store();
    assert!(store.verify_log().unwrap().ok);
    let events = store.events().unwrap();
    let lists = of_kind(&events, "list_confirmed");
    let [Act::ListConfirmed { count: 3_001, digest, .. }] = lists.as_slice() else { panic!("{lists:?}") };
    assert_eq!(*digest, confirmed.digest);
    assert!(events.iter().all(|event| event.to_body().unwrap().len() <= BODY_BYTES_MAX));
    let by_tap = events.iter().filter_map(|event| event.act.movement());
    assert_eq!(by_tap.filter(|(_, movement)| movement.how == Capture::Confirmed).count(), 3_001);
}

#[test]
fn lines_that_differ_are_not_confirmed_blindly() {
    let yard = shop(4);
    let mut session = open(&yard);
    let short = LineDiffers { short: 1, damaged: 0, refused: 0 };
    let damaged = LineDiffers { short: 0, damaged: 1, refused: 0 };
    let differs = BTreeMap::from([("POD".into(), short), ("MINT".into(), damaged)]);
    let confirmed = session.confirm_all(&differs).unwrap();
    assert_eq!((confirmed.count, confirmed.to_scan), (2, (1..=4).map(unit).collect()));
    let too_many = BTreeMap::from([("POD".into(), LineDiffers { short: 5, ..LineDiffers::default() })]);
    let refused = session.confirm_all(&too_many).unwrap_err();
    assert!(refused.to_string().contains("5 packages of POD are said to differ, 4 are due"), "{refused}");
    let events = events(session);
    let reports = of_kind(&events, "report");
    let [Act::Report(report)] = reports.as_slice() else { panic!("{reports:?}") };
    assert_eq!((report.what, report.document.as_str()), (ReportKind::Damaged, "D1"));
}

#[test]
fn a_list_nobody_knows_is_not_confirmed() {
    let yard = Yard::new("R1", usual());
    let mut session = yard.begin(Stage::Receipt, "O7", Papers::Without);
    assert!(matches!(session.confirm_all(&BTreeMap::new()), Err(ConfirmError::ListUnknown)));
    drop(session);
    let mut session = yard.begin(Stage::Inbound, "C1", Papers::Without);
    assert!(matches!(session.confirm_all(&BTreeMap::new()), Err(ConfirmError::NotAReceipt)));
    session.close(Close::Final).unwrap();
}

#[test]
fn what_is_sorted_later_is_not_in_the_list() {
    let yard = shop(2);
    let mut session = open(&yard);
    session.confirm_all(&BTreeMap::new()).unwrap();
    drop(session);
    let of = basis("O1", BasisKind::Order, ("W", "R1"), &[("POD", 2), ("MINT", 2)]);
    yard.pull(vec![manifest(&of, "D1", Stage::Sort, (1..=3).map(unit).chain([mint(1), mint(2)]))]);
    let lists = open(&yard).lists().unwrap();
    let due: Vec<_> = lists.page(Tab::ToScan, 0, 10).iter().filter_map(|row| row.code.clone()).collect();
    assert_eq!(due, [unit(3)]);
}
