use shared::ids::{BasisId, DocumentId};
use shared::reference::References;

use super::*;
use crate::session::look_up::look_up_in;
use crate::session::opening::Place;
use crate::session::routing::{Route, Surroundings, route};

fn references(records: Vec<Record>) -> References {
    let mut references = References::default();
    for record in records {
        references.insert(record);
    }
    references
}

fn known() -> References {
    let mut records = usual();
    let of = basis("C2", BasisKind::Contract, ("M", "W"), &[("POD", 20)]);
    records.extend([note("FH-2031", &of), Record::Basis(of)]);
    references(records)
}

fn at(text: &str, task: Option<(&str, &str)>, counts: bool) -> Route {
    let task = task.map(|(basis, document)| (BasisId::from(basis), DocumentId::from(document)));
    let (member, site) = ("W".into(), "S".into());
    let place = Place { member: &member, site: &site };
    let task = task.as_ref().map(|(basis, document)| (basis, document));
    route(text, &known(), |text| text == "STAFF-0042", &Surroundings { place, task, counts })
}

#[test]
fn a_package_moves_only_inside_an_open_task_where_packages_count() {
    let text = label(&case(1));
    let open = Some(("C2", "FH-2031"));
    assert_eq!(at(&text, open, true), Route::Movement(case(1)));
    assert_eq!(at(&text, open, false), Route::LookUp(case(1)));
    assert_eq!(at(&text, None, true), Route::LookUp(case(1)));
}

#[test]
fn a_document_opens_its_task_by_any_of_its_texts() {
    for text in [
        "TALLYMAN:DOC/FH-2031/BASIS/C2",
        "TALLYMAN:DOC/FH-2031",
        "FH-2031",
        " FH-2031 ",
        "(401)FH-2031",
        "]C1401FH-2031\u{1d}1012",
        "(400)C2",
        "C2",
    ] {
        let Route::Open(read) = at(text, None, false) else { panic!("{text}") };
        let opening = read.opening.unwrap();
        assert_eq!((opening.stage, opening.basis.as_str()), (Stage::Inbound, "C2"), "{text}");
        assert_eq!(opening.papers, Papers::Named("FH-2031".into()), "{text}");
    }
}

#[test]
fn inside_a_task_another_document_asks_and_the_same_does_not() {
    let open = Some(("C2", "FH-2031"));
    assert_eq!(at("FH-2031", open, true), Route::SameTask);
    assert_eq!(at("TALLYMAN:DOC//BASIS/C2", open, true), Route::SameTask);
    let Route::Switch(read) = at("TALLYMAN:DOC/FH-9/BASIS/C9", open, true) else { panic!("no question") };
    assert_eq!((read.document.as_str(), read.basis, read.opening), ("FH-9", Some("C9".into()), None), "not known here");
}

#[test]
fn a_badge_never_becomes_a_scan_and_the_rest_is_told_apart() {
    let open = Some(("C2", "FH-2031"));
    for badge in ["TALLYMAN:BADGE/1024-7K3M", "STAFF-0042"] {
        for task in [None, open] {
            assert_eq!(at(badge, task, true), Route::Badge(badge.to_owned()));
        }
    }
    assert!(matches!(at("TALLYMAN:ENROL/TOKEN", open, true), Route::Enrolment(_)));
    assert!(matches!(at("TALLYMAN:DOC/", open, true), Route::Unusable(_)));
    for unknown in ["FH-0000", "(401)FH-0000", "(401)", "hello", ""] {
        assert_eq!(at(unknown, open, true), Route::Unknown, "{unknown}");
    }
}

#[test]
fn a_contract_alone_opens_with_a_note_of_our_own_where_goods_leave() {
    let (member, site) = ("M".into(), "S".into());
    let here = Surroundings { place: Place { member: &member, site: &site }, task: None, counts: false };
    let Route::Open(read) = route("C1", &known(), |_| false, &here) else { panic!("not opened") };
    let opening = read.opening.unwrap();
    assert_eq!((opening.stage, opening.papers), (Stage::Outbound, Papers::Reserved));
}

#[test]
fn a_look_up_tells_trail_case_and_where_it_belongs() {
    let of = basis("C2", BasisKind::Contract, ("M", "W"), &[("POD", 20)]);
    let mut records = usual();
    records.extend([note("FH-2031", &of), Record::Basis(of.clone())]);
    records.push(manifest(&of, "FH-2031", Stage::Outbound, [case(1), case(2)].into_iter()));
    let yard = Yard::new("W", records);
    let mut session = yard.begin(Stage::Inbound, "C2", Papers::Named("FH-2031".into()));
    scan(&mut session, &case(1));
    drop(session);
    let (member, site) = ("W".into(), "S".into());
    let place = Place { member: &member, site: &site };
    let found = look_up_in(&yard.store(), place, &unit(3), yard.device.now()).unwrap();
    assert_eq!(found.parent, Some(case(1)));
    assert_eq!((found.pack, found.level), (Some("PU".into()), Some((Level::Unit, 1))));
    let steps: Vec<_> = found.trail.iter().map(|step| (step.stage, step.is_scanned)).collect();
    assert_eq!(steps, [(Stage::Outbound, false), (Stage::Inbound, false)], "inferred from its case");
    assert_eq!((found.belongs[0].document.as_str(), found.belongs[0].is_listed), ("FH-2031", true));
    let own = look_up_in(&yard.store(), place, &case(1), yard.device.now()).unwrap();
    assert!(own.trail.iter().all(|step| step.is_scanned));
    let unknown = PackageCode::item(&gtin(1, 2), "NEVER").unwrap();
    let nothing = look_up_in(&yard.store(), place, &unknown, yard.device.now()).unwrap();
    assert!(nothing.trail.is_empty() && nothing.pack.is_none() && nothing.belongs.is_empty());
    assert_eq!(nothing.product.unwrap().1, "MINT", "by its GTIN");
}
