//! Gates are answered within the push reply (`settled.md` 12): held, with the reasons; settled by a supervisor, who is quoted; cleared.

use shared::event::{Act, GateState, Stage};
use shared::mismatch::Kind;
use shared::rules::gate::Reason;
use shared::time::Timestamp;
use shared::wire::{Batch, GateAnswer, PushReply, REPLY_FORM};
use sync_server::ingest::{Backlog, Judging, Received, push_group};
use sync_server::people::Actor;
use sync_server::reconcile::Known;
use sync_server::store::Store;
use sync_server::workflow::act::Act as Do;
use sync_server::workflow::take::{Asked, take};
use sync_server::workflow::{MismatchId, Reason as Why};

use crate::ledger::{Log, NOW, key, link, send};

crate::ledger::on_both!(
    a_gate_is_held_until_what_was_scanned_is_what_the_note_says,
    what_a_supervisor_settled_is_quoted_and_holds_no_more,
    a_question_offered_again_is_answered_as_things_stand,
    a_question_is_answered_later_where_judging_is_put_off,
    old_data_wait_and_strangers_papers_are_held,
    an_older_sender_reads_the_answer_in_its_own_form,
);

fn asked(log: &mut Log, document: &str, references_at: Timestamp) -> usize {
    let digest = shared::chain::sha256(&[document.as_bytes()]);
    log.add(Act::GateAsked {
        stage: Stage::Outbound,
        basis: "C1".into(),
        document: document.into(),
        digest,
        references_at: Some(references_at),
    });
    log.bodies.len()
}

/// A maker's log with these cases on N1, and its question.
fn loaded(cases: &[usize]) -> (Log, usize) {
    let mut log = Log::new(1);
    for n in cases {
        log.scan(Stage::Outbound, "N1", &link(*n));
    }
    log.close(Stage::Outbound, "N1");
    let seq = asked(&mut log, "N1", NOW);
    (log, seq)
}

async fn answer(store: &Store, log: &Log, first: usize, last: usize) -> GateAnswer {
    let reply = send(store, &log.batch(first, last)).await.unwrap();
    let [answer] = &reply.gates[..] else { panic!("{:?}", reply.gates) };
    assert!(reply.answers_hold() && answer.seq == last as u64);
    answer.clone()
}

async fn a_gate_is_held_until_what_was_scanned_is_what_the_note_says(store: &Store) {
    let (mut log, first) = loaded(&[0]);
    let short = answer(store, &log, 1, first).await;
    let differs = |reason: &Reason| matches!(reason, Reason::SetDiffers { document_units: 20, scanned_units: 10, .. });
    assert!(short.state == GateState::Held && short.reasons.iter().any(differs), "{short:?}");
    log.scan(Stage::Outbound, "N1", &link(1));
    log.close(Stage::Outbound, "N1");
    let second = asked(&mut log, "N1", NOW);
    let whole = answer(store, &log, first + 1, second).await;
    assert_eq!((whole.state, &whole.reasons[..]), (GateState::Cleared, &[][..]));
    assert!(whole.position > short.position);
}

/// Settles all that a person can.
async fn settle(store: &Store) -> Vec<Kind> {
    let found = sync_server::store::mismatch::list(&mut store.read().await.unwrap()).await.unwrap();
    let mut kinds = Vec::new();
    for found in found.into_iter().filter(|found| found.state.is_live()) {
        let id = MismatchId::of(&found.mismatch);
        let act = Do::Resolve { reason: Why::OperatorError };
        let asked = Asked { id: &id, act: &act, comment: "scanned on the wrong note", seen: None };
        take(store, &Actor { name: "li".into(), ..Actor::shell() }, &asked, NOW).await.unwrap();
        kinds.push(found.mismatch.kind);
    }
    kinds
}

