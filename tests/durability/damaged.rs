//! Damaged files, foreign files, missing folders, two instances: clear words, nothing touched, and a way on.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use serde_json::Value;

use super::handheld::{Handheld, label, refused};

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(bytes)))
}

fn scanned(folder: &Path, count: u64) -> Handheld {
    let handheld = Handheld::new(folder);
    let output = handheld.scan("N-1", 0..count);
    assert!(output.status.success(), "{}", tests::said(&output));
    handheld
}

/// Every command that opens the store says the same, and leaves it as it is.
fn refuses(handheld: &Handheld, word: &str) {
    let before = std::fs::read(handheld.store()).unwrap();
    let said = refused(&handheld.scan("N-1", 900..903));
    assert!(said.contains(word), "{said}");
    assert_eq!(std::fs::read(handheld.store()).unwrap(), before, "the file was touched");
}

#[test]
fn a_text_file_and_a_newer_store_are_refused_and_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let handheld = Handheld::new(folder.path());
    std::fs::write(handheld.store(), "minutes of the meeting\n".repeat(40)).unwrap();
    refuses(&handheld, "is not a Tallyman terminal's store");
    assert!(refused(&handheld.output("rescue", &["--to", "/tmp/never"])).contains("nothing was changed"));

    std::fs::remove_file(handheld.store()).unwrap();
    assert!(handheld.scan("N-1", 0..2).status.success());
    let conn = rusqlite::Connection::open(handheld.store()).unwrap();
    conn.pragma_update(None, "user_version", 99).unwrap();
    drop(conn);
    refuses(&handheld, "newer version");
}

#[test]
fn a_missing_folder_and_a_folder_that_cannot_be_written_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let handheld = Handheld::new(folder.path());
    let config = folder.path().join("terminal.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    // Nobody may make files in /sys, whoever asks.
    for (store, word) in [("gone/t.sqlite", "there is no folder"), ("/sys/t.sqlite", "may not write to /sys")] {
        std::fs::write(&config, text.replace("terminal.sqlite", store)).unwrap();
        let said = refused(&handheld.scan("N-1", 0..1));
        assert!(said.contains(word) && said.contains("name another `store`"), "{said}");
    }
}

#[test]
fn a_second_instance_is_refused_and_may_look() {
    let folder = tempfile::tempdir().unwrap();
    let handheld = Handheld::new(folder.path());
    let mut first = handheld.start_scan("N-1");
    let mut stdin = first.stdin.take().unwrap();
    let mut lines = BufReader::new(first.stdout.take().unwrap()).lines();
    for n in 0..5 {
        writeln!(stdin, "{}", label(n)).unwrap();
        lines.next().unwrap().unwrap();
    }
    assert!(refused(&handheld.scan("N-1", 10..11)).contains("another instance"));
    let queue = json(&handheld.output("queue", &["--json"]).stdout);
    assert!(queue["pending"].as_u64() >= Some(5) && queue["attachments"] == 0, "{queue}");
    let verified = json(&handheld.output("verify-log", &[]).stdout);
    assert!(verified["ok"] == true && verified["events"] == queue["pending"], "{verified}");
    // It goes on undisturbed.
    writeln!(stdin, "{}", label(6)).unwrap();
    lines.next().unwrap().unwrap();
    drop(stdin);
    assert!(first.wait().unwrap().success());
}

#[test]
fn an_older_copy_put_back_starts_a_new_epoch_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let handheld = scanned(folder.path(), 5);
    let copy = folder.path().join("copy");
    std::fs::copy(handheld.store(), &copy).unwrap();
    assert!(handheld.scan("N-1", 5..12).status.success());
    let first = handheld.log().events();
    std::fs::copy(&copy, handheld.store()).unwrap();
    let output = handheld.scan("N-1", 20..23);
    assert!(output.status.success(), "{}", tests::said(&output));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("An older copy of the records was put back; 7 newer ones"), "{said}");
    let now = handheld.log().events();
    let used: Vec<_> = first.iter().map(|event| (event.epoch, event.seq)).collect();
    let new: Vec<_> = now.iter().filter(|event| event.epoch != first[0].epoch).collect();
    assert!(!new.is_empty() && new.iter().all(|event| !used.contains(&(event.epoch, event.seq))));
    let shared::event::Act::EpochStarted { previous: Some(previous) } = &new[0].act else { panic!("{:?}", new[0]) };
    assert_eq!((previous.epoch, previous.last_seq), (first[0].epoch, first.len() as u64));
    // Once is enough.
    let again = handheld.scan("N-1", 30..31);
    assert!(!String::from_utf8_lossy(&again.stderr).contains("older copy"), "{}", tests::said(&again));
}

