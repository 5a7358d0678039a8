//! What is not done every day: returns and their approvals, cases checked, papers compared, losses outside a task, undo with a reason,
//! what a place is offered.

use shared::event::{PaperField, PaperMark, ReportKind, ReturnReason, VoidReason};
use shared::mismatch::{Kind, Mismatch, Scope, Severity, State, Subject};
use shared::reference::{Element, Member, Role};
use shared::wire::SiteMismatch;

use super::*;
use crate::session::cases::{CaseError, FoundAnswer};
use crate::session::opening::{Place, return_reason_of};
use crate::session::overview;
use crate::session::reports::{Reported, own_packs, report_at_desk};
use crate::session::returning::{approvals_in, returnable};

fn trade() -> Basis {
    basis("C1", BasisKind::Contract, ("M", "W"), &[("POD", 30)])
}

fn place<'p>(member: &'p shared::ids::MemberId, site: &'p shared::ids::SiteId) -> Place<'p> {
    Place { member, site }
}

#[test]
fn a_document_of_a_trade_can_go_back_and_approvals_say_how_much() {
    let mut records = usual();
    records.push(note("FH-1", &trade()));
    records.push(Record::Basis(basis("A1", BasisKind::ReturnApproval, ("M", "W"), &[("POD", 15)])));
    records.push(Record::Basis(basis("A2", BasisKind::ReturnApproval, ("M", "R1"), &[("POD", 99)])));
    let yard = Yard::new("W", records);
    let (member, site) = ("W".into(), "S".into());
    let found = returnable(&yard.store(), place(&member, &site)).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].stage, found[0].document.as_str(), found[0].units), (Stage::ReturnOut, "FH-1", 30));
    let (seller, stranger) = ("M".into(), "R1".into());
    assert_eq!(returnable(&yard.store(), place(&seller, &site)).unwrap()[0].stage, Stage::ReturnIn);
    assert!(returnable(&yard.store(), place(&stranger, &site)).unwrap().is_empty());

    let opening = |reason| Opening {
        stage: Stage::ReturnOut,
        basis: "C1".into(),
        papers: Papers::Named("FH-1".into()),
        reason: Some(reason),
    };
    let begin = |reason| Session::begin(yard.store(), yard.device(), yard.identity(), &opening(reason)).unwrap();
    let mut session = begin(ReturnReason::Quality);
    let covered = |session: &mut Session| {
        let approved = session.approvals().unwrap();
        approved.into_iter().map(|line| (line.product, line.approved_units, line.used_units)).collect::<Vec<_>>()
    };
    assert_eq!(covered(&mut session), [("POD".to_owned(), 15, 0)]);
    scan(&mut session, &case(1));
    assert_eq!(covered(&mut session), [("POD".to_owned(), 15, 10)]);
    let task = session.task().clone();
    drop(session);
    assert_eq!(return_reason_of(&yard.store(), &task).unwrap(), Some(ReturnReason::Quality));
    // What was never taken in uses up nothing.
    let mut session = begin(ReturnReason::Refused);
    scan(&mut session, &case(2));
    assert_eq!(covered(&mut session), [("POD".to_owned(), 15, 10)]);
    drop(session);
    let under = (&"C1".into(), Stage::ReturnOut);
    let before = approvals_in(&yard.store(), &member, under, yard.device().now()).unwrap();
    assert_eq!(before.iter().map(|line| line.used_units).collect::<Vec<_>>(), [10]);
    assert_eq!(before[0].approvals, ["A1".into()]);
}

