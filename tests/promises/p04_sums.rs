//! P4 between processes: a sender that is killed again and again; a row leaves only by an acknowledgement that names it.

use std::time::Duration;

use tests::network::Faults;
use tests::syncing::Syncing;

use crate::field::{DRAINS_WITHIN, Field, TASK, labels, pending};

#[test]
fn p4_a_sender_that_is_killed_at_any_moment_loses_and_doubles_nothing() {
    let field = Field::new();
    let terminal = field.terminal("t");
    terminal.type_labels(TASK, &labels(0..500), None).unwrap();
    terminal.cable.fail(Faults::slow(30_000, Duration::from_millis(60)));
    let mut left = pending(&terminal);
    for round in 0..8_u64 {
        let sender = Syncing::start(&terminal).unwrap();
        std::thread::sleep(Duration::from_millis(250 + round * 97 % 400));
        drop(sender);
        let now = pending(&terminal);
        // What left the queue is on the server; an anchor may have been added.
        let held = field.held(&terminal).len() as u64;
        let made = terminal.verified_events().unwrap();
        assert!(made - now <= held, "round {round}: {made} made, {now} wait, and the server holds {held}");
        assert!(now <= left + 1, "round {round}");
        left = now;
    }
    terminal.cable.heal();
    let sender = Syncing::start(&terminal).unwrap();
    let (state, _) =
        sender.until("drained", DRAINS_WITHIN, |state| state["pending"] == 0 && state["online"] == true).unwrap();
    let sum: u64 = ["recorded", "already_recorded", "disputed", "quarantined"]
        .iter()
        .map(|outcome| state["done"][outcome].as_u64().unwrap())
        .sum();
    assert_eq!(state["done"]["sent"].as_u64(), Some(sum), "{state}");
    drop(sender);
    field.holds_all_of(&terminal);
}
