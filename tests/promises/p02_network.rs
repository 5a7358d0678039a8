//! P2 between processes: whatever a network does to requests, each event is on the server once.

use std::time::Duration;

use tests::network::Mischief;
use tests::syncing::Syncing;

use crate::field::{DRAINS_WITHIN, Field, TASK, labels};

#[test]
fn p2_doubled_lost_and_late_batches_give_the_same_tables() {
    let field = Field::new();
    let terminal = field.terminal("t");
    let relay = field.relay(&terminal);
    terminal.type_labels(TASK, &labels(0..300), Some("final")).unwrap();
    relay.befall([
        Mischief::Deliver(3),
        Mischief::LoseAnswer,
        Mischief::LateCopy(Duration::from_millis(700)),
        Mischief::LoseAnswer,
        Mischief::LoseAnswer,
        Mischief::Deliver(2),
        Mischief::LateCopy(Duration::from_millis(300)),
    ]);
    let sender = Syncing::start(&terminal).unwrap();
    sender.drained(303, Duration::from_secs(20)).unwrap();
    assert_eq!(relay.left(), 0, "there were batches for all of it");
    // The late copies come after all the others.
    std::thread::sleep(Duration::from_secs(1));
    let (state, _) = sender.drained(303, DRAINS_WITHIN).unwrap();
    assert!(state["done"]["already_recorded"].as_u64() > Some(0), "a lost answer makes a repetition: {state}");
    drop(sender);
    field.holds_all_of(&terminal);
    // An undisturbed twin that saw the same leaves the same behind.
    let twin = field.terminal("twin");
    twin.type_labels(TASK, &labels(0..300), Some("final")).unwrap();
    twin.sync().unwrap();
    let kinds = |id: &str| -> Vec<String> {
        let events = field.server.lines(["events"]).unwrap();
        let own = events.iter().filter(|event| event["terminal"] == id && event["kind"] != "clock_anchor");
        own.map(|event| event["kind"].to_string()).collect()
    };
    assert_eq!(kinds(&terminal.id), kinds(&twin.id));
}
