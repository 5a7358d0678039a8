use std::collections::BTreeSet;

use shared::event::ReportKind;
use shared::mismatch::{Kind, ScanResult};

use super::*;
use crate::session::lists::{Lists, Row, Tab, held_count};
use crate::session::reports::{COUNT_MAX, ReportError, Reported};
use crate::session::{Counts, Feedback};

fn hub() -> Yard {
    let of = basis("C1", BasisKind::Contract, ("M", "W"), &[("POD", 30)]);
    let mut records = usual();
    records.push(note("FH-1", &of));
    records.push(manifest(&of, "FH-1", Stage::Outbound, (1..=3).map(case)));
    Yard::new("W", records)
}

fn inbound(yard: &Yard) -> Session {
    yard.begin(Stage::Inbound, "C1", Papers::Named("FH-1".into()))
}

#[test]
fn lists_name_the_exact_missing_codes() {
    let yard = hub();
    let mut session = inbound(&yard);
    scan(&mut session, &case(2));
    scan(&mut session, &case(2));
    scan(&mut session, &case(7));
    let lists = session.lists().unwrap();
    let codes = |tab| lists.page(tab, 0, 99).iter().filter_map(|row| row.code.clone()).collect::<Vec<_>>();
    assert_eq!(codes(Tab::ToScan), [case(1), case(3)]);
    assert_eq!(codes(Tab::Duplicate), [case(2)]);
    assert_eq!(codes(Tab::Extra), [case(7)]);
    let found: Vec<_> = lists.search(Tab::ToScan, " 0003 ").filter_map(|row| row.code.clone()).collect();
    assert_eq!(found, [case(3)]);
    assert_eq!(lists.search(Tab::ToScan, "0002").count(), 0);
    assert_eq!(session.undo_last().unwrap().map(|undone| undone.result >= ScanResult::Accepted), Some(true));
    assert_eq!(session.lists().unwrap().count(Tab::Extra), Some(0), "what is undone is on no list");
}

#[test]
fn a_held_package_that_is_scanned_again_is_one_package() {
    let yard = hub();
    let mut session = inbound(&yard);
    let held = scan(&mut session, &case(7));
    assert_eq!(held.result, ScanResult::Wrong);
    // The clerk saw nothing of it: the camera reads the label anew, and the scan is a fact of its own.
    let again = Feedback { seq: held.seq + 1, ..held.clone() };
    let by_gun = Feedback { text: case(7).to_string(), seq: held.seq + 2, ..held.clone() };
    let feedback = [held, again, by_gun];
    for stage in [Stage::Inbound, Stage::Outbound] {
        let lists = Lists::new(&feedback, stage, None, &BTreeSet::new());
        assert_eq!((lists.count(Tab::SetAside), lists.count(Tab::Extra)), (Some(1), Some(1)));
        assert_eq!(lists.page(Tab::SetAside, 0, 9)[0].seq, Some(feedback[2].seq), "its newest scan");
        assert_eq!(held_count(&feedback, stage), 1, "the figure says what the list says");
    }
    assert!(matches!(session.release(feedback[0].seq), Err(ReportError::NotSetAside(_))), "what arrived is here");
    assert!(!session.is_set_aside(feedback[0].seq).unwrap());
}

#[test]
fn a_session_that_rests_keeps_what_the_screen_tells_of_and_judges_as_before() {
    let yard = hub();
    let mut session = inbound(&yard);
    for n in 1..=2 {
        assert_eq!(scan(&mut session, &case(n)).result, ScanResult::Accepted);
    }
    session.lists().unwrap();
    assert!(session.references().codes.contains_key(&case(3)), "the list asked for what is still to come");
    let before = session.progress().unwrap();
    session.rest();
    assert!(!session.references().codes.contains_key(&case(3)), "no scan told of it");
    assert!(session.references().codes.contains_key(&case(2)));
    assert_eq!(session.progress().unwrap(), before);
    assert_eq!(scan(&mut session, &case(2)).result, ScanResult::Duplicate);
    assert_eq!(scan(&mut session, &case(3)).result, ScanResult::Accepted);
}

