//! What should have been told against what was told.

use std::collections::BTreeSet;

use super::cases::{Act, Case, VIVID};
use super::transcript::{Line, Transcript};

/// Cases that passed, each with a line on it, and what was not as expected.
#[derive(Debug, Default)]
pub struct Judgement {
    /// A line for each case that passed.
    pub passed: Vec<String>,
    /// Expectations that failed; none: all passed.
    pub faults: Vec<Fault>,
}

/// One expectation that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// In which case; `guest` for none.
    pub case: String,
    /// What was expected and what was told.
    pub words: String,
}

/// Judges a transcript. What was not told has failed: a guest that never booted passes nothing.
pub fn judge(cases: &[&Case], transcript: &str) -> Judgement {
    let told = Transcript::of(transcript);
    let mut judgement = Judgement::default();
    let mut fault = |case: &str, words: String| judgement.faults.push(Fault { case: case.to_owned(), words });
    if !told.is_up {
        fault("guest", "the guest never came up; it told nothing".to_owned());
    } else if !told.is_done {
        fault("guest", "the guest did not reach the end of its script".to_owned());
    }
    for line in &told.before {
        fault("guest", format!("before the first case it said `{line}`"));
    }
    for case in cases {
        let lines: Vec<&[Line]> =
            told.cases.iter().filter(|(name, _)| *name == case.name).map(|(_, lines)| lines.as_slice()).collect();
        let faults = match lines[..] {
            [] => vec!["it was not tried".to_owned()],
            [lines] => faults_of(case, lines),
            _ => vec!["it was tried more than once".to_owned()],
        };
        if faults.is_empty() {
            judgement.passed.push(format!("{:<14} {}; {}", case.name, case.about, summary(lines[0])));
        }
        judgement.faults.extend(faults.into_iter().map(|words| Fault { case: case.name.to_owned(), words }));
    }
    judgement
}

/// What is wrong with a case.
fn faults_of(case: &Case, lines: &[Line]) -> Vec<String> {
    let mut faults = Vec::new();
    for line in lines {
        match line {
            Line::Silent(ms) => faults.push(format!("the source hung: neither picture nor error for {ms} ms")),
            Line::Late(ms) => faults.push(format!("not enough was seen in {ms} ms")),
            Line::Ended => faults.push("the source ended before enough was seen".to_owned()),
            Line::Other(words) => faults.push(format!("it said `{words}`")),
            _ => {}
        }
    }
    let left = lines.iter().find_map(|line| if let Line::Left(code) = line { Some(*code) } else { None });
    match left {
        None => faults.push("the probe did not come to its end".to_owned()),
        Some(code) if code != "0" && faults.is_empty() => faults.push(format!("the probe left with {code}")),
        Some(_) => {}
    }
    match case.act {
        Act::Steady | Act::Asked(_) => {
            steady(case, lines, &mut faults);
            no_error(lines, &mut faults);
        }
        Act::Returns => {
            steady(case, lines, &mut faults);
            back(case, lines, &mut faults);
        }
        Act::Unplugged => back(case, lines, &mut faults),
        Act::Choice | Act::Spoilt => {
            chosen(lines, &mut faults);
            no_error(lines, &mut faults);
        }
        Act::Listed => listed(lines, &mut faults),
        Act::Mute | Act::Idle => refused(case, lines, &mut faults),
    }
    faults
}

/// All texts fed were read and no other, in pictures of the format and size fed.
fn steady(case: &Case, lines: &[Line], faults: &mut Vec<String>) {
    let read = texts(lines);
    let fed: BTreeSet<&str> = case.labels.iter().copied().collect();
    faults.extend(fed.difference(&read).map(|text| format!("{text} was fed and not read")));
    faults.extend(read.difference(&fed).map(|text| format!("`{text}` was read and not fed")));
    let size = format!("{}x{}", case.size.0, case.size.1);
    let wanted = format!("{} {size}", case.coding.fourcc());
    let formats = formats(lines);
    if formats.is_empty() {
        faults.push(format!("no format was told; the feeder sends {wanted}"));
    }
    faults.extend(
        formats.iter().filter(|it| **it != wanted).map(|it| format!("the driver streamed {it} instead of {wanted}")),
    );
    let sizes = sizes_of_frames(lines);
    if sizes.is_empty() {
        faults.push("no picture came".to_owned());
    }
    faults.extend(sizes.iter().filter(|it| **it != size).map(|it| format!("a picture was {it} instead of {size}")));
}

