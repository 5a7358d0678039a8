//! A server, and terminals in the field behind cables: real processes, short waits.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use shared::code::{PackageCode, check_digit, format_digital_link};
use tests::network::Relay;
use tests::server::Server;
use tests::succeed;
use tests::terminal::{TaskArgs, Terminal};

/// Longest back-off of the terminals here, in milliseconds.
pub const RETRY_MS_MAX: u64 = 1_000;

/// As long as any attempt under way may last when the fault heals: the limits of a request and of a connection.
pub const ATTEMPT: Duration = Duration::from_secs(7);

/// Twice the longest back-off after the last fault has healed, and what was under way then.
pub const DRAINS_WITHIN: Duration = Duration::from_millis(2 * RETRY_MS_MAX + 7_000 + 3_000);

const POLICY: &str = "retry_ms_min = 100\nretry_ms_max = 1000\ntimeout_ms = 2000\npull_ms = 400\nbatch_events = 20\nbatch_events_min = 5";

/// What is scanned: nothing of it is known to the server, and all of it is recorded.
pub const TASK: TaskArgs<'static> = TaskArgs { stage: "inbound", basis: "HT-1", document: "FH-1" };

/// A server and a folder for terminals.
pub struct Field {
    pub server: Server,
    pub folder: tempfile::TempDir,
}

impl Field {
    pub fn new() -> Self {
        Self::on("")
    }

    /// The same with further settings of the server.
    pub fn on(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start_with(&folder.path().join("server"), settings).unwrap();
        let members = folder.path().join("members.csv");
        std::fs::write(&members, "member,name,role\nW,广州批发,wholesaler\n").unwrap();
        server.run([PathBuf::from("import"), members]).unwrap();
        Self { server, folder }
    }

    /// An enrolled terminal with short waits; it was never in touch with the server.
    pub fn terminal(&self, name: &str) -> Terminal {
        let terminal =
            Terminal::enrol_by_key(&self.server, &self.folder.path().join(name), "W", "GZ-HUB", name).unwrap();
        terminal.set_sync_policy(POLICY).unwrap();
        terminal
    }

    /// A relay that the terminal's requests pass from now on.
    pub fn relay(&self, terminal: &Terminal) -> Relay {
        let keys = self.server.ready.ca.parent().unwrap();
        let relay = Relay::before(&self.server.ready.terminal, keys).unwrap();
        terminal.cable.lead_to(relay.socket());
        relay
    }

    /// The numbers of a terminal's events on the server, in order.
    pub fn held(&self, terminal: &Terminal) -> Vec<u64> {
        let events = self.server.lines(["events"]).unwrap();
        let own = events.iter().filter(|event| event["terminal"] == terminal.id.as_str());
        own.map(|event| event["seq"].as_u64().unwrap()).collect()
    }

    /// Every event that left the terminal's queue is on the server exactly once, and both chains hold. An anchor may still wait: it
    /// never wakes the sender.
    pub fn holds_all_of(&self, terminal: &Terminal) {
        let waiting = pending(terminal);
        assert!(waiting <= 1, "{waiting} wait");
        let count = terminal.verified_events().unwrap() - waiting;
        assert_eq!(self.held(terminal), (1..=count).collect::<Vec<_>>());
        let verified: Value = serde_json::from_str(&self.server.run(["verify-log"]).unwrap()).unwrap();
        assert_eq!(verified["ok"], true, "{verified}");
    }
}

/// Events that wait on a terminal.
pub fn pending(terminal: &Terminal) -> u64 {
    let queue = succeed(terminal.command("queue").unwrap().arg("--json")).unwrap();
    serde_json::from_str::<Value>(&queue).unwrap()["pending"].as_u64().unwrap()
}

/// The labels of some numbers.
pub fn labels(numbers: std::ops::Range<usize>) -> Vec<String> {
    let body = "1690123456789";
    let gtin = format!("{body}{}", check_digit::compute(body));
    let label =
        |n: usize| format_digital_link("ID.EXAMPLE.CN", &PackageCode::item(&gtin, &format!("K{n:08}")).unwrap());
    numbers.map(label).collect()
}
