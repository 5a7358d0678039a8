//! Every command that changes something leaves a line in the audit log. A command that is added fails this test until somebody says
//! here how it is run, or that it changes nothing.

#![expect(clippy::unwrap_used, reason = "a test")]

mod device;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use clap::CommandFactory;
use serde_json::Value;
use shared::code::{PackageCode, check_digit};
use shared::ids::{EpochId, EventRef, TerminalId};
use shared::mismatch::{Kind, Mismatch, Scope, Severity, State, Subject};
use shared::time::Timestamp;
use sync_server::cli::Cli;
use sync_server::store::{self, Store};
use sync_server::workflow::MismatchId;
use tempfile::TempDir;
use uuid::Uuid;

/// They show, write files, or begin what is noted elsewhere.
const CHANGES_NOTHING: [&str; 30] = [
    "init",
    "serve",
    "registry sets",
    "registry list",
    "registry show",
    "registry versions",
    "registry export",
    "registry template",
    "codes list",
    "codes show",
    "codes file",
    "codes counts",
    "terminals pending",
    "terminals list",
    "terminals acts",
    "operators list",
    "mismatches find",
    "mismatches show",
    "mismatches credit",
    "users list",
    "users token list",
    "webhooks list",
    "audit",
    "trace",
    "events",
    "attachment",
    "verify-log",
    "quarantine list",
    "quarantine show",
    "backup",
];

struct Place {
    folder: TempDir,
    done: BTreeSet<String>,
}

impl Place {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name).display().to_string()
    }

    /// Runs a command; it must work. Answers what it printed.
    fn run(&self, words: &[&str], typed: &str) -> String {
        let done = self.output(words, typed);
        let (told, why) = (String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap());
        assert!(done.status.success(), "{words:?}: {told} {why}");
        told
    }

    /// Runs a command that is refused, which leaves no line. Answers why.
    fn refused(&self, words: &[&str]) -> String {
        let before = self.log();
        let done = self.output(words, "");
        assert!(!done.status.success(), "{words:?}");
        assert_eq!(self.log(), before, "{words:?}");
        String::from_utf8(done.stderr).unwrap()
    }

    /// Runs a command as the system's user anna.
    fn output(&self, words: &[&str], typed: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sync-server"))
            .arg("--config")
            .arg(self.path("server.toml"))
            .args(words)
            .env("USER", "anna")
            .env_remove("LOGNAME")
            .env_remove("SUDO_USER")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that reads nothing has gone by then.
        let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
        child.wait_with_output().unwrap()
    }

    fn log(&self) -> Vec<Value> {
        let log = self.run(&["audit"], "");
        log.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// What the last line says of why.
    fn why(&self) -> String {
        self.log().last().unwrap()["why"].as_str().unwrap().to_owned()
    }

    /// When something was done last: the time of those that stand beside the commands.
    fn last_at(&self) -> Timestamp {
        self.log().last().unwrap()["at"].as_str().unwrap().parse().unwrap()
    }

    async fn store(&self) -> Store {
        Store::open(&self.path("data/tallyman.sqlite"), Uuid::from_u128(1)).await.unwrap()
    }

    /// Runs a command that changes something.
    fn change(&mut self, leaf: &str, words: &[&str], typed: &str) -> String {
        let before = self.log();
        let words: Vec<&str> = leaf.split(' ').chain(words.iter().copied()).collect();
        let told = self.run(&words, typed);
        let log = self.log();
        assert_eq!(log.len(), before.len() + 1, "{leaf} left no line, or more than one");
        let (line, last) = (&log[before.len()], before.last().map_or("", |last| last["at"].as_str().unwrap()));
        assert!(
            line["who"] == "shell:anna" && line["role"] == "system" && line["at"].as_str().unwrap() >= last,
            "{leaf}: {line}"
        );
        for said in ["act", "on_what"] {
            assert!(!line[said].as_str().unwrap().is_empty(), "{leaf}: {line}");
        }
        self.done.insert(leaf.to_owned());
        told
    }

    /// Runs a command that changes something: its line says this act, on this, for this reason.
    fn change_for(&mut self, leaf: &str, words: &[&str], [act, on_what, why]: [&str; 3]) {
        self.change(leaf, words, "");
        let log = self.log();
        let line = log.last().unwrap();
        assert_eq!((&line["act"], &line["on_what"]), (&act.into(), &on_what.into()), "{leaf}: {line}");
        assert!(line["why"].as_str().unwrap().contains(why), "{leaf}: {line}");
    }

    /// A mismatch that was raised just now; its name, and a day until which it may be settled.
    async fn raise(&self) -> (String, String) {
        let (at, store) = (self.last_at(), self.store().await);
        let terminal = TerminalId::new(Uuid::from_u128(1));
        let by = EventRef { terminal, epoch: EpochId::new(Uuid::from_u128(1)), seq: 1 };
        let mismatch = Mismatch {
            kind: Kind::MissingGoods,
            subject: Subject("A".into()),
            state: State::Confirmed,
            severity: Severity::Hold,
            scope: Scope::Basis("C1".into()),
            basis: Some("C1".into()),
            document: None,
            count: 1,
            codes: BTreeSet::new(),
            events: BTreeSet::from([by]),
            at,
            due: None,
        };
        let mut tx = store.write().await.unwrap();
        let position = store::next_position(&mut tx).await.unwrap();
        let scopes = BTreeSet::from([mismatch.scope.clone()]);
        store::verdict::replace(
            &mut tx,
            &scopes,
            (store::verdict::JudgedBy::Rules, std::slice::from_ref(&mismatch)),
            at,
            position,
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        store.close().await;
        (MismatchId::of(&mismatch).to_string(), at.plus_ms(86_400_000).to_string())
    }
}

fn leaves(command: &clap::Command, path: &str, all: &mut BTreeSet<String>) {
    let mut has_any = false;
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        has_any = true;
        leaves(sub, &format!("{path} {}", sub.get_name()), all);
    }
    if !has_any {
        all.insert(path.trim().to_owned());
    }
}

