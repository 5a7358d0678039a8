//! The judge before transcripts good and bad: above all, silence passes nothing.

use super::*;
use crate::camera_vm::cases::{CASES, chosen};

fn case(name: &str) -> &'static Case {
    chosen(&[name.to_owned()]).unwrap()[0]
}

/// A transcript of one case.
fn told(name: &str, lines: &str) -> String {
    format!("guest up\r\ncase {name}\r\n{}left 0\r\nguest done\r\n", lines.replace('\n', "\r\n"))
}

fn faults(name: &str, lines: &str) -> String {
    let judgement = judge(&[case(name)], &told(name, lines));
    assert_eq!(judgement.passed.is_empty(), !judgement.faults.is_empty(), "a case passes or has faults");
    judgement.faults.into_iter().map(|fault| fault.words).collect::<Vec<_>>().join("\n")
}

/// What a good run of a case that sends all the time tells.
fn good(case: &Case) -> String {
    let (width, height) = case.size;
    let texts: Vec<String> = case.labels.iter().map(|label| format!("text {label}\n")).collect();
    format!("opened\nformat {} {width}x{height}\nframe {width}x{height}\n{}", case.coding.fourcc(), texts.concat())
}

#[test]
fn silence_passes_nothing() {
    let all: Vec<&Case> = CASES.iter().collect();
    for transcript in ["", "\r\n", "Linux version 6.1\r\n", "guest up\r\n", "guest up\r\nguest done\r\n"] {
        let judgement = judge(&all, transcript);
        assert!(judgement.passed.is_empty(), "{transcript:?}");
        assert!(judgement.faults.len() >= all.len(), "{transcript:?}");
    }
    assert!(judge(&all, "").faults[0].words.contains("never came up"));
}

#[test]
fn a_case_that_only_began_has_failed() {
    for case in &CASES {
        let judgement = judge(&[case], &format!("guest up\ncase {}\nguest done\n", case.name));
        assert!(judgement.passed.is_empty() && !judgement.faults.is_empty(), "{}", case.name);
    }
}

#[test]
fn a_probe_that_broke_down_has_failed_whatever_it_saw() {
    let text = told("yuyv-one", &good(case("yuyv-one"))).replace("left 0", "left 101");
    assert_eq!(judge(&[case("yuyv-one")], &text).faults[0].words, "the probe left with 101");
}

#[test]
fn a_guest_that_stopped_half_way_has_failed_even_where_its_cases_passed() {
    let text = told("yuyv-one", &good(case("yuyv-one"))).replace("guest done", "");
    let judgement = judge(&[case("yuyv-one")], &text);
    assert_eq!(judgement.passed.len(), 1);
    assert!(judgement.faults[0].words.contains("end of its script"));
}

#[test]
fn what_was_fed_and_nothing_else_passes() {
    for case in CASES.iter().filter(|case| case.act == Act::Steady) {
        assert_eq!(faults(case.name, &good(case)), "", "{}", case.name);
    }
    let several = case("yuyv-several");
    let less = good(several).replace(&format!("text {}\n", several.labels[3]), "");
    assert_eq!(faults(several.name, &less), format!("{} was fed and not read", several.labels[3]));
    let more = good(several) + "text OTHER\n";
    assert_eq!(faults(several.name, &more), "`OTHER` was read and not fed");
}

#[test]
fn another_format_or_size_or_an_error_has_failed() {
    let (name, lines) = ("mjpeg-one", good(case("mjpeg-one")));
    assert!(faults(name, &lines.replace("MJPG", "YUYV")).contains("streamed YUYV 1280x720 instead of MJPG 1280x720"));
    assert!(faults(name, &lines.replace("frame 1280", "frame 640")).contains("640x720 instead of 1280x720"));
    assert!(faults(name, &lines.replace("format MJPG 1280x720\n", "")).contains("no format"));
    assert!(faults(name, &(lines + "error camera 12 is gone\n")).contains("no error was expected"));
}

#[test]
fn a_camera_that_comes_back_must_be_missed_in_between() {
    let good = good(case("returns"));
    let gone = "error camera 14 gives no picture\n";
    assert_eq!(faults("returns", &format!("{good}{gone}{good}")), "");
    assert!(faults("returns", &good).contains("no error was told"));
    assert!(faults("returns", &format!("{good}{gone}silent 30000\n")).contains("hung"));
    assert!(faults("returns", &format!("{gone}{good}")).contains("before the camera was gone"));
    assert!(faults("returns", &format!("{good}error oops\n{good}")).contains("does not name camera 14"));
    assert_eq!(faults("unplugged", "opened\nframe 1x1\nerror camera 30 is gone\nframe 1x1\n"), "");
    assert!(faults("unplugged", "frame 1x1\nerror camera 30\nframe 1x1\ntext X\n").contains("read and not fed"));
}

#[test]
fn a_camera_without_pictures_must_be_told() {
    for name in ["mute", "idle"] {
        let words = format!("error camera {} gives no picture; there is camera:30 (vivid)\n", case(name).device);
        assert_eq!(faults(name, &words), "");
        assert!(faults(name, "opened\nsilent 30000\n").contains("hung"));
        assert!(faults(name, &format!("{words}frame 1x1\n")).contains("a picture came"));
        assert!(faults(name, "ended\n").contains("no error"));
        assert!(faults(name, &(words + "ended\n")).contains("the source ended"));
    }
    assert!(faults("idle", "error camera 17 gives no picture\n").contains("camera:30 could be named"));
}

#[test]
fn a_mode_of_the_terminals_choice_must_be_one_that_runs() {
    let good = "opened\nformat YUYV 640x480\nframe 640x480\n";
    assert_eq!(faults("choice", good), "");
    assert!(faults("choice", "opened\n").contains("pictures of none came"));
    assert!(faults("choice", "format YUYV 640x480\nframe 1280x720\n").contains("pictures of 1280x720 came"));
    assert!(faults("choice", &format!("{good}error no such rate\n")).contains("no error was expected"));
    assert!(faults("choice", &format!("{good}text X\n")).contains("read and not fed"));
}

#[test]
fn a_mode_that_was_asked_for_must_be_the_one_that_runs() {
    assert_eq!(faults("gray", "format GREY 640x360\nframe 640x360\n"), "");
    assert!(faults("gray", "format YUYV 640x360\nframe 640x360\n").contains("YUYV 640x360 instead of GREY 640x360"));
    assert!(
        faults("controls", "format YUYV 320x180\nframe 320x180\nerror no torch\n").contains("no error was expected")
    );
}

#[test]
fn the_kernels_camera_alone_must_be_listed() {
    assert_eq!(faults("listed", "camera 30 NV12,GRAY,YUYV 9\n"), "");
    for wrong in
        ["", "camera 30 NV12,YUYV 9\n", "camera 30 GRAY,YUYV 0\n", "camera 17 GRAY,YUYV 9\n", "camera 30 in use\n"]
    {
        assert!(faults("listed", wrong).contains("was expected"), "{wrong}");
    }
    assert!(!faults("listed", "camera 30 GRAY,YUYV 9\ncamera 17 GRAY,YUYV 9\n").is_empty());
}
