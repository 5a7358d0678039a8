//! `bench-packs`, started as people start it: a real server, real files.

#![cfg(feature = "link")]

use std::process::Command;

#[test]
fn the_small_version_issues_and_imports() {
    let output = Command::new(env!("CARGO_BIN_EXE_bench-packs")).args(["--quick", "--json"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let report: serde_json::Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("no report ({error}): {said}"));
    assert_eq!((&report["quick"], &report["codes"]), (&true.into(), &2_000.into()));
    for way in ["issue", "import"] {
        let way = &report[way];
        let figure = |name: &str| way[name].as_f64().unwrap();
        assert!(figure("seconds") > 0.0 && figure("roof_codes_per_s") > 0.0 && figure("memory_mb") > 0.0, "{said}");
        assert_eq!(way["ok"], figure("seconds") <= figure("limit_s"));
    }
}
