use ring::signature::Ed25519KeyPair;
use shared::chain::Hash;
use shared::event::GateState;
use shared::ids::{EpochId, TerminalId};
use shared::wire::{AcknowledgedRange, Answer, GateAnswer, Outcome, OutcomeRange, PushReply};
use uuid::Uuid;

use super::render::render;
use crate::testing::NOW;
use crate::testing::world::{World, mismatch};

fn reply() -> PushReply {
    let run = |from, to, outcome| OutcomeRange { from, to, outcome };
    let gate = |seq, state| GateAnswer { seq, state, reasons: Vec::new(), settled: Vec::new(), position: 5 };
    let answer = Answer {
        outcomes: vec![
            run(1, 4, Outcome::Recorded),
            run(5, 6, Outcome::AlreadyRecorded),
            run(7, 7, Outcome::Quarantined("not an event".into())),
        ],
        gates: vec![gate(2, GateState::Held), gate(3, GateState::Cleared), gate(4, GateState::Cleared)],
        ..Answer::default()
    };
    let range = AcknowledgedRange {
        ledger_id: Uuid::from_u128(1),
        terminal: TerminalId::new(Uuid::from_u128(2)),
        epoch: EpochId::new(Uuid::from_u128(3)),
        from: 1,
        to: 7,
        hash: Hash::new([0; 32]),
        outcomes_digest: Hash::new([0; 32]),
        position: 5,
        received_at: NOW,
        server_key: None,
        checkpoint: None,
    };
    let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    PushReply::sign(answer, range, &key, 3).unwrap()
}

/// The value of a metric with its labels, as written.
fn value<'t>(text: &'t str, series: &str) -> &'t str {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {series} in {text}"))
}

#[tokio::test]
async fn batches_and_mismatches_move_the_figures() {
    let world = World::new().await;
    let before = render(&world.state).await.unwrap();
    assert_eq!(value(&before, "tallyman_push_outcomes_total{outcome=\"recorded\"}"), "0");
    let batches = &world.state.metrics.batches;
    batches.count(async { Ok::<_, ()>(reply()) }).await.unwrap();
    batches.count(async { Err::<PushReply, _>(()) }).await.unwrap_err();
    let one = mismatch("A", "C1", "M");
    world.judge(std::slice::from_ref(&one)).await;
    let held = render(&world.state).await.unwrap();
    world.judge_scopes(&[one.scope.clone()].into(), &[]).await;
    let text = render(&world.state).await.unwrap();
    for (series, expected) in [
        ("tallyman_push_outcomes_total{outcome=\"recorded\"}", "4"),
        ("tallyman_push_outcomes_total{outcome=\"already-recorded\"}", "2"),
        ("tallyman_push_outcomes_total{outcome=\"disputed\"}", "0"),
        ("tallyman_push_outcomes_total{outcome=\"quarantined\"}", "1"),
        ("tallyman_gates_total{state=\"held\"}", "1"),
        ("tallyman_gates_total{state=\"cleared\"}", "2"),
        ("tallyman_inbox_batches", "0"),
        ("tallyman_batch_seconds_count", "2"),
        ("tallyman_quarantine_bytes", "0"),
        ("tallyman_mismatches{kind=\"missing-goods\",state=\"closed\"}", "1"),
    ] {
        assert_eq!(value(&text, series), expected, "{series}");
    }
    assert_eq!(value(&held, "tallyman_mismatches{kind=\"missing-goods\",state=\"confirmed\"}"), "1");
}

#[tokio::test]
async fn mismatches_are_counted_as_they_come_and_go() {
    let world = World::new().await;
    let (one, two) = (mismatch("A", "C1", "M"), mismatch("B", "C1", "M"));
    let scopes = [one.scope.clone()].into();
    // What stood before the start is not counted when it stands, and is when it ends.
    world.judge_scopes(&scopes, std::slice::from_ref(&one)).await;
    let text = async || render(&world.state).await.unwrap();
    let raised = "tallyman_mismatches_raised_total{kind=\"missing-goods\",severity=\"hold\"}";
    let ended = "tallyman_mismatches_ended_total{kind=\"missing-goods\",severity=\"hold\",by=\"late-data\"}";
    assert!(!text().await.contains(raised));
    world.pass_ms(1_000);
    world.judge_scopes(&scopes, &[one.clone(), two.clone()]).await;
    let seen = text().await;
    assert!(value(&seen, raised) == "1" && !seen.contains(ended), "{seen}");
    // Judged again without a change; then both end, and one comes back.
    world.judge_scopes(&scopes, &[one.clone(), two.clone()]).await;
    assert_eq!(value(&text().await, raised), "1");
    world.judge_scopes(&scopes, &[]).await;
    assert_eq!(value(&text().await, ended), "2");
    world.judge_scopes(&scopes, std::slice::from_ref(&one)).await;
    assert_eq!(value(&text().await, raised), "2");
    // Another is raised and gone before anybody looks.
    world.pass_ms(1_000);
    world.judge_scopes(&scopes, &[one.clone(), mismatch("C", "C1", "M")]).await;
    world.judge_scopes(&scopes, std::slice::from_ref(&one)).await;
    let seen = text().await;
    assert_eq!((value(&seen, raised), value(&seen, ended)), ("3", "3"));
}

#[tokio::test]
async fn a_batch_that_is_given_up_waits_no_more() {
    let world = World::new().await;
    let batches = &world.state.metrics.batches;
    let stuck = batches.count(std::future::pending::<Result<PushReply, ()>>());
    let waited = tokio::time::timeout(std::time::Duration::from_millis(1), stuck).await;
    assert!(waited.is_err());
    assert_eq!(value(&render(&world.state).await.unwrap(), "tallyman_inbox_batches"), "0");
}
