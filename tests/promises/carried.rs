//! Terminals that have no network, and what goes between them: real programs for the carried promises.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tests::server::Server;
use tests::terminal::Terminal;
use tests::{program, said, world};

/// A server, a terminal that never has a network, and another that will.
pub struct Place {
    pub folder: tempfile::TempDir,
    pub server: Server,
    /// Offline for ever.
    pub gate: Terminal,
    /// Another member's, online.
    pub truck: Terminal,
}

pub fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("server")).unwrap();
    world::set_up(&server, folder.path()).unwrap();
    let terminal = |name: &str, member: &str, site: &str| {
        let terminal = Terminal::enrol(&server, &folder.path().join(name), member, site, name).unwrap();
        know_recipient(&server, terminal.config());
        terminal
    };
    let (gate, truck) = (terminal("gate", "M", "SZ-GATE"), terminal("truck", "W", "GZ-HUB"));
    gate.cable.cut();
    Place { folder, server, gate, truck }
}

/// Puts the server's recipient into a configuration that does not have it yet.
fn know_recipient(server: &Server, config: &Path) {
    let text = std::fs::read_to_string(config).unwrap();
    if !text.contains("server_recipient") {
        let keys: Value = serde_json::from_str(&server.run(["keys"]).unwrap()).unwrap();
        let recipient = keys["server_recipient"].as_str().unwrap();
        std::fs::write(config, format!("server_recipient = \"{recipient}\"\n{text}")).unwrap();
    }
}

impl Place {
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What the server holds, event by event and mismatch by mismatch.
    pub fn tables(&self) -> (Vec<String>, Vec<String>) {
        let lines = |command: &[&str]| {
            let mut lines: Vec<String> = self.server.run(command).unwrap().lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        (lines(&["events"]), lines(&["mismatches", "--json", "--all"]))
    }

    /// How many events of a terminal the server holds.
    pub fn held(&self, terminal: &Terminal) -> usize {
        let events = self.server.lines(["events"]).unwrap();
        events.iter().filter(|event| event["terminal"] == terminal.id.as_str()).count()
    }

    /// Imports parcels at the server, as from a stick. Answers what it said of each, and the whole output.
    pub fn brought(&self, files: &[&Path], answers: Option<&Path>) -> (Vec<Value>, Output) {
        let mut command = self.server.command(["sealed", "import"]).unwrap();
        command.args(files);
        if let Some(answers) = answers {
            command.arg("--out").arg(answers);
        }
        let output = command.output().unwrap();
        let lines = String::from_utf8_lossy(&output.stdout);
        (lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), output)
    }

    /// The gate's parcel, exported.
    pub fn parcel(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        carry(&self.gate, &["export", "--to", path.to_str().unwrap(), "--json"]);
        path
    }
}

/// A carry command of a terminal.
pub fn carrying(terminal: &Terminal, args: &[&str]) -> Command {
    let mut command = Command::new(program("scanner-app").unwrap());
    command.args(["carry", args[0], "--config"]).arg(terminal.config()).args(&args[1..]).stdin(Stdio::null());
    command
}

/// Runs one that must succeed and print one JSON object.
pub fn carry(terminal: &Terminal, args: &[&str]) -> Value {
    let output = carrying(terminal, args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", said(&output));
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}

/// Scans so many labels of one batch of labels, from a hand scanner.
pub fn scan(terminal: &Terminal, batch: &str, count: usize) {
    let mut command = terminal.command("scan").unwrap();
    command.args([
        "--task",
        "outbound",
        "--basis",
        "HT-2031",
        "--document",
        "FH-2031",
        "--json",
        "--source",
        "wedge:-",
    ]);
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let lines: Vec<String> = (0..count).map(|n| label(batch, n)).collect();
    process.stdin.take().unwrap().write_all((lines.join("\n") + "\n").as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

/// The text of a label.
pub fn label(batch: &str, n: usize) -> String {
    format!("(01)16901234567899(21){batch}{n:08}")
}

/// What waits on a terminal.
pub fn queue(terminal: &Terminal) -> Value {
    let output = terminal.command("queue").unwrap().arg("--json").output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)))
}
