//! P4 in one process: every event ends as recorded, already recorded, disputed or quarantined; and what becomes of evidence.

use shared::event::{Act, Event, Stage, VoidReason};
use shared::ids::EventRef;
use shared::wire::{Offer, Outcome};
use sync_server::evidence::{admit, replay};
use sync_server::ingest::PushError;
use sync_server::keys::ServerKeys;
use sync_server::people::Actor;
use sync_server::store::Store;
use sync_server::store::quarantine::{self, Reason};

use crate::ledger::{Log, NOW, case, enrol, link, logs, mismatches, send, terminal_id, verified};

crate::ledger::on_both!(
    p4_a_gap_a_foreign_key_and_a_fork_are_refused,
    p4_what_is_offered_again_after_a_fork_is_disputed_or_recorded_before_and_kept_once,
    p4_an_admitted_dispute_is_judged_as_of_when_it_happened_and_a_second_admission_is_refused,
    p4_a_foreign_terminals_batch_is_kept_and_taken_in_once_it_is_enrolled,
    p4_what_came_late_before_any_clock_anchor_is_called_late_once_there_is_one,
    p4_late_data_and_a_wrong_clock_are_told_of_the_terminal_and_change_no_other_verdict,
);

async fn p4_a_gap_a_foreign_key_and_a_fork_are_refused(store: &Store) {
    let [maker, _] = logs();
    send(store, &maker.batch(1, 3)).await.unwrap();
    assert!(matches!(send(store, &maker.batch(5, 6)).await, Err(PushError::Gap(_, 3, _))));

    let (mut tampered, bytes) = maker.batch(4, 5);
    tampered.bodies[0] = tampered.bodies[0].iter().map(|byte| if *byte == b'1' { b'2' } else { *byte }).collect();
    assert!(matches!(send(store, &(tampered, bytes)).await, Err(PushError::Signature)));

    // Number 3 again, with other content: a copy of this terminal is at work somewhere.
    let mut twin = Log { n: 1, bodies: maker.bodies[..2].to_vec() };
    twin.scan(Stage::Outbound, "N1", &link(7));
    assert!(matches!(send(store, &twin.batch(3, 3)).await, Err(PushError::EpochClosed { agreed: 2, .. })));
    assert!(matches!(send(store, &maker.batch(4, 5)).await, Err(PushError::EpochClosed { agreed: 3, .. })));
    let repeated = send(store, &maker.batch(1, 3)).await.unwrap();
    assert_eq!(repeated.outcomes[0].outcome, Outcome::AlreadyRecorded, "what was recorded before stays recorded");
}

/// A maker's log that forked after its second event: the server knows one side up to 5, the other made 3 and 4 differently.
async fn forked(store: &Store) -> (Log, Log) {
    let [maker, _] = logs();
    send(store, &maker.batch(1, 5)).await.unwrap();
    let mut twin = Log { n: 1, bodies: maker.bodies[..2].to_vec() };
    // Codes that nobody issued.
    twin.scan(Stage::Outbound, "N1", &link(97));
    twin.scan(Stage::Outbound, "N1", &link(98));
    send(store, &twin.batch(3, 4)).await.unwrap_err();
    (maker, twin)
}

async fn p4_what_is_offered_again_after_a_fork_is_disputed_or_recorded_before_and_kept_once(store: &Store) {
    let (maker, twin) = forked(store).await;
    let raised = mismatches(store).await;
    assert!(raised.keys().any(|(kind, _)| kind == "forked-terminal"), "{raised:#?}");

    let before = sync_server::store::event::list(&mut store.read().await.unwrap()).await.unwrap();
    for _ in 0..3 {
        let reply = send(store, &twin.offered(Offer::Disputed, 1, 4)).await.unwrap();
        let runs: Vec<_> = reply.outcomes.iter().map(|run| (run.from, run.to, run.outcome.clone())).collect();
        assert_eq!(runs, [(1, 2, Outcome::AlreadyRecorded), (3, 4, Outcome::Disputed)]);
        let range = reply.acknowledgement.value();
        assert_eq!((range.from, range.to, Some(&range.hash)), (1, 4, twin.batch(1, 4).0.hashes().last()));
    }
    let reply = send(store, &maker.offered(Offer::Disputed, 4, 5)).await.unwrap();
    assert_eq!(reply.outcomes[0].outcome, Outcome::AlreadyRecorded, "the other side's own events are in the ledger");
    let open = quarantine::list(&mut store.read().await.unwrap(), false).await.unwrap();
    assert_eq!(open.iter().map(|kept| (kept.seq, kept.reason.clone())).collect::<Vec<_>>(), [(None, Reason::Disputed)]);
    let after = sync_server::store::event::list(&mut store.read().await.unwrap()).await.unwrap();
    assert_eq!(before, after, "nothing disputed is judged before a person admits it");
}

