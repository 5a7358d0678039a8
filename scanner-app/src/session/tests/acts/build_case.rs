use super::*;
use crate::session::cases::{CaseError, ChildAnswer, Filling};

/// A case of POD that holds nothing on record.
fn empty_case() -> PackageCode {
    PackageCode::item(&gtin(1, 1), "NEW").unwrap()
}

/// A unit of POD in no case.
fn loose(n: u32) -> PackageCode {
    PackageCode::item(&gtin(0, 1), &format!("L{n:04}")).unwrap()
}

fn building(yard: &Yard) -> Session {
    let mut session = yard.begin(Stage::Outbound, "C1", Papers::Reserved);
    session.build_case(&label(&empty_case())).unwrap();
    session
}

fn put(session: &mut Session, code: &PackageCode) -> ChildAnswer {
    session.put_in(&label(code), false).unwrap()
}

#[test]
fn a_case_is_counted_resumed_after_a_kill_and_written_once() {
    let yard = Yard::new("M", usual());
    let mut session = building(&yard);
    for n in 1..=4 {
        let ChildAnswer::Added(filling) = put(&mut session, &loose(n)) else { panic!("unit {n}") };
        assert_eq!((filling.children, filling.of), (u64::from(n), Some(10)));
    }
    drop(session);
    let mut session = yard.begin(Stage::Outbound, "C1", Papers::Reserved);
    let (draft, filling) = session.case_draft().unwrap().unwrap();
    assert_eq!((draft.children.len(), filling.words().as_str()), (4, "4 / 10"));
    assert!(matches!(put(&mut session, &loose(4)), ChildAnswer::Already(_)));
    assert!(matches!(session.finish_case(false), Err(CaseError::NotFull { children: 4, of: 10 })));
    for n in 5..=10 {
        put(&mut session, &loose(n));
    }
    let full = Filling { children: 10, of: Some(10), units: 10 };
    assert_eq!(put(&mut session, &loose(11)), ChildAnswer::TooMany(full));
    assert_eq!(session.finish_case(false).unwrap(), full);
    assert_eq!(session.case_draft().unwrap(), None);
    let answer = session.put_in(&label(&loose(12)), false);
    assert!(matches!(answer, Err(CaseError::NoDraft)));
    let events = events(session);
    let associated = of_kind(&events, "associate");
    let [Act::Associate { children, remainder_units: None, .. }] = associated.as_slice() else {
        panic!("{associated:?}")
    };
    assert_eq!(children.len(), 10);
}

#[test]
fn what_does_not_belong_inside_is_said_and_stays_out() {
    let yard = Yard::new("M", usual());
    let mut session = building(&yard);
    assert!(matches!(put(&mut session, &mint(1)), ChildAnswer::WrongProduct { .. }));
    assert_eq!(put(&mut session, &case(2)), ChildAnswer::NotSmaller);
    assert_eq!(put(&mut session, &empty_case()), ChildAnswer::NotSmaller);
    assert_eq!(session.put_in("scratches", false).unwrap(), ChildAnswer::NotACode);
    let elsewhere = put(&mut session, &unit(0));
    assert_eq!(elsewhere, ChildAnswer::InAnotherCase(case(1)));
    assert!(elsewhere.words().en.contains("C0001"[1..].trim_start_matches('0')), "{:?}", elsewhere.words());
    assert!(matches!(session.finish_case(true), Err(CaseError::Empty)));
    // Taken out of its case on record, it may go in.
    session.open_case(&label(&case(1)), &[label(&unit(0))]).unwrap();
    assert!(matches!(put(&mut session, &unit(0)), ChildAnswer::Added(_)));
    assert_eq!(put(&mut session, &unit(1)), ChildAnswer::InAnotherCase(case(1)));
    assert!(matches!(session.put_in(&label(&unit(1)), true).unwrap(), ChildAnswer::Added(_)), "confirmed by the clerk");
}