#[test]
fn a_sender_has_no_list_to_expect() {
    let yard = Yard::new("M", usual());
    let mut session = yard.begin(Stage::Outbound, "C1", Papers::Reserved);
    let lists = session.lists().unwrap();
    assert_eq!(lists.count(Tab::ToScan), None);
    assert!(lists.when_empty(Tab::ToScan).en.starts_with("The note lists no single packages"));
    assert_eq!(lists.count(Tab::Notes), Some(0));
}

#[test]
fn pages_are_slices_and_never_beyond_the_end() {
    let row = |n: u32| Row {
        text: label(&case(n)),
        code: Some(case(n)),
        seq: None,
        at: Timestamp::from_ms(0),
        kinds: Vec::new(),
    };
    let lists = Lists::new(&[], Stage::Inbound, Some((0..10_000).map(row).collect()), &BTreeSet::new());
    assert_eq!(lists.count(Tab::ToScan), Some(10_000));
    assert_eq!(lists.page(Tab::ToScan, 9_990, 50).len(), 10);
    assert_eq!(lists.page(Tab::ToScan, 20_000, 50).len(), 0);
    assert_eq!(lists.page(Tab::ToScan, 7, 1)[0].code, Some(case(7)));
    assert_eq!(lists.page(Tab::ToScan, 7, usize::MAX).len(), 9_993);
}

#[test]
fn a_released_package_counts_again() {
    let yard = Yard::new("M", usual());
    let mut session = yard.begin(Stage::Outbound, "C1", Papers::Reserved);
    let aside = scan(&mut session, &mint(1));
    assert!(aside.result >= ScanResult::Wrong);
    assert_eq!(session.lists().unwrap().count(Tab::SetAside), Some(1));
    assert_eq!(session.counts().unwrap(), Counts { own: 0, all: 0 });
    session.release(aside.seq).unwrap();
    assert_eq!(session.lists().unwrap().count(Tab::SetAside), Some(0));
    assert_eq!(session.counts().unwrap(), Counts { own: 1, all: 1 });
    assert!(matches!(session.release(aside.seq), Err(ReportError::NotSetAside(_))));
}

#[test]
fn reports_are_events_of_their_own() {
    let yard = hub();
    let mut session = inbound(&yard);
    let photo = shared::chain::sha256(&[b"photo"]);
    session.report(&Reported { photos: vec![photo], ..Reported::counted(ReportKind::Damaged, 3) }).unwrap();
    session.report(&Reported::of_label(ReportKind::PhysicalDiffers, &label(&case(1)))).unwrap();
    let stolen = Reported { pack: Some("PC".into()), ..Reported::counted(ReportKind::Stolen, 1) };
    session.report(&stolen).unwrap();
    for wrong in [
        Reported::counted(ReportKind::Damaged, 0),
        Reported::counted(ReportKind::Damaged, COUNT_MAX + 1),
        Reported { count: 2, ..stolen.clone() },
        Reported { what: ReportKind::Damaged, ..stolen },
    ] {
        assert!(session.report(&wrong).is_err(), "{wrong:?}");
    }
    session.acknowledge(Vec::new()).unwrap();
    session.acknowledge(vec![Kind::ManualEntry]).unwrap();
    let events = events(session);
    let photos: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.act {
            Act::Report(report) => Some(report.photos.len()),
            _ => None,
        })
        .collect();
    assert_eq!(photos, [1, 0, 0, 0, 0]);
    assert_eq!(of_kind(&events, "acknowledged").len(), 1);
}

#[test]
fn the_next_operator_goes_on_at_the_same_package() {
    let yard = hub();
    let mut session = inbound(&yard);
    scan(&mut session, &case(1));
    session.sign_in("Y".into()).unwrap();
    session.sign_in("Y".into()).unwrap();
    scan(&mut session, &case(2));
    session.keep_place("tab", Some(&"set aside")).unwrap();
    assert_eq!(session.counts().unwrap(), Counts { own: 2, all: 2 });
    drop(session);
    let session = inbound(&yard);
    assert_eq!(session.place::<String>("tab").unwrap().as_deref(), Some("set aside"));
    assert_eq!(session.place::<String>("other").unwrap(), None);
    let events = events(session);
    let who: Vec<_> =
        events.iter().map(|event| (event.act.as_str(), event.operator.as_ref().unwrap().as_str())).collect();
    assert_eq!(who[2..], [("inbound", "Z"), ("operator_changed", "Y"), ("inbound", "Y")]);
}