async fn p4_an_admitted_dispute_is_judged_as_of_when_it_happened_and_a_second_admission_is_refused(store: &Store) {
    let (_, mut twin) = forked(store).await;
    // The twin takes its second scan back: the void names its own event, not the one that the server holds under that number.
    let voids = EventRef { terminal: terminal_id(1), epoch: twin.epoch(), seq: 4 };
    twin.add(Act::Void { voids, reason: VoidReason::DidNotOccur });
    send(store, &twin.offered(Offer::Disputed, 3, 5)).await.unwrap();
    let id = quarantine::list(&mut store.read().await.unwrap(), false).await.unwrap()[0].id;
    let unknown = |n: usize| ("unknown-code".to_owned(), case(n).to_string());
    let before = mismatches(store).await;
    assert!(!before.contains_key(&unknown(97)), "{before:#?}");

    let admitted = admit(store, id, ("1001", "两台手持机,货物属实"), (&Actor::shell(), NOW)).await.unwrap();
    assert_eq!(admitted, 3);
    let after = mismatches(store).await;
    assert!(after.contains_key(&unknown(97)), "now it is judged: {after:#?}");
    assert!(!after.contains_key(&unknown(98)), "what the twin voided never happened: {after:#?}");
    assert!(after.contains_key(&("forked-terminal".into(), terminal_id(1).to_string())), "the fork stays on record");
    let again = admit(store, id, ("1001", "again"), (&Actor::shell(), NOW)).await.unwrap_err();
    assert_eq!(again.to_string(), format!("evidence {id} was admitted before; nothing was changed"));
    assert!(verified(store).await.ok);
}

async fn p4_a_foreign_terminals_batch_is_kept_and_taken_in_once_it_is_enrolled(store: &Store) {
    let mut stranger = Log::new(3);
    stranger.scan(Stage::Outbound, "N1", &link(0));
    let batch = stranger.batch(1, 2);
    for _ in 0..2 {
        assert!(matches!(send(store, &batch).await, Err(PushError::UnknownTerminal)));
    }
    let folder = tempfile::tempdir().unwrap();
    let keys = ServerKeys::open(folder.path()).unwrap();
    assert_eq!(replay(store, &keys, (&Actor::shell(), NOW)).await.unwrap(), 0, "nobody vouches for it yet");
    enrol(store, 3, "M").await;
    assert_eq!(replay(store, &keys, (&Actor::shell(), NOW)).await.unwrap(), 1);
    let reply = send(store, &batch).await.unwrap();
    assert_eq!(reply.outcomes[0].outcome, Outcome::AlreadyRecorded);
    assert!(verified(store).await.ok);
}

async fn p4_what_came_late_before_any_clock_anchor_is_called_late_once_there_is_one(store: &Store) {
    let mut maker = Log::new(1);
    maker.scan(Stage::Outbound, "N1", &link(0));
    send(store, &maker.batch(1, 2)).await.unwrap();
    let late = ("late-upload".to_owned(), terminal_id(1).to_string());
    assert!(!mismatches(store).await.contains_key(&late), "no clock but its own says when that was");
    maker.add(Act::ClockAnchor { server_time: NOW, round_trip_ms: 0 });
    // The same boot has run for sixty days since.
    let mut anchor = Event::from_body(&maker.bodies[2]).unwrap();
    anchor.mono_ms = 60 * 24 * 3_600_000;
    maker.bodies[2] = anchor.to_body().unwrap();
    send(store, &maker.batch(3, 3)).await.unwrap();
    assert!(mismatches(store).await.contains_key(&late));
}

async fn p4_late_data_and_a_wrong_clock_are_told_of_the_terminal_and_change_no_other_verdict(store: &Store) {
    let mut maker = Log::new(1);
    maker.scan(Stage::Outbound, "N1", &link(0));
    let ten_years_ms = 10 * 365 * 24 * 3_600_000;
    maker.skewed(ten_years_ms);
    send(store, &maker.batch(1, maker.bodies.len())).await.unwrap();
    let found = mismatches(store).await;
    assert!(found.contains_key(&("clock-skew".into(), terminal_id(1).to_string())), "{found:#?}");
    let expected = ["clock-skew", "empty-parent"];
    assert!(found.keys().all(|(kind, _)| expected.contains(&kind.as_str())), "{found:#?}");
    let by = EventRef { terminal: terminal_id(1), epoch: maker.epoch(), seq: 2 };
    let mut facts = sync_server::store::facts::Facts::default();
    let mut conn = store.read().await.unwrap();
    sync_server::store::lookup::of_run(&mut conn, (by.terminal, by.epoch), (2, 2), &mut facts).await.unwrap();
    let off_ms = (facts.by_event()[&by].at.as_ms() - NOW.as_ms()).abs();
    assert!(off_ms < 2 * 3_600_000, "the event has the server's time, not its own clock's: {off_ms} ms off");
}
