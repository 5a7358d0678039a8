//! The gate between a real terminal and a real server (`settled.md` 12): held, settled by a person, asked again by itself, cleared.

use serde_json::Value;
use tests::server::Server;
use tests::terminal::{TaskArgs, Terminal};
use tests::world;

const OUTBOUND: TaskArgs<'static> = TaskArgs { stage: "outbound", basis: "HT-2031", document: "FH-2032" };

fn gate(told: &Value) -> &Value {
    let gates = told["gates"].as_array().unwrap_or_else(|| panic!("no gate is told of: {told}"));
    assert_eq!(gates.len(), 1, "{told}");
    &gates[0]
}

fn kinds(server: &Server) -> Vec<String> {
    let events = server.lines(["events"]).unwrap();
    let of_gates = events.iter().filter_map(|event| event["kind"].as_str()).filter(|kind| kind.starts_with("gate"));
    of_gates.map(str::to_owned).collect()
}

#[test]
fn a_gate_is_held_settled_asked_again_and_cleared() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("server")).unwrap();
    let labels = world::set_up(&server, folder.path()).unwrap();
    let terminal = Terminal::enrol(&server, &folder.path().join("gate"), "M", "SZ-GATE", "gate 1").unwrap();
    terminal.sync().unwrap();

    let mut texts = labels.cases[8..11].to_vec();
    texts.push(labels.frozen.clone());
    let summary = terminal.type_labels(OUTBOUND, &texts, Some("final")).unwrap();
    assert_ne!(summary["gate"]["state"], "cleared", "{summary}");
    let told = terminal.sync().unwrap();
    let held = gate(&told);
    assert!(held["state"] == "held" && held["position"].is_u64(), "the server decided: {held}");
    assert!(held["reasons"].to_string().contains("frozen-code"), "{held}");
    let asked = kinds(&server);

    // Nothing changed: nothing is recorded, nothing waits.
    let again = terminal.sync().unwrap();
    assert_eq!((gate(&again)["state"].as_str(), again["sent"].as_u64()), (Some("held"), Some(0)), "{again}");
    assert_eq!(kinds(&server), asked);

    for found in server.lines(["mismatches", "find"]).unwrap().iter().filter(|found| found["severity"] == "block") {
        let id = found["id"].as_str().unwrap();
        let said = ["--reason", "other", "--comment", "kept back, not loaded"];
        server.run(["mismatches", "resolve", id].into_iter().chain(said)).unwrap();
    }
    let told = terminal.sync().unwrap();
    let cleared = gate(&told);
    assert!(cleared["state"] == "cleared" && cleared["by"] == "server", "{cleared}");
    let settled = cleared["settled"].to_string();
    assert!(settled.contains("frozen-code") && settled.contains("other: kept back, not loaded"), "{cleared}");
    let mut expected = asked;
    expected.push("gate".into());
    assert_eq!(kinds(&server), expected, "the question was not asked by another event; the decision was recorded");
    let last = terminal.sync().unwrap();
    assert!(last["gates"].is_null() && last["sent"] == 0, "a cleared gate is at rest: {last}");
}
