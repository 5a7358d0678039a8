//! The main job as its users start it.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;
use tests::{program, said};

/// What issue after issue may add to, and none may take from.
const KINDS: [&str; 13] = [
    "malformed-code",
    "unknown-code",
    "frozen-code",
    "repeated-scan",
    "duplicate-movement",
    "product-not-on-basis",
    "over-quantity",
    "short-quantity",
    "missing-goods",
    "inbound-without-outbound",
    "double-allocation",
    "receipt-differs",
    "empty-parent",
];

#[test]
fn what_is_found_is_what_was_planted() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Command::new(program("demo").unwrap());
    let output = demo.args(["--headless", "--json", "--folder"]).arg(folder.path().join("demo")).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let planted = report["planted"].as_array().unwrap();
    let kinds: BTreeSet<&str> = planted.iter().filter_map(|named| named["kind"].as_str()).collect();
    assert_eq!(kinds, BTreeSet::from(KINDS));
    assert_eq!(report["lost"], 0);
    assert_eq!(report["doubled"], 0);
    assert_eq!(report["faults"], serde_json::json!(["network-cut", "kill-9"]));
}
