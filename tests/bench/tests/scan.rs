//! `bench-scan`, started as people start it.

#![cfg(feature = "scan")]
#![expect(clippy::unwrap_used, reason = "a test")]

use std::process::Command;

const HELD: [&str; 6] = [
    "commit_p99_ratio_idle",
    "commit_p99_ratio_busy",
    "last_over_first_scans",
    "last_over_first_scans_work",
    "open_expected_ms",
    "verdict_p99_ms",
];

/// Runs the small version. Whether limits hold is not asked: absolute times and ratios of a few writes are no matter for a test.
fn quick() -> (serde_json::Value, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_bench-scan")).args(["--quick", "--json"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let report = serde_json::from_slice(&output.stdout);
    (report.unwrap_or_else(|error| panic!("no report ({error}): {said}")), output.status.code())
}

#[test]
#[ignore = "needs Xvfb and xdotool, which `cargo xtask setup` installs"]
fn the_small_version_measures_everything() {
    let (report, code) = quick();
    let mut all_hold = true;
    for key in HELD {
        let (value, limit) = (report[key]["value"].as_f64().unwrap(), report[key]["limit"].as_f64().unwrap());
        assert!(value > 0.0, "{key} was not measured: {report}");
        assert_eq!(report[key]["ok"], value <= limit, "{key}");
        all_hold &= value <= limit;
    }
    for key in ["frame_to_feedback_idle_ms", "frame_to_feedback_busy_ms"] {
        let (p50, p99) = (report[key]["p50"].as_f64().unwrap(), report[key]["p99"].as_f64().unwrap());
        assert!(0.0 < p50 && p50 <= p99, "{key}: {report}");
    }
    assert!(report["start_ms"].as_f64().unwrap() > 0.0);
    let of_lists = ["list_open_ms", "list_resident_mb", "list_scroll_p99_ms"];
    for key in ["start_ms", "resident_mb", "cpu_percent_at_30_fps", "wake_ms"].into_iter().chain(of_lists) {
        let held = &report["window"][key];
        let (value, limit) = (held["value"].as_f64().unwrap(), held["limit"].as_f64().unwrap());
        assert!(value > 0.0, "{key} of the window was not measured: {report}");
        all_hold &= value <= limit;
    }
    assert_eq!((&report["ok"], code), (&all_hold.into(), Some(i32::from(!all_hold))));
    assert_eq!(report["quick"], true);
    assert_eq!((&report["growth"]["scans"], &report["expected"]["codes"]), (&200.into(), &2_000.into()));
    // The body of one event, and at least one page of the write-ahead log for it.
    assert!(report["commits"]["body_bytes"].as_f64().unwrap() > 300.0);
    assert!(report["commits"]["wal_bytes_per_commit"].as_f64().unwrap() > 4_096.0);
}

#[test]
fn wrong_use_says_what_to_do() {
    for (args, word) in [(&["--slow"][..], "--slow"), (&["--folder", "/no/such/folder"][..], "/no/such/folder")] {
        let output = Command::new(env!("CARGO_BIN_EXE_bench-scan")).args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(word), "{args:?}");
    }
}
