//! P5 between processes: a server that refuses every batch with one event in it; the others get through.

use serde_json::Value;
use tests::succeed;
use tests::syncing::Syncing;

use crate::field::{DRAINS_WITHIN, Field, TASK, labels};

#[test]
fn p5_a_refused_event_is_found_offered_as_disputed_and_shown() {
    let field = Field::new();
    let terminal = field.terminal("t");
    let relay = field.relay(&terminal);
    relay.refuse_new(Some(137));
    terminal.type_labels(TASK, &labels(0..300), None).unwrap();
    let sender = Syncing::start(&terminal).unwrap();
    let (state, _) = sender.drained(302, DRAINS_WITHIN).unwrap();
    drop(sender);
    // 302 events in batches of 20 and more; a batch is halved some five times to find the one.
    assert!(relay.batches() < 50, "{} batches: {state}", relay.batches());
    let queue: Value =
        serde_json::from_str(&succeed(terminal.command("queue").unwrap().arg("--json")).unwrap()).unwrap();
    // A clock anchor may still wait: it never wakes the sender.
    assert!(queue["pending"].as_u64().unwrap() <= 1, "{queue}");
    let refused = &queue["refused"][0];
    assert_eq!(
        (&refused["seq"], &refused["code"], &refused["taken"]),
        (&137.into(), &"bad-request".into(), &true.into())
    );
    assert!(refused["reason"].as_str().unwrap().contains("not to the relay's taste"), "{refused}");
    field.holds_all_of(&terminal);
}
