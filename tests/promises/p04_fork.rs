//! P4 after a fork: two devices under one name. What the server cannot record is acknowledged as disputed, and both go on.

use serde_json::Value;
use tests::syncing::Syncing;
use tests::terminal::Terminal;

use crate::field::{DRAINS_WITHIN, Field, TASK, labels};

/// Sends until nothing waits. Answers what was done.
fn drain(terminal: &Terminal) -> Value {
    let sender = Syncing::start(terminal).unwrap();
    let idle = |state: &Value| state["online"] == true && state["pending"] == 0;
    sender.until("drained", DRAINS_WITHIN, idle).unwrap().0
}

#[test]
fn p4_what_a_copied_terminal_scanned_is_disputed_and_it_goes_on_under_new_numbers() {
    let field = Field::new();
    let first = field.terminal("first");
    first.type_labels(TASK, &labels(0..20), None).unwrap();
    first.sync().unwrap();
    drain(&first);
    let twin = first.twin(&field.server, &field.folder.path().join("twin")).unwrap();
    let before = field.held(&first).len();

    first.type_labels(TASK, &labels(20..30), None).unwrap();
    assert_eq!(drain(&first)["done"]["recorded"], 10);
    twin.type_labels(TASK, &labels(50..65), None).unwrap();
    // Nothing more is scanned on the twin: its queue empties all the same.
    let state = drain(&twin);
    assert_eq!((&state["done"]["disputed"], &state["done"]["epochs_closed"]), (&15.into(), &1.into()), "{state}");
    assert!(state["notices"][0].as_str().unwrap().contains("enrolled again"), "{state}");
    assert_eq!(field.held(&first).len(), before + 10, "the twin's scans are not among the recorded");

    // Both begin a new epoch with what they scan next: the server takes nothing more into the old one.
    twin.type_labels(TASK, &labels(65..70), None).unwrap();
    let state = drain(&twin);
    assert_eq!((&state["done"]["recorded"], &state["done"]["disputed"]), (&6.into(), &0.into()), "{state}");
    first.type_labels(TASK, &labels(30..33), None).unwrap();
    let state = drain(&first);
    assert_eq!((&state["done"]["disputed"], &state["done"]["epochs_closed"]), (&3.into(), &1.into()), "{state}");
    first.type_labels(TASK, &labels(33..35), None).unwrap();
    assert_eq!(drain(&first)["done"]["recorded"], 3);
    let epochs = field.server.lines(["events"]).unwrap();
    let started = epochs.iter().filter(|event| event["kind"] == "epoch_started").count();
    assert_eq!(started, 3, "one each, and the first");
}
