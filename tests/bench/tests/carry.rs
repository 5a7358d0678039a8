//! `bench-carry`, started as people start it: real frames through the simulated camera and the terminal's own reader.

#![cfg(feature = "scan")]

use std::process::Command;

#[test]
fn the_small_version_carries_events_with_a_third_of_the_pictures_lost() {
    let output = Command::new(env!("CARGO_BIN_EXE_bench-carry")).args(["--quick", "--json"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let report: serde_json::Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("no report ({error}): {said}"));
    assert_eq!(report["quick"], true);
    assert!(report["events"].as_u64().unwrap() > 40);
    let cell = &report["cells"][0];
    // Whole at all, and after little more than was lost: these do not depend on how busy the machine is.
    let (needed, shown) = (cell["needed"].as_f64().unwrap(), cell["shown"].as_f64().unwrap());
    assert!(cell["seconds"].as_f64().is_some(), "{said}");
    assert!(cell["dropped"].as_u64().unwrap() > 0 && shown >= needed && shown < needed * 3.0 + 10.0, "{said}");
    assert!(cell["frame_bytes"].as_u64().unwrap() <= 500);
    assert_eq!(report["carried_s"]["ok"], report["carried_s"]["value"].as_f64().unwrap() <= 60.0);
}
