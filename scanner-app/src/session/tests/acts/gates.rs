use ring::signature::Ed25519KeyPair;
use shared::event::{Close, GateState};
use shared::mismatch::{Kind, ScanResult};
use shared::paper::Paper;
use shared::rules::gate::{ClearedBy, Reason, Wait};
use shared::wire::GateAnswer;

use super::*;
use crate::session::opening::Place;
use crate::session::{Closing, shut};

fn closing() -> Closing {
    Closing { close: Close::Final, carrier: Some("K".to_owned()) }
}

fn loaded(yard: &Yard) -> Session {
    let mut session = yard.begin(Stage::Outbound, "C1", Papers::Reserved);
    for n in 1..=3 {
        assert_eq!(scan(&mut session, &case(n)).result, ScanResult::Accepted, "case {n}");
    }
    session
}

/// The number of the event that asked.
fn asked(yard: &Yard) -> u64 {
    let events = yard.store().events().unwrap();
    events.iter().rfind(|event| event.act.as_str() == "gate_asked").unwrap().seq
}

#[test]
fn from_a_contract_alone_to_a_cleared_gate() {
    let yard = Yard::new("M", usual());
    let mut session = loaded(&yard);
    let departure = session.conclude(&closing()).unwrap();
    let (note, loaded) = &departure.notes[0];
    assert_eq!(note.document.as_str(), "S-00000000-1");
    assert_eq!((note.consignor.as_str(), note.consignee.as_str(), note.carrier.as_str()), ("M", "W", "K"));
    assert_eq!(note.lines, [Line::new("POD".into(), 30)]);
    assert_eq!((note.packing_level, departure.closed.scanned), (Level::Case, 3));
    let paper = crate::session::note::paper(note, loaded).to_string();
    let Some(Ok(Paper::Document(read))) = Paper::read(&paper) else { panic!("{paper}") };
    assert_eq!((read.document, read.units), (note.document.clone(), Some(30)));

    let gate = &departure.gates[0];
    assert_eq!((gate.standing.state, gate.standing.waits.clone()), (GateState::Waiting, [Wait::Upload].into()));
    assert!(session.gate_paper(gate).is_none(), "a shut gate has no paper");
    drop(session);
    let recorded = words(&yard.store().events().unwrap());
    assert_eq!(
        recorded[2..],
        ["outbound", "outbound", "outbound", "document_drafted", "task_closed", "gate_asked", "gate"]
    );

    // A restart, a sync, the server's answer.
    let shut = Session::shut_gates(&yard.store()).unwrap();
    assert_eq!(shut.len(), 1);
    let answer = GateAnswer {
        seq: asked(&yard),
        state: GateState::Cleared,
        reasons: Vec::new(),
        settled: Vec::new(),
        position: 42,
    };
    let mut store = yard.store();
    let epoch = store.epoch();
    assert!(store.open_questions(9).unwrap().is_empty(), "the server does not hold the question yet");
    assert_eq!(store.keep_gate_answers(epoch, std::slice::from_ref(&answer)).unwrap(), 1);
    let again = GateAnswer { position: 43, ..answer.clone() };
    assert_eq!(store.keep_gate_answers(epoch, &[again]).unwrap(), 0, "later, and the same");
    store.keep_gate_answers(epoch, &[answer]).unwrap();
    let mut session = Session::revisit(store, yard.device(), yard.identity(), shut[0].clone()).unwrap();
    let gates = session.watch_gates().unwrap();
    let standing = &gates[0].standing;
    assert_eq!(
        (standing.state, standing.by, standing.position),
        (GateState::Cleared, Some(ClearedBy::Server), Some(42))
    );
    let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let paper = session.gate_paper(&gates[0]).unwrap().signed(&key);
    let Some(Ok(Paper::Gate(read))) = Paper::read(&paper.to_string()) else { panic!("{paper}") };
    assert_eq!((read.packages, read.units, read.position, *read == paper), (3, 30, Some(42), true));
    assert!(read.verifies(&crate::keys::public(&key)));

    // Watched again, nothing changed: no event, so no sync wakes for it.
    session.watch_gates().unwrap();
    let recorded = words(&events(session));
    assert_eq!(recorded[9..], ["gate"]);
    assert!(Session::shut_gates(&yard.store()).unwrap().is_empty());
}

#[test]
fn a_kill_between_the_close_and_the_question_does_not_lose_the_gate() {
    let yard = Yard::new("M", usual());
    let mut session = loaded(&yard);
    session.conclude(&closing()).unwrap();
    let mut store = session.into_store();
    // As the close's own transaction leaves it.
    let task = store.closed_final().unwrap().remove(0);
    store.remember(&task.task, "gate", Some(&Vec::<String>::new())).unwrap();
    drop(store);
    let shut = Session::shut_gates(&yard.store()).unwrap();
    assert_eq!(shut, [task]);
}

