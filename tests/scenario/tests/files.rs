//! Every scenario file comes out as it says, and every kind of the catalogue is shown by one.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use scenario::pure;
use shared::mismatch::Kind;

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/scenarios");
    let mut files = Vec::new();
    for folder in [folder.clone(), folder.join("independent")] {
        files.extend(std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    }
    files.retain(|path| path.extension().is_some_and(|ext| ext == "txt"));
    files.sort();
    assert!(files.len() > 300, "only {} scenario files in {}", files.len(), folder.display());
    files
}

#[test]
fn every_file_comes_out_as_it_says() {
    let mut faults = Vec::new();
    for file in files() {
        let outcome = pure::play(&std::fs::read_to_string(&file).unwrap());
        if !outcome.ok {
            faults.push(format!("{}: {}", file.display(), serde_json::to_string(&outcome).unwrap()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Each file's outcome by the terminal's own sessions, on every core.
#[cfg(feature = "terminal")]
fn played_by_sessions(files: &[PathBuf]) -> Vec<(PathBuf, scenario::Outcome)> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let play = |file: &PathBuf| (file.clone(), scenario::sessions::play(&std::fs::read_to_string(file).unwrap()));
    std::thread::scope(|scope| {
        let shares = files.chunks(files.len().div_ceil(cores));
        let threads: Vec<_> =
            shares.map(|share| scope.spawn(move || share.iter().map(play).collect::<Vec<_>>())).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

/// What the rules say of everything, each session says of each scan as it happens; and what its log holds judges as the file says.
#[cfg(feature = "terminal")]
#[test]
fn every_file_comes_out_the_same_through_the_terminals_sessions() {
    let files = files();
    let outcomes = played_by_sessions(&files);
    assert_eq!(outcomes.len(), files.len());
    let told = |(file, outcome): &(PathBuf, scenario::Outcome)| {
        format!("{}: {}", file.display(), serde_json::to_string(outcome).unwrap())
    };
    let faults: Vec<String> = outcomes.iter().filter(|(_, outcome)| !outcome.ok).map(told).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let compared: usize = outcomes.iter().map(|(_, outcome)| outcome.verdicts_compared).sum();
    assert!(compared > 1_000, "only {compared} verdicts of sessions were held against the whole history");
}

/// The kind that a terminal alone can say: only it knows that a note was not confirmed when the goods left.
#[cfg(feature = "ledgers")]
const TERMINALS_ALONE: &str = "expect document-not-uploaded";

#[cfg(feature = "ledgers")]
#[test]
fn every_file_leaves_the_same_in_both_databases() {
    let files = files();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let play = |file: &PathBuf| {
        let text = std::fs::read_to_string(file).unwrap();
        let as_said = scenario::ledgers::on_sqlite(&text);
        (file.clone(), scenario::ledgers::on_both(&text), as_said, text.contains(TERMINALS_ALONE))
    };
    let played: Vec<_> = std::thread::scope(|scope| {
        let shares = files.chunks(files.len().div_ceil(cores));
        let threads: Vec<_> =
            shares.map(|share| scope.spawn(move || share.iter().map(play).collect::<Vec<_>>())).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let faults = played.iter().filter(|(_, outcome, _, _)| !outcome.ok || outcome.digests.len() < 2);
    let faults: Vec<String> = faults.map(|(file, outcome, _, _)| format!("{}: {outcome:?}", file.display())).collect();
    assert!(played.len() == files.len() && faults.is_empty(), "{}", faults.join("\n"));
    let wrong = played.iter().filter(|(_, _, as_said, terminals_alone)| as_said.ok == *terminals_alone);
    let wrong: Vec<String> = wrong.map(|(file, _, as_said, _)| format!("{}: {as_said:?}", file.display())).collect();
    assert!(wrong.is_empty(), "by a ledger in a file:\n{}", wrong.join("\n"));
}

#[test]
fn every_kind_is_expected_by_some_file() {
    let mut shown = BTreeSet::new();
    for file in files() {
        for line in std::fs::read_to_string(&file).unwrap().lines() {
            let mut words = line.split_whitespace();
            if words.next() == Some("expect") {
                shown.extend(words.find_map(|word| word.parse::<Kind>().ok()));
            }
        }
    }
    let missing: Vec<&Kind> = Kind::ALL.iter().filter(|kind| !shown.contains(kind)).collect();
    assert!(missing.is_empty(), "no scenario expects {missing:?}");
}

#[test]
fn a_file_that_expects_something_else_fails() {
    let file = files().into_iter().find(|file| file.ends_with("scenarios/kind-missing-goods.txt")).unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    let without = text.replace("expect missing-goods P2.2 confirmed\n", "");
    let outcome = pure::play(&without);
    assert_eq!((outcome.ok, outcome.unexpected.len()), (false, 1));
    let other = text.replace("expect missing-goods P2.2 confirmed", "expect missing-goods P2.1 confirmed");
    let outcome = pure::play(&other);
    assert_eq!((outcome.ok, outcome.missing.len(), outcome.unexpected.len()), (false, 1, 1));
    assert_eq!(outcome.unexpected[0].subject, "P2.2");
}

#[test]
fn mistakes_are_named_by_line_and_column() {
    for (text, said) in [
        ("member M maker\nscna t1", "line 2, column 1: `scna` is no verb of the language"),
        ("member M makr\nat D1\nnothing", "line 1, column 10: `makr` is no role"),
        (
            "member M maker colour=red\nat D1\nnothing",
            "line 1, column 16: `member` does not know the word `colour=red`",
        ),
        ("at D1\nexpect missing-gods P1.1", "line 2, column 8: `missing-gods` is not a kind of mismatch"),
        ("scan t9 outbound P1.1 basis=C1 @D1\nat D1\nnothing", "line 1, column 6: there is no terminal `t9`"),
        ("at Dx\nnothing", "line 1, column 4: `Dx` is no time: write it like D1, D1T08:00 or 08:00"),
        ("nothing", "line 1, column 1: `nothing` stands before any `at`"),
        ("member M maker", "line 1, column 1: the scenario expects nothing: it has no `at`"),
    ] {
        assert_eq!(pure::play(text).error.as_deref(), Some(said), "{text}");
    }
}

#[test]
fn the_example_of_the_readme_plays() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/scenarios/README.md"));
    let readme = readme.unwrap();
    let example = readme.split("```").nth(1).unwrap();
    let outcome = pure::play(example);
    assert!(outcome.ok, "{outcome:?}");
}
