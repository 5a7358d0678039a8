//! The program as its users call it.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use vision::scene::Label;

fn bench(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bench")).args(args).output().unwrap()
}

/// The one JSON object on stdout.
fn json(output: &Output) -> Value {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {errors}"))
}

fn has(report: &Value, keys: &[&str]) {
    for key in keys {
        assert!(report.get(key).is_some(), "no key {key}: {report}");
    }
}

fn draw(path: &Path, text: &str) {
    let luma = Label::new(text).unwrap().to_luma(6);
    let view = luma.view();
    let side = |pixels: usize| u32::try_from(pixels).unwrap();
    image::save_buffer(path, view.data(), side(view.width()), side(view.height()), image::ColorType::L8).unwrap();
}

#[test]
fn decode_judges_pictures_by_their_manifest() {
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("files");
    std::fs::create_dir(&files).unwrap();
    for (name, text) in [("right.png", "RIGHT"), ("other.png", "OTHER"), ("ghost.png", "GHOST"), ("free.png", "FREE")] {
        draw(&files.join(name), text);
    }
    std::fs::write(files.join("torn.png"), "no picture").unwrap();
    let rows = "file,set,expected_texts_json,truth\n\
        right.png,a,\"[\"\"RIGHT\"\"]\",set\nother.png,a,\"[\"\"ELSE\"\"]\",agree\nghost.png,b,[],none\n\
        free.png,b,[],unknown\ntorn.png,b,[],none\n";
    std::fs::write(folder.path().join("manifest.csv"), rows).unwrap();

    let report = json(&bench(&["decode", "--json", "--pictures", folder.path().to_str().unwrap()]));
    has(&report, &["any_right_percent", "sets_below_zxing_cpp", "cpu_ratio_to_ours", "only_zxing_cpp", "only_ours"]);
    has(&report, &["stalls", "machine", "guard_s", "longest_ms", "pictures", "wrong_texts_alone"]);
    assert_eq!((&report["all_right_percent"], &report["wrong_texts"]), (&50.0.into(), &2.into()), "{report}");
    assert_eq!(report["zxing_cpp_all_right_percent"], 50.0);
    assert_eq!(report["nobody"], serde_json::json!(["other.png"]));
    let known = &report["pictures_measured"];
    assert_eq!((&known["all"], &known["with_codes"], &known["unknown"]), (&4.into(), &2.into(), &1.into()));
    assert!(report["unusable"][0]["path"].as_str().unwrap().ends_with("torn.png"));
    let ours = &report["contenders"]["ours"];
    assert_eq!((&ours["wrong_texts_without_code"], &ours["cpu_ms"]["count"]), (&1.into(), &4.into()));
    assert_eq!(ours["by_set"]["a"]["all_right"], 1);
    // Whoever takes no part is there as null, with the reason beside.
    for name in bench::contender::Name::ALL.map(bench::contender::Name::key) {
        let absent = report["absent"].get(name).is_some();
        assert_eq!(report["contenders"][name].is_null(), absent, "{name}");
    }
}

#[test]
fn frame_measures_every_cell() {
    let args = ["frame", "--json", "--seeds", "3..4", "--frames", "2", "--labels", "1,2", "--size", "1080p"];
    let report = json(&bench(&[&args[..], &["--guard-s", "2", "--contenders", "ours,zxing_cpp"]].concat()));
    has(&report, &["share_1080p_10_labels", "share_1080p_30_labels", "share_1080p_30_labels_zxing_cpp"]);
    has(&report, &["share_4k_60_labels", "share_1080p_30_labels_over_frames", "median_ms_1080p_30_labels", "stalls"]);
    has(&report, &["share_1080p_frames_within_100_ms", "wrong_texts", "longest_ms_on_stalls", "machine"]);
    assert!(report["share_4k_60_labels"].is_null(), "what was not measured is null");
    assert!(report["median_ms_1080p_1_label"].as_f64().unwrap() > 0.0);
    assert_eq!((&report["frames_1080p"], &report["wrong_texts"]), (&4.into(), &0.into()));
    let two = &report["cells"][1];
    assert_eq!((&two["labels"], &two["frames"], &two["size"]), (&2.into(), &2.into(), &"1920x1080".into()));
    let ours = &two["contenders"]["ours"];
    let stall = &report["stalls"][0];
    assert!(stall["cpu_ms"]["ours"].as_f64().is_some() && stall["timed_out"].is_array(), "{stall}");
    assert!(ours["share_over_frames"].as_f64() >= ours["share"].as_f64(), "{ours}");
    assert!(ours["against_zxing_cpp"]["labels_ratio"].as_f64().is_some());
}

#[test]
fn formats_measures_every_way() {
    let report = json(&bench(&["formats", "--json", "--rounds", "2"]));
    for key in ["yuyv_to_luma_ms", "yuyv_copy_ms", "mjpeg_to_luma_ms", "mjpeg_zune_luma_ms", "mjpeg_copy_ms"] {
        assert_eq!(report[key]["count"], 2, "{key}");
    }
    assert!(report["mjpeg_ratio"].as_f64().unwrap() > 0.0);
}

#[test]
fn wrong_use_says_what_to_do() {
    for (args, word) in [
        (&["decode", "no-such-folder"][..], "does not exist"),
        (&["decode", "--guard-s", "0", "."][..], "--guard-s"),
        (&["frame", "--profile", "moonlight"][..], "warehouse-1"),
        (&["frame", "--seeds", "5..5"][..], "seed"),
        (&["formats", "--rounds", "0"][..], "--rounds"),
        (&["decode", "--contenders", "zzz"][..], "zxing_cpp"),
    ] {
        let output = bench(args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(word) && output.stdout.is_empty(), "{args:?}: {said}");
    }
}