#[test]
fn what_is_short_of_its_note_is_held() {
    let mut records = usual();
    let of = basis("C2", BasisKind::Contract, ("M", "W"), &[("POD", 30)]);
    records.extend([note("N2", &of), Record::Basis(of)]);
    let yard = Yard::new("M", records);
    let mut session = yard.begin(Stage::Outbound, "C2", Papers::Named("N2".into()));
    scan(&mut session, &case(1));
    let departure = session.conclude(&closing()).unwrap();
    assert!(departure.notes.is_empty(), "the note came with the task");
    let standing = &departure.gates[0].standing;
    assert_eq!(standing.state, GateState::Held);
    assert!(standing.reasons.iter().any(|reason| matches!(reason, Reason::SetDiffers { scanned_units: 10, .. })));
    drop(session);
    // The list of tasks says with whom, and how much was to go.
    let (member, site) = ("M".into(), "S".into());
    let place = Place { member: &member, site: &site };
    let work = shut(&yard.store(), place, yard.device().now(), &departure.gates).unwrap();
    let told: Vec<_> = work
        .iter()
        .map(|work| (work.counterparty.as_str(), work.progress.packages_counted, work.progress.packages_expected))
        .collect();
    assert_eq!(told, [("W", 1, Some(3))]);
}

#[test]
fn a_package_that_was_sent_before_is_told_with_its_document() {
    let mut records = usual();
    let of = basis("C2", BasisKind::Contract, ("M", "W"), &[("POD", 60)]);
    records.extend([note("N2", &of), note("N3", &of), Record::Basis(of)]);
    let yard = Yard::new("M", records);
    let mut session = yard.begin(Stage::Outbound, "C2", Papers::Named("N2".into()));
    let first = scan(&mut session, &case(1));
    assert_eq!(session.sent_with(&first).unwrap(), None);
    drop(session);
    let mut session = yard.begin(Stage::Outbound, "C2", Papers::Named("N3".into()));
    let twice = scan(&mut session, &case(1));
    let kinds = |answer: &Feedback| answer.verdict.iter().map(|found| found.kind).collect::<Vec<_>>();
    assert_eq!((twice.result, kinds(&twice)), (ScanResult::Wrong, vec![Kind::DuplicateMovement]));
    let other = Some((Stage::Outbound, "C2".into(), "N2".into()));
    assert_eq!(session.sent_with(&twice).unwrap(), other);
    let again = scan(&mut session, &case(1));
    assert_eq!(kinds(&again), [Kind::DuplicateMovement, Kind::RepeatedScan], "still grave, and told as a repeat");
    assert_eq!(session.sent_with(&again).unwrap(), other);
    drop(session);
    // Sent on under another basis since: what speaks against the scan is still the other note of its own.
    let mut session = yard.begin(Stage::Outbound, "C1", Papers::Reserved);
    scan(&mut session, &case(1));
    assert_eq!(session.sent_with(&twice).unwrap(), other);
    drop(session);
    let mut session = yard.begin(Stage::Outbound, "C2", Papers::Named("N2".into()));
    session.undo(first.seq).unwrap().unwrap();
    assert_eq!(session.sent_with(&twice).unwrap(), None, "it is no longer on the other");
}

#[test]
fn a_note_drafted_twice_stands_once() {
    let yard = Yard::new("M", usual());
    let mut session = loaded(&yard);
    session.conclude(&closing()).unwrap();
    let number = session.task().document.clone();
    drop(session);
    // Scanned on under the same number.
    let mut session = yard.begin(Stage::Outbound, "C1", Papers::Named(number.clone()));
    assert_eq!(session.undo_last().unwrap(), None, "scans of the closed task are not this task's to undo");
    let departure = session.conclude(&closing()).unwrap();
    assert_eq!(departure.notes[0].0.document, number);
    let events = events(session);
    assert_eq!(of_kind(&events, "document_drafted").len(), 2);
    assert_eq!(of_kind(&events, "void").len(), 1, "the first draft");
}

#[test]
fn set_aside_packages_are_not_on_the_note_until_released() {
    let yard = Yard::new("M", usual());
    let mut session = yard.begin(Stage::Outbound, "C1", Papers::Reserved);
    scan(&mut session, &case(1));
    let blocked = scan(&mut session, &mint(1));
    assert!(blocked.result >= ScanResult::Wrong, "{blocked:?}");
    let partial = session.conclude(&Closing { close: Close::Partial, carrier: None }).unwrap();
    assert!(partial.notes.is_empty() && partial.gates.is_empty());
    assert_eq!((partial.closed.scanned, partial.closed.set_aside), (1, 1));
    drop(session);
    let mut session = yard.begin(Stage::Outbound, "C1", Papers::Reserved);
    let aside = session.release(blocked.seq).unwrap_err();
    assert!(aside.to_string().contains("not set aside"), "it is another task's: {aside}");
    let departure = session.conclude(&closing()).unwrap();
    assert_eq!(departure.notes[0].0.document.as_str(), "S-00000000-1", "the same note goes on");
    assert_eq!(departure.notes[0].0.lines, [Line::new("POD".into(), 10)]);
}