#[test]
fn a_check_names_what_is_missing_and_what_does_not_belong_and_survives_a_kill() {
    let yard = Yard::new("M", usual());
    let mut session = yard.begin(Stage::Outbound, "C1", Papers::Reserved);
    assert!(matches!(session.found_inside(&label(&unit(0))), Err(CaseError::NoDraft)));
    session.begin_check(&label(&case(1))).unwrap();
    for n in 0..8 {
        assert_eq!(session.found_inside(&label(&unit(n))).unwrap(), FoundAnswer::Belongs, "unit {n}");
    }
    drop(session);
    let mut session = yard.begin(Stage::Outbound, "C1", Papers::Reserved);
    assert_eq!(session.found_inside(&label(&unit(3))).unwrap(), FoundAnswer::Already);
    assert_eq!(session.found_inside(&label(&unit(10))).unwrap(), FoundAnswer::OfAnotherCase(case(2)));
    assert_eq!(session.found_inside(&label(&mint(1))).unwrap(), FoundAnswer::NotOnRecord);
    assert_eq!(session.found_inside("scratches").unwrap(), FoundAnswer::NotACode);
    assert_eq!(session.found_inside(&label(&case(1))).unwrap(), FoundAnswer::TheCase);
    assert!(matches!(session.begin_check(&label(&case(2))), Err(CaseError::AnotherDraft(_))));
    let standing = session.case_check().unwrap().unwrap();
    assert_eq!((standing.found.len(), standing.foreign(), standing.on_record), (10, 2, Some(10)));
    assert_eq!(standing.missing, [unit(8), unit(9)]);
    assert_eq!(session.unfind_last().unwrap(), Some(label(&mint(1))));
    assert_eq!(session.finish_check().unwrap().foreign(), 1);
    assert_eq!(session.case_check().unwrap(), None);
    // One that is left leaves nothing behind.
    session.begin_check(&label(&case(3))).unwrap();
    session.leave_check().unwrap();
    let events = events(session);
    let checked = of_kind(&events, "case_checked");
    assert!(matches!(checked.as_slice(), [Act::CaseChecked { children, .. }] if children.len() == 9), "{checked:?}");
}

#[test]
fn papers_are_recorded_field_by_field_and_the_last_check_holds() {
    let yard = Yard::new("M", usual());
    let mut session = yard.begin(Stage::Outbound, "C1", Papers::Named("FH-1".into()));
    assert_eq!(session.papers_checked().unwrap(), None);
    let fields = |mark| vec![PaperField { element: Element::Carrier, mark }];
    session.check_papers(fields(PaperMark::Differs), Vec::new()).unwrap();
    assert_eq!(session.papers_checked().unwrap().map(|checked| checked.is_equal()), Some(false));
    session.check_papers(fields(PaperMark::Equal), vec![shared::chain::Hash::new([7; 32])]).unwrap();
    let checked = session.papers_checked().unwrap().unwrap();
    assert_eq!((checked.is_equal(), checked.photos), (true, 1));
    drop(session);
    let mut session = yard.begin(Stage::Outbound, "C1", Papers::Named("FH-1".into()));
    assert!(session.papers_checked().unwrap().is_some_and(|checked| checked.is_equal()), "after a restart");
    assert_eq!(of_kind(&events(session), "papers_checked").len(), 2);
}

#[test]
fn a_stolen_pack_is_reported_without_a_task() {
    let yard = Yard::new("M", usual());
    let references = yard.store().pulled().unwrap().references;
    assert_eq!(own_packs(&references, &"M".into()), ["PC".into(), "PU".into()]);
    assert!(own_packs(&references, &"W".into()).is_empty());
    let mut store = yard.store();
    let device = yard.device();
    let stolen = Reported::of_pack(ReportKind::Stolen, "PU".into());
    report_at_desk(&mut store, device.as_ref(), &yard.identity(), &stolen).unwrap();
    let damaged = Reported::counted(ReportKind::Damaged, 2);
    report_at_desk(&mut store, device.as_ref(), &yard.identity(), &damaged).unwrap();
    let wrong = Reported { pack: Some("PU".into()), ..Reported::counted(ReportKind::Damaged, 1) };
    assert!(report_at_desk(&mut store, device.as_ref(), &yard.identity(), &wrong).is_err());
    let events = store.events().unwrap();
    assert_eq!(words(&events), ["epoch_started", "report", "report", "report"]);
    let Act::Report(report) = &events[1].act else { panic!("{:?}", events[1]) };
    assert_eq!((report.basis.as_str(), report.pack.as_ref().map(shared::ids::PackId::as_str)), ("C1", Some("PU")));
    assert!(store.verify_log().unwrap().ok);
}

#[test]
fn another_persons_scan_and_an_old_one_want_a_reason() {
    let yard = Yard::new("M", usual());
    let mut session = yard.begin(Stage::Outbound, "C1", Papers::Reserved);
    let first = scan(&mut session, &case(1));
    assert!(!session.asks_why_undone(first.seq));
    session.sign_in("Y".into()).unwrap();
    assert!(session.asks_why_undone(first.seq));
    let second = scan(&mut session, &case(2));
    assert!(!session.asks_why_undone(second.seq));
    yard.device.pass_ms(25 * 3_600_000);
    assert!(session.asks_why_undone(second.seq), "a day later");
    session.undo_because(second.seq, VoidReason::IncorrectData).unwrap();
    let events = events(session);
    let voids = of_kind(&events, "void");
    assert!(matches!(voids.as_slice(), [Act::Void { reason: VoidReason::IncorrectData, .. }]), "{voids:?}");
}