#[test]
fn a_damaged_store_is_rescued() {
    let folder = tempfile::tempdir().unwrap();
    let handheld = scanned(folder.path(), 400);
    let whole = handheld.log().events();
    // Its head is gone: SQLite cannot even tell what it is.
    let mut bytes = std::fs::read(handheld.store()).unwrap();
    bytes[..4096].fill(0);
    std::fs::write(handheld.store(), &bytes).unwrap();
    refuses(&handheld, "not an SQLite file");
    let to = folder.path().join("saved");
    let output = handheld.output("rescue", &["--json", "--to", to.to_str().unwrap()]);
    assert!(output.status.success(), "{}", tests::said(&output));
    let rescued = json(&output.stdout);
    assert_eq!(rescued["events"].as_u64(), Some(whole.len() as u64), "{rescued}");
    assert_eq!(rescued["offered_again"], rescued["events"]);
    assert_eq!(std::fs::read(to.join("damaged-1/terminal.sqlite")).unwrap(), bytes);
    let exported = std::fs::read_to_string(to.join("events.ndjson")).unwrap();
    for (line, event) in exported.lines().zip(&whole) {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["chain"], "holds");
        assert_eq!(line["body"].as_str().unwrap().as_bytes(), event.to_body().unwrap());
    }
    let kept = std::fs::read_dir(folder.path().join("terminal.sqlite.disputed")).unwrap().count();
    assert_eq!(kept, 1);

    // Work goes on in a new epoch that names the old one; there is no doubt about the new store.
    let output = handheld.scan("N-1", 500..502);
    assert!(
        output.status.success() && !tests::said(&output).contains("tell the supervisor"),
        "{}",
        tests::said(&output)
    );
    let now = handheld.log().events();
    let shared::event::Act::EpochStarted { previous: Some(previous) } = &now[0].act else { panic!("{:?}", now[0]) };
    assert_eq!((previous.epoch, previous.last_seq), (whole[0].epoch, whole.len() as u64));
    assert!(refused(&handheld.output("rescue", &["--to", to.to_str().unwrap()])).contains("is sound"));
}

#[test]
fn a_rescue_that_is_killed_can_be_run_again() {
    let folder = tempfile::tempdir().unwrap();
    let handheld = scanned(folder.path(), 300);
    let whole = handheld.log().events();
    let mut bytes = std::fs::read(handheld.store()).unwrap();
    bytes[..4096].fill(0);
    let to = folder.path().join("saved");
    let mut replaced = 0;
    for round in 0..30_u64 {
        // What was rescued is damaged anew: each round meets the whole of a rescue.
        std::fs::write(handheld.store(), &bytes).unwrap();
        let mut process = handheld.command("rescue").args(["--to", to.to_str().unwrap()]).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(5 + round * 7 % 61));
        process.kill().unwrap();
        process.wait().unwrap();
        if std::fs::read(handheld.store()).unwrap() == bytes {
            let again = handheld.output("rescue", &["--to", to.to_str().unwrap()]);
            assert!(again.status.success(), "{}", tests::said(&again));
        }
        let exported = std::fs::read_to_string(to.join("events.ndjson")).unwrap();
        assert_eq!(exported.lines().count(), whole.len());
        let copies = std::fs::read_dir(&to).unwrap().flatten().filter(|entry| entry.path().is_dir());
        let whole_copy = |folder: std::fs::DirEntry| {
            std::fs::read(folder.path().join("terminal.sqlite")).is_ok_and(|copy| copy == bytes)
        };
        assert!(copies.into_iter().any(whole_copy), "round {round}: the damaged file was not kept");
        replaced += u64::from(handheld.log().events().is_empty());
    }
    assert_eq!(replaced, 30);
}