/// Pictures in the one mode that the driver streams, whichever it is.
fn chosen(lines: &[Line], faults: &mut Vec<String>) {
    let formats = formats(lines);
    let sizes: BTreeSet<&str> = formats.iter().filter_map(|format| Some(format.split_once(' ')?.1)).collect();
    if formats.len() != 1 || sizes != sizes_of_frames(lines) {
        faults.push(format!(
            "pictures of {} came, and the driver streamed {}",
            list(&sizes_of_frames(lines)),
            list(&formats)
        ));
    }
    faults.extend(texts(lines).iter().map(|text| format!("`{text}` was read and not fed")));
}

fn no_error(lines: &[Line], faults: &mut Vec<String>) {
    if let Some(words) = errors(lines).next() {
        faults.push(format!("no error was expected, but: {words}"));
    }
}

/// The kernel's own camera alone, with modes of luma and of luma with colour, and with controls.
fn listed(lines: &[Line], faults: &mut Vec<String>) {
    let cameras: Vec<&str> =
        lines.iter().filter_map(|line| if let Line::Camera(words) = line { Some(*words) } else { None }).collect();
    let is_right = |words: &str| {
        let words: Vec<&str> = words.split(' ').collect();
        let formats: Vec<&str> = words.get(1).map(|list| list.split(',').collect()).unwrap_or_default();
        words.len() == 3
            && words[0] == VIVID.to_string()
            && ["GRAY", "YUYV"].iter().all(|format| formats.contains(format))
            && words[2].parse().is_ok_and(|controls: u32| controls > 0)
    };
    if cameras.len() != 1 || !is_right(cameras[0]) {
        faults
            .push(format!("camera {VIVID} alone, with GRAY, YUYV and controls, was expected: {}", cameras.join("; ")));
    }
}

/// Pictures, then an error that helps, then pictures again.
fn back(case: &Case, lines: &[Line], faults: &mut Vec<String>) {
    let Some(gone) = lines.iter().position(|line| matches!(line, Line::Error(_))) else {
        faults.push("no error was told when the camera was gone".to_owned());
        return;
    };
    if frames(&lines[..gone]) == 0 {
        faults.push("no picture came before the camera was gone".to_owned());
    }
    if frames(&lines[gone..]) == 0 {
        faults.push("no picture came after the camera was back".to_owned());
    }
    helps(case, lines, faults);
    if let Some(text) = texts(lines).iter().find(|text| !case.labels.contains(text)) {
        faults.push(format!("`{text}` was read and not fed"));
    }
    if case.is_fed() && texts(&lines[gone..]).is_empty() {
        faults.push("nothing was read after the camera was back".to_owned());
    }
}

/// No picture, and an error that helps.
fn refused(case: &Case, lines: &[Line], faults: &mut Vec<String>) {
    if frames(lines) > 0 {
        faults.push("a picture came out of a camera that sends none".to_owned());
    }
    if errors(lines).next().is_none() {
        faults.push("no error was told".to_owned());
    }
    helps(case, lines, faults);
    let other = format!("camera:{VIVID}");
    if case.act == Act::Idle && !errors(lines).all(|words| words.contains(&other)) {
        faults.push(format!("an error does not say that {other} could be named"));
    }
}

/// Each error names the camera.
fn helps(case: &Case, lines: &[Line], faults: &mut Vec<String>) {
    let camera = format!("camera {}", case.device);
    if let Some(words) = errors(lines).find(|words| !words.contains(&camera)) {
        faults.push(format!("an error does not name {camera}: {words}"));
    }
}

fn errors<'a>(lines: &[Line<'a>]) -> impl Iterator<Item = &'a str> {
    lines.iter().filter_map(|line| if let Line::Error(words) = line { Some(*words) } else { None })
}

fn texts<'a>(lines: &[Line<'a>]) -> BTreeSet<&'a str> {
    lines.iter().filter_map(|line| if let Line::Text(text) = line { Some(*text) } else { None }).collect()
}

fn frames(lines: &[Line]) -> usize {
    lines.iter().filter(|line| matches!(line, Line::Frame(_))).count()
}

fn formats<'a>(lines: &[Line<'a>]) -> BTreeSet<&'a str> {
    lines.iter().filter_map(|line| if let Line::Format(format) = line { Some(*format) } else { None }).collect()
}

fn sizes_of_frames<'a>(lines: &[Line<'a>]) -> BTreeSet<&'a str> {
    lines.iter().filter_map(|line| if let Line::Frame(size) = line { Some(*size) } else { None }).collect()
}

fn list(words: &BTreeSet<&str>) -> String {
    if words.is_empty() { "none".to_owned() } else { words.iter().copied().collect::<Vec<_>>().join(", ") }
}

fn summary(lines: &[Line]) -> String {
    let counts = format!("{} pictures, {} texts, {} errors", frames(lines), texts(lines).len(), errors(lines).count());
    let formats = formats(lines);
    if formats.is_empty() { counts } else { format!("{}, {counts}", list(&formats)) }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