fn gtin(body: &str) -> String {
    format!("{body}{}", check_digit::compute(body))
}

fn code(gtin: &str, n: u32) -> String {
    PackageCode::item(gtin, &format!("AUDIT{n:04}")).unwrap().to_string()
}

fn registry(place: &mut Place) {
    let (unit, case) = (gtin("0690123456789"), gtin("1690123456789"));
    let members = place.write("members.csv", "member,name,role\nM,Maker,maker\nW,Wholesaler,wholesaler\n");
    place.change("import", &[&members], "");
    let products = format!(
        "product,name,maker,registry,level,gtin,units\nPOD,Pod,M,complete,unit,{unit},1\nPOD,Pod,M,complete,case,{case},6\n"
    );
    let products = place.write("products.csv", &products);
    place.change("registry import", &[&products], "");
    let bases = place.write("bases.csv", "basis,kind,seller,buyer,product,units\nC1,contract,M,W,POD,60\n");
    place.change("import", &[&bases], "");
    let sites = place.write("sites.csv", "site,member,name,region\nS,W,Hub,4401\n");
    place.change("import", &[&sites], "");
    place.change("registry put", &["member", "-"], r#"{"member": "X", "name": "New", "role": "retailer"}"#);
    let newer = r#"{"member": "X", "name": "Newer", "role": "retailer"}"#;
    place.change("registry correct", &["member", "-", "--why", "misread letter"], newer);
    assert_eq!(place.why(), "changed: misread letter");
    let amended = ["member", "X", "--from", "2090-01-01", r#"{"region": "4403"}"#, "--why", "moves"];
    place.change("registry amend", &amended, "");
    assert_eq!(place.why(), "from 2090-01-01 00:00: moves");
    let staff = place.write("staff.csv", "operator,name,member,role\n1024,Li,W,clerk\n");
    place.change("import", &[&staff], "");
    place.change("operators badge", &["1024"], "");
    place.change("operators set-pin", &["1024"], "739164\n");
}

fn codes(place: &mut Place) {
    let (unit, case) = (gtin("0690123456789"), gtin("1690123456789"));
    let mut file = String::from("pack,product,level,basis,code\n");
    for n in 1..=3 {
        writeln!(file, "K1,POD,case,C1,{}", code(&case, n)).unwrap();
    }
    writeln!(file, "K2,POD,unit,C1,{}", code(&unit, 4)).unwrap();
    let file = place.write("packs.csv", &file);
    place.change("codes import", &[&file], "");
    let line = ["--contract", "C1", "--product", "POD"];
    let applying = [&["--number", "A1", "--member", "M", "--units", "6"][..], &line].concat();
    place.change("codes apply", &applying, "");
    let again = [&["--number", "A2", "--member", "M", "--units", "1"][..], &line].concat();
    place.change("codes apply", &again, "");
    place.change("codes withdraw", &["A2", "--why", "typed twice"], "");
    assert_eq!(place.why(), "typed twice");
    place.change("codes issue", &[&["--level", "unit", "--count", "1", "--pack", "K3"][..], &line].concat(), "");
    for (act, why) in [("activate", "line 2"), ("lose", "truck gone"), ("release", "truck found")] {
        place.change(&format!("codes {act}"), &["K1", "--why", why], "");
        assert_eq!(place.why(), why);
    }
    let pairs = format!("parent,child\n{},{}\n", code(&case, 1), code(&unit, 4));
    let pairs = place.write("pairs.csv", &pairs);
    place.change("codes associate", &[&pairs], "");
    place.change("codes relabel", &[&code(&case, 1), &code(&case, 2), "--why", "torn"], "");
    place.change("codes cancel", &[&code(&case, 3), "--why", "smeared"], "");
    assert_eq!(place.why(), "1 were live: smeared");
    place.change("codes cancel", &["--pack", "K3", "--why", "misprint"], "");
}

fn people(place: &mut Place) {
    place.change("users add", &["--name", "li", "--role", "regulator"], "correct horse battery\n");
    place.change("users set-password", &["li"], "battery horse correct\n");
    place.change("users set-role", &["li", "--role", "supervisor", "--member", "W", "--why", "new post"], "");
    assert_eq!(place.why(), "supervisor of W: new post");
    place.change("users token add", &["--user", "li"], "");
    place.change("users disable", &["li", "--why", "left"], "");
    assert_eq!(place.why(), "supervisor of W: left");
    place.change("users enable", &["li"], "");
    assert!(!place.run(&["users", "token", "list"], "").contains("\"revoked_at\":null"), "the token ended for good");
    let token = place.change("users token add", &["--user", "li"], "");
    let token: Value = serde_json::from_str(&token).unwrap();
    place.change("users token revoke", &[token["label"].as_str().unwrap()], "");
    let webhook = place.change("webhooks add", &["--url", "https://erp.example/hook"], "");
    let webhook: Value = serde_json::from_str(&webhook).unwrap();
    let webhook = webhook["webhook"].as_str().unwrap();
    place.change("webhooks enable", &[webhook], "");
    place.change("webhooks remove", &[webhook], "");
}

fn terminals(place: &mut Place) {
    let at = ["--member", "W", "--site", "S", "--name", "gate"];
    place.change("terminals invite", &[&at[..], &["--address", "https://tally.example:7443"]].concat(), "");
    let (terminal, key) = (Uuid::from_u128(7).to_string(), "ab".repeat(32));
    place.change("terminals add", &[&at[..], &["--terminal", &terminal, "--key", &key]].concat(), "");
    place.change("terminals revoke", &[&terminal, "--why", "stolen"], "");
    assert_eq!(place.why(), "stolen");
    place.change("keys next-ca", &[], "");
    place.change("keys adopt-next-ca", &[], "");
}

fn mismatches(place: &mut Place, (id, day): (&str, &str)) {
    place.change("mismatches seen", &[id], "");
    place.change("mismatches start", &[id], "");
    place.change("mismatches assign", &[id, "--to", "li"], "");
    place.change("mismatches wait", &[id], "");
    place.change("mismatches comment", &[id, "--comment", "asked"], "");
    place.change("mismatches due", &[id, "--at", day], "");
    place.change("mismatches resolve", &[id, "--reason", "other", "--comment", "counted"], "");
    place.change("mismatches reopen", &[id, "--comment", "not yet"], "");
}

/// Into another data folder: the log goes on there where the backup ended.
fn restore(place: &mut Place) {
    let backup = place.path("backup").display().to_string();
    place.run(&["backup", "--to", &backup], "");
    let other = Place { folder: tempfile::tempdir().unwrap(), done: BTreeSet::new() };
    std::fs::copy(place.path("server.toml"), other.path("server.toml")).unwrap();
    let before = place.log();
    let told = other.run(&["restore", "--from", &backup, "--why", "disk failure, Li"], "");
    let restored: Value = serde_json::from_str(&told).unwrap();
    let log = other.log();
    assert_eq!(log[..before.len()], before);
    let [line] = &log[before.len()..] else { panic!("restore left {:?}", &log[before.len()..]) };
    let on_what = format!("ledger {}", restored["ledger_id"].as_str().unwrap());
    assert_eq!((&line["act"], &line["who"]), (&"restored".into(), &"shell:anna".into()));
    assert_eq!((&line["on_what"], &line["why"]), (&on_what.into(), &"disk failure, Li".into()));
    assert_eq!(line["at"], restored["at"]);
    place.done.insert("restore".to_owned());
}

#[test]
fn what_says_nothing_or_names_nobody_is_refused() {
    let mut place = Place { folder: tempfile::tempdir().unwrap(), done: BTreeSet::new() };
    place.run(&["init", "--revised-rules-from", "never"], "");
    registry(&mut place);
    let invite = ["terminals", "invite", "--name", "gate", "--address", "https://tally.example:7443"];
    let at = |member, site| [&invite[..], &["--member", member, "--site", site]].concat();
    assert!(place.refused(&at("W", "NOWHERE")).contains("site NOWHERE is not known"));
    assert!(place.refused(&at("M", "S")).contains("site S is one of W, not of M"));
    assert!(place.refused(&at("NOBODY", "S")).contains("member NOBODY is not known"));
    let (terminal, key) = (Uuid::from_u128(7).to_string(), "ab".repeat(32));
    let add = ["terminals", "add", "--name", "gate", "--terminal", &terminal, "--key", &key];
    let at = |member, site| [&add[..], &["--member", member, "--site", site]].concat();
    assert!(place.refused(&at("M", "S")).contains("site S is one of W, not of M"));
    for words in [
        &["restore", "--from", "backup", "--why", ""][..],
        &["codes", "relabel", "OLD", "NEW", "--why", "  "],
        &["codes", "lose", "K1", "--why", ""],
        &["terminals", "revoke", &terminal, "--why", ""],
        &["users", "disable", "li", "--why", ""],
    ] {
        assert!(place.refused(words).contains("it says nothing; say in a few words why"), "{words:?}");
    }
}

#[tokio::test]
async fn every_command_that_changes_something_leaves_a_line_in_the_audit_log() {
    let mut place = Place { folder: tempfile::tempdir().unwrap(), done: BTreeSet::new() };
    place.run(&["init", "--revised-rules-from", "never"], "");
    registry(&mut place);
    codes(&mut place);
    people(&mut place);
    terminals(&mut place);
    let (id, day) = place.raise().await;
    mismatches(&mut place, (&id, &day));
    device::asks(&mut place).await;
    device::sends(&mut place).await;
    device::is_carried(&mut place);
    restore(&mut place);
    let mut all = BTreeSet::new();
    leaves(&Cli::command(), "", &mut all);
    let nothing: BTreeSet<String> = CHANGES_NOTHING.iter().map(|leaf| (*leaf).to_owned()).collect();
    assert!(nothing.is_subset(&all), "{:?} are no commands any more", nothing.difference(&all));
    let changing: BTreeSet<String> = all.difference(&nothing).cloned().collect();
    assert_eq!(changing, place.done);
}
