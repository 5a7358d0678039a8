use std::collections::BTreeSet;

use proptest::prelude::*;
use shared::chain::{Hash, sha256};
use shared::event::GateState;
use shared::mismatch::Kind;
use shared::rules::gate::{ClearedBy, Decision, Reason, Wait};
use shared::wire::GateAnswer;

use super::*;
use crate::session::gate::watch::{Asked, Present, Recorded, kinds, step};

const HOUR_MS: i64 = 3_600_000;

fn set(text: &str) -> Hash {
    sha256(&[text.as_bytes()])
}

fn asked(digest: Hash, references_at: i64) -> Asked {
    let (terminal, epoch) = (TerminalId::new(Uuid::nil()), EpochId::new(Uuid::nil()));
    let by = EventRef { terminal, epoch, seq: 9 };
    Asked { by, digest, references_at: Some(Timestamp::from_ms(references_at)), at: Timestamp::from_ms(100 * HOUR_MS) }
}

fn present(digest: Hash, references_at: i64, own: Decision, answer: Option<&GateAnswer>) -> Present<'_> {
    let (references_at, at) = (Some(Timestamp::from_ms(references_at)), Timestamp::from_ms(101 * HOUR_MS));
    Present { digest, references_at, at, stale_ms: 72 * HOUR_MS, own, answer }
}

fn waiting() -> Decision {
    Decision::Waiting { waits: BTreeSet::from([Wait::Upload]) }
}

fn answer(state: GateState, reasons: &[Reason]) -> GateAnswer {
    GateAnswer { seq: 9, state, reasons: reasons.to_vec(), settled: Vec::new(), position: 5 }
}

const FRESH: i64 = 99 * HOUR_MS;

#[test]
fn the_first_question_is_asked_and_its_decision_recorded() {
    let step = step(None, None, &present(set("a"), FRESH, waiting(), None));
    assert!(step.ask && step.record);
    assert_eq!(step.standing.state, GateState::Waiting);
}

#[test]
fn a_waiting_gate_watched_again_makes_no_event() {
    let recorded = Recorded { state: GateState::Waiting, reasons: Vec::new() };
    let step = step(Some(&asked(set("a"), FRESH)), Some(&recorded), &present(set("a"), FRESH, waiting(), None));
    assert!(!step.ask && !step.record);
}

#[test]
fn the_servers_answer_stands_over_the_terminals_own_and_is_recorded_once() {
    let held = answer(GateState::Held, &[Reason::NoDocument]);
    let before = Recorded { state: GateState::Waiting, reasons: Vec::new() };
    let now = present(set("a"), FRESH, waiting(), Some(&held));
    let told = step(Some(&asked(set("a"), FRESH)), Some(&before), &now);
    assert!(!told.ask && told.record);
    assert_eq!((told.standing.state, kinds(&told.standing)), (GateState::Held, vec![Kind::DocumentMissing]));
    let after = Recorded { state: GateState::Held, reasons: vec![Kind::DocumentMissing] };
    assert!(!step(Some(&asked(set("a"), FRESH)), Some(&after), &now).record);
    // The server's second answer to the same question.
    let cleared = answer(GateState::Cleared, &[]);
    let last = step(Some(&asked(set("a"), FRESH)), Some(&after), &present(set("a"), FRESH, waiting(), Some(&cleared)));
    assert!(last.record);
    assert_eq!((last.standing.by, last.standing.position), (Some(ClearedBy::Server), Some(5)));
}

#[test]
fn an_answer_about_other_goods_says_nothing() {
    let cleared = answer(GateState::Cleared, &[]);
    let before = Recorded { state: GateState::Cleared, reasons: Vec::new() };
    let now = present(set("one more"), FRESH, waiting(), Some(&cleared));
    let step = step(Some(&asked(set("a"), FRESH)), Some(&before), &now);
    assert!(step.ask && step.record);
    assert_eq!(step.standing.state, GateState::Waiting);
}

#[test]
fn fresh_data_is_a_new_question_once() {
    let recorded = Recorded { state: GateState::Waiting, reasons: Vec::new() };
    let stale = asked(set("a"), 0);
    assert!(step(Some(&stale), Some(&recorded), &present(set("a"), FRESH, waiting(), None)).ask);
    assert!(!step(Some(&stale), Some(&recorded), &present(set("a"), HOUR_MS, waiting(), None)).ask, "still stale");
    assert!(!step(Some(&asked(set("a"), FRESH)), Some(&recorded), &present(set("a"), FRESH, waiting(), None)).ask);
}

fn decision() -> impl Strategy<Value = Decision> {
    prop_oneof![
        Just(waiting()),
        Just(Decision::Cleared { by: ClearedBy::Terminal }),
        Just(Decision::Held { reasons: BTreeSet::from([Reason::NoBasis]) }),
    ]
}

proptest! {
    /// Watching twice with nothing new between never makes a second event: a gate cannot feed the sender.
    #[test]
    fn watching_settles(own in decision(), told in proptest::option::of(0..3_u8), references_at in 0..101 * HOUR_MS, late: bool) {
        let state = |n| [GateState::Held, GateState::Waiting, GateState::Cleared][n as usize];
        let told = told.map(|n| answer(state(n), &[]));
        let question = asked(set("a"), if late { 0 } else { references_at });
        let now = present(set("a"), references_at, own, told.as_ref());
        let first = step(Some(&question), None, &now);
        let recorded = Recorded { state: first.standing.state, reasons: kinds(&first.standing) };
        if !first.ask {
            let second = step(Some(&question), Some(&recorded), &now);
            prop_assert!(!second.ask && !second.record);
        }
    }
}