async fn what_a_supervisor_settled_is_quoted_and_holds_no_more(store: &Store) {
    let (log, seq) = loaded(&[0, 1]);
    // Somebody else's batch under this terminal's name: a block on all that it does.
    let (batch, _) = log.batch(1, 2);
    let forged = Batch::sign(batch.header, batch.bodies, &key(9)).unwrap();
    let compressed = zstd::encode_all(&*forged.to_ndjson().unwrap(), 1).unwrap();
    send(store, &(forged, compressed)).await.unwrap_err();
    let held = answer(store, &log, 1, seq).await;
    let by = |kind: Kind| move |reason: &Reason| matches!(reason, Reason::Mismatch { kind: of, .. } if *of == kind);
    assert!(held.state == GateState::Held && held.settled.is_empty(), "{held:?}");
    assert!(held.reasons.len() == 1 && held.reasons.iter().all(by(Kind::BrokenChain)), "{held:?}");
    assert!(settle(store).await.contains(&Kind::BrokenChain));
    let after = answer(store, &log, seq, seq).await;
    assert_eq!((after.state, &after.reasons[..]), (GateState::Cleared, &[][..]));
    let quoted: Vec<_> = after.settled.iter().map(|one| (one.kind, one.by.as_str(), one.why.as_str())).collect();
    assert_eq!(quoted, [(Kind::BrokenChain, "li", "operator-error: scanned on the wrong note")]);
}

async fn a_question_offered_again_is_answered_as_things_stand(store: &Store) {
    let (log, seq) = loaded(&[0]);
    let first = answer(store, &log, 1, seq).await;
    let events = async || sync_server::store::event::list(&mut store.read().await.unwrap()).await.unwrap().len();
    let before = events().await;
    let again = answer(store, &log, seq, seq).await;
    assert_eq!((again.state, &again.reasons), (first.state, &first.reasons));
    // Another terminal of the same member loads what lacks under the same note.
    crate::ledger::enrol(store, 3, "M").await;
    let mut other = Log::new(3);
    other.scan(Stage::Outbound, "N1", &link(1));
    let count = other.bodies.len();
    assert!(send(store, &other.batch(1, count)).await.unwrap().gates.is_empty(), "it asked nothing");
    assert_eq!(answer(store, &log, seq, seq).await.state, GateState::Cleared);
    assert_eq!(events().await, before + count, "a question that is offered again is no new event");
}

async fn later(store: &Store, (batch, compressed): (Batch, Vec<u8>)) -> PushReply {
    let group = [Received::new(batch, compressed)];
    let mut replies = push_group(store, &key(7), &group, (NOW, Judging::Later), &mut Known::default()).await;
    replies.pop().unwrap().unwrap()
}

async fn a_question_is_answered_later_where_judging_is_put_off(store: &Store) {
    let (log, seq) = loaded(&[0, 1]);
    let reply = later(store, log.batch(1, seq)).await;
    assert_eq!(reply.gates.iter().map(|gate| gate.state).collect::<Vec<_>>(), [GateState::Waiting]);
    let (mut backlog, mut known) = (Backlog::default(), Known::default());
    while backlog.judge_some(store, NOW, &mut known).await.unwrap() {}
    assert_eq!(answer(store, &log, seq, seq).await.state, GateState::Cleared);
}

async fn old_data_wait_and_strangers_papers_are_held(store: &Store) {
    let (mut log, _) = loaded(&[0, 1]);
    let stale = asked(&mut log, "N1", NOW.plus_ms(-10 * 86_400_000));
    let nowhere = asked(&mut log, "NOBODY-KNOWS", NOW);
    let reply = send(store, &log.batch(1, nowhere)).await.unwrap();
    let of = |seq: usize| reply.gates.iter().find(|gate| gate.seq == seq as u64).unwrap();
    assert_eq!(reply.gates.len(), 3, "each question has its answer");
    assert_eq!(of(stale).state, GateState::Waiting, "{:?}", of(stale));
    assert!(of(nowhere).state == GateState::Held && of(nowhere).reasons.contains(&Reason::NoDocument));
}

async fn an_older_sender_reads_the_answer_in_its_own_form(store: &Store) {
    let (log, seq) = loaded(&[0, 1]);
    let (mut batch, _) = log.batch(1, seq);
    batch.header.reply = 1;
    let batch = Batch::sign(batch.header, batch.bodies, &key(1)).unwrap();
    let compressed = zstd::encode_all(&*batch.to_ndjson().unwrap(), 1).unwrap();
    let reply = send(store, &(batch, compressed)).await.unwrap();
    let written = serde_json::to_value(&reply).unwrap();
    let gate = serde_json::json!({ "seq": seq, "state": "cleared", "position": reply.gates[0].position });
    assert_eq!((&written["gates"], written["answers"].is_null()), (&serde_json::json!([gate]), true), "{written}");
    assert!(1 < REPLY_FORM && reply.answers_hold(), "the digest covers the outcomes alone, as before");
}