#[test]
fn one_batch_a_case() {
    let mut records = usual();
    for (pack, batch, n) in [("B1", "2026-1", 1), ("B2", "2026-2", 2)] {
        let issued = Pack::new(pack.into(), "POD".into(), Level::Unit, "C1".into(), Timestamp::from_ms(0));
        records.push(Record::Pack(Pack { batch: Some(batch.to_owned()), ..issued }));
        records.push(Record::Code(CodeRecord::new(loose(n), pack.into(), "POD".into(), None)));
    }
    let yard = Yard::new("M", records);
    let mut session = building(&yard);
    put(&mut session, &loose(1));
    let (found, expected) = ("2026-2".to_owned(), "2026-1".to_owned());
    assert_eq!(put(&mut session, &loose(2)), ChildAnswer::WrongBatch { found, expected });
}

#[test]
fn a_remainder_case_says_its_units_and_one_given_up_leaves_nothing() {
    let yard = Yard::new("M", usual());
    let mut session = building(&yard);
    (1..=3).for_each(|n| drop(put(&mut session, &loose(n))));
    assert_eq!(session.take_out_last().unwrap(), Some(label(&loose(3))));
    session.finish_case(true).unwrap();
    session.build_case(&label(&case(9))).unwrap();
    let another = session.build_case(&label(&case(8))).unwrap_err();
    assert!(another.to_string().contains("finish it or give it up"), "{another}");
    put(&mut session, &loose(7));
    session.give_up_case().unwrap();
    assert_eq!(session.case_draft().unwrap(), None);
    assert!(matches!(session.build_case(&label(&unit(5))), Err(CaseError::NotACase)));
    assert!(matches!(session.build_case("scratches"), Err(CaseError::NotACode(_))));
    let events = events(session);
    let associated = of_kind(&events, "associate");
    assert!(matches!(associated.as_slice(), [Act::Associate { remainder_units: Some(2), .. }]), "{associated:?}");
}

#[test]
fn a_very_large_case_fits_the_wire() {
    let yard = Yard::new("M", usual());
    let mut session = yard.begin(Stage::Outbound, "C1", Papers::Reserved);
    let pallet =
        PackageCode::logistic(&format!("10614141234567890{}", check_digit::compute("10614141234567890"))).unwrap();
    let children: Vec<String> = (0..2_000).map(|n| label(&loose(n))).collect();
    session.check_case(&label(&pallet), &children).unwrap();
    session.open_case(&label(&case(1)), &[]).unwrap();
    let events = events(session);
    let longest = events.iter().map(|event| event.to_body().unwrap().len()).max().unwrap();
    assert!(longest <= shared::wire::BODY_BYTES_MAX, "{longest} bytes");
    let found: usize = of_kind(&events, "case_checked")
        .iter()
        .map(|act| match act {
            Act::CaseChecked { children, .. } => children.len(),
            _ => 0,
        })
        .sum();
    assert_eq!(found, 2_000);
    assert!(
        matches!(of_kind(&events, "dissociate").as_slice(), [Act::Dissociate { children, .. }] if children.is_empty())
    );
}

#[test]
fn a_case_is_opened_once_until_it_holds_something_again() {
    let yard = Yard::new("M", usual());
    let mut session = yard.begin(Stage::Outbound, "C1", Papers::Reserved);
    assert!(session.is_of_a_case(&label(&case(1))).unwrap());
    assert!(!session.is_of_a_case(&label(&unit(0))).unwrap() && !session.is_of_a_case("scratches").unwrap());
    assert!(session.open_case(&label(&case(1)), &[label(&unit(0))]).unwrap());
    assert!(session.open_case(&label(&case(1)), &[]).unwrap(), "one came out before, now all do");
    assert!(!session.open_case(&label(&case(1)), &[]).unwrap(), "it is open");
    assert!(session.open_case(&label(&case(2)), &[]).unwrap(), "another is not");
    session.build_case(&label(&case(1))).unwrap();
    put(&mut session, &loose(7));
    session.finish_case(true).unwrap();
    assert!(session.open_case(&label(&case(1)), &[]).unwrap(), "something was put in since");
    let opened = of_kind(&events(session), "dissociate").len();
    assert_eq!(opened, 4);
}
