//! P6: after the last fault heals, an idle terminal drains by itself. Each fault has a terminal of its own; all are tried at once.

use std::time::Duration;

use tests::network::{Faults, Mischief, Way};
use tests::syncing::Syncing;
use tests::terminal::Terminal;

use crate::field::{ATTEMPT, DRAINS_WITHIN, Field, TASK, labels};

/// What is done to a cable, and whether nothing can come through meanwhile.
struct Trial {
    name: &'static str,
    faults: Option<Faults>,
    is_total: bool,
}

fn trials() -> Vec<Trial> {
    let total = |name, faults| Trial { name, faults: Some(faults), is_total: true };
    let partial = |name, faults| Trial { name, faults: Some(faults), is_total: false };
    vec![
        Trial { name: "cut", faults: None, is_total: true },
        total("black hole", Faults::black_hole()),
        total("half-open up", Faults::half_open(Way::Up)),
        total("half-open down", Faults::half_open(Way::Down)),
        total("slow-loris", Faults::slow_loris(Duration::from_millis(100))),
        total("cut after 1 KB up", Faults::cut_after(Way::Up, 1_000)),
        total("cut after 1 KB down", Faults::cut_after(Way::Down, 1_000)),
        partial("200 ms each way", Faults { delay: Duration::from_millis(200), ..Faults::default() }),
        partial("8 KB/s", Faults::slow(8_000, Duration::from_millis(50))),
    ]
}

fn go_through(trial: &Trial, terminal: &Terminal) {
    match trial.faults {
        Some(faults) => terminal.cable.fail(faults),
        None => terminal.cable.cut(),
    }
    let sender = Syncing::start(terminal).unwrap();
    // Long enough for several attempts.
    std::thread::sleep(Duration::from_secs(2));
    let state = sender.state();
    assert!(!trial.is_total || state["done"]["sent"] == 0, "{}: something came through: {state}", trial.name);
    terminal.cable.heal();
    let (state, took) = sender.drained(42, DRAINS_WITHIN).unwrap_or_else(|error| panic!("{}: {error}", trial.name));
    eprintln!("{}: drained {took:?} after it healed: {state}", trial.name);
}

#[test]
fn p6_every_fault_of_a_cable_heals_into_an_empty_queue() {
    let field = Field::new();
    let trials = trials();
    let terminals: Vec<Terminal> = (0..trials.len()).map(|n| field.terminal(&format!("t{n}"))).collect();
    std::thread::scope(|scope| {
        for (trial, terminal) in trials.iter().zip(&terminals) {
            scope.spawn(move || {
                terminal.type_labels(TASK, &labels(0..40), None).unwrap();
                go_through(trial, terminal);
            });
        }
    });
    for terminal in &terminals {
        field.holds_all_of(terminal);
    }
}

#[test]
fn p6_a_cable_that_dies_in_the_middle_of_it_heals_into_an_empty_queue() {
    let field = Field::new();
    let terminal = field.terminal("t");
    terminal.type_labels(TASK, &labels(0..400), None).unwrap();
    terminal.cable.fail(Faults::slow(20_000, Duration::from_millis(100)));
    let sender = Syncing::start(&terminal).unwrap();
    let started = |state: &serde_json::Value| state["done"]["sent"].as_u64() >= Some(20);
    sender.until("sending", ATTEMPT, started).unwrap();
    terminal.cable.fail(Faults::black_hole());
    let offline = |state: &serde_json::Value| state["online"] == false;
    sender.until("offline", ATTEMPT * 2, offline).unwrap();
    terminal.cable.heal();
    sender.drained(402, DRAINS_WITHIN).unwrap();
    drop(sender);
    field.holds_all_of(&terminal);
}

#[test]
fn p6_a_busy_server_and_a_portal_are_waited_out() {
    let field = Field::new();
    let terminal = field.terminal("t");
    let relay = field.relay(&terminal);
    terminal.type_labels(TASK, &labels(0..40), None).unwrap();
    // A date far away: the roof of the waits holds.
    let coming = [
        Mischief::Busy("1".into()),
        Mischief::TooOften("1".into()),
        Mischief::Busy("Fri, 31 Dec 2099 23:59:59 GMT".into()),
        Mischief::Busy("soon".into()),
        Mischief::Rubbish,
        Mischief::Answer(404, "nothing here".into()),
        Mischief::Answer(500, "{\"code\":\"internal\",\"message\":\"broken\"}".into()),
    ];
    relay.befall(coming);
    let sender = Syncing::start(&terminal).unwrap();
    let through = |_: &serde_json::Value| relay.left() == 0;
    sender.until("through with it", Duration::from_secs(20), through).unwrap();
    sender.drained(42, DRAINS_WITHIN).unwrap();
    drop(sender);
    field.holds_all_of(&terminal);
}