#[test]
fn a_site_is_offered_its_transfers_with_and_without_a_document() {
    let transfer = |number: &str, from: &str, to: &str| Basis {
        from_site: Some(from.into()),
        to_site: Some(to.into()),
        ..basis(number, BasisKind::Transfer, ("M", "M"), &[("POD", 20)])
    };
    let mut records = usual();
    let coming = transfer("T2", "hub", "S");
    records.push(note("DB-2", &coming));
    records.extend([transfer("T1", "S", "hub"), coming, transfer("T3", "hub", "yard")].map(Record::Basis));
    let yard = Yard::new("M", records);
    let (member, site) = ("M".into(), "S".into());
    let work = overview(&yard.store(), place(&member, &site), yard.device().now()).unwrap();
    let offered: Vec<_> = work
        .iter()
        .map(|work| (work.stage, work.basis.as_str(), work.document.as_str(), work.counterparty.as_str()))
        .collect();
    assert_eq!(offered, [(Stage::TransferIn, "T2", "DB-2", "hub"), (Stage::TransferOut, "T1", "none", "hub")]);
}

#[test]
fn a_task_carries_its_day_and_the_blocks_that_came_since() {
    let until = Timestamp::from_ms(1_772_500_000_000);
    let of = Basis { until: Some(until), ..trade() };
    let mut records = usual();
    records.extend([note("FH-1", &of), Record::Basis(of)]);
    let blocked = |code: PackageCode| Mismatch {
        kind: Kind::FrozenCode,
        subject: Subject(code.to_string()),
        state: State::Confirmed,
        severity: Severity::Block,
        scope: Scope::Code(code.clone()),
        basis: Some("C1".into()),
        document: Some("FH-1".into()),
        count: 1,
        codes: [code].into(),
        events: [].into(),
        at: until,
        due: None,
    };
    let yard = Yard::new("W", records);
    let (member, site) = ("W".into(), "S".into());
    let told = || {
        let work = overview(&yard.store(), place(&member, &site), yard.device().now()).unwrap();
        work.iter().map(|work| (work.due, work.blocks)).collect::<Vec<_>>()
    };
    let pull = |code| {
        let (mismatch, state) = (blocked(code), State::Confirmed);
        yard.pull(vec![Record::Mismatch(SiteMismatch { mismatch, state, raised_at: until })]);
    };
    pull(case(1));
    assert_eq!(told(), [(Some(until), 0)], "nobody here has it to set it aside");
    let mut session = yard.begin(Stage::Inbound, "C1", Papers::Named("FH-1".into()));
    scan(&mut session, &case(2));
    drop(session);
    assert_eq!(told(), [(Some(until), 0)], "another one");
    pull(case(2));
    assert_eq!(told(), [(Some(until), 1)]);
}

#[test]
fn a_trail_that_does_not_begin_at_its_maker_is_partial() {
    let mut records = usual();
    records.push(note("FH-1", &trade()));
    records.push(manifest(&trade(), "FH-1", Stage::Outbound, [case(1)].into_iter()));
    let yard = Yard::new("W", records);
    let mut session = yard.begin(Stage::Inbound, "C1", Papers::Named("FH-1".into()));
    let found = session.look_up(&case(1)).unwrap();
    assert!(!found.is_partial);
    let told: Vec<_> = found.trail.iter().map(|step| (step.member.as_str(), step.by.as_str())).collect();
    assert_eq!(told, [("M", "M")], "nobody here knows its name");
    assert!(session.look_up(&case(2)).unwrap().is_partial, "nobody here knows where it was");
    assert!(session.look_up(&mint(1)).unwrap().is_partial, "not registered here");
}

#[test]
fn a_trail_calls_members_by_their_names() {
    let mut records = usual();
    records.push(note("FH-1", &trade()));
    records.push(manifest(&trade(), "FH-1", Stage::Outbound, [case(1)].into_iter()));
    records.push(Record::Member(Member::new("M".into(), "广州制造".into(), Role::Maker)));
    let yard = Yard::new("W", records);
    let mut session = yard.begin(Stage::Inbound, "C1", Papers::Named("FH-1".into()));
    let found = session.look_up(&case(1)).unwrap();
    assert_eq!(found.trail.iter().map(|step| step.by.as_str()).collect::<Vec<_>>(), ["广州制造"]);
}
