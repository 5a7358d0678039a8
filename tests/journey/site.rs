//! Where the journey goes: a server, three enrolled terminals, three people with badges, the goods; and what the ledger must hold.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use tests::camera::photograph;
use tests::server::Server;
use tests::terminal::{Terminal, invite};
use tests::world::{self, Labels, UNITS_PER_CASE};

use crate::app::Person;

/// The digits lie on the pad where `places` knows them.
const PIN: &str = "913903";

/// The cases of FH-2032, and in them the units of both retailers' orders.
const CASES: std::ops::Range<usize> = 8..11;

const STAFF: &str = r#"[
    {"set": "operator", "operator": "1001", "member": "M", "name": "张强", "role": "clerk", "sites": ["SZ-GATE"]},
    {"set": "operator", "operator": "2001", "member": "W", "name": "李梅", "role": "clerk", "sites": ["GZ-HUB"]},
    {"set": "operator", "operator": "3001", "member": "R1", "name": "王芳", "role": "clerk", "sites": ["R1-SHOP"]}
]"#;

/// All of it.
pub struct Site {
    pub folder: tempfile::TempDir,
    pub server: Server,
    labels: Labels,
    /// Factory gate, sorting centre, shop counter; with who works there.
    pub posts: [(Terminal, Person); 3],
}

impl Site {
    /// The terminals have their data; nobody has signed in yet.
    pub fn set_up() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let server = Server::start(&folder.path().join("server"))?;
        let labels = world::set_up(&server, folder.path())?;
        let staff = folder.path().join("staff.json");
        std::fs::write(&staff, STAFF)?;
        server.run(["import".as_ref(), staff.as_os_str()])?;
        let post = |member: &str, site: &str, number: &str| -> Result<(Terminal, Person)> {
            let person = person(&server, number)?;
            let terminal = Terminal::enrol(&server, &folder.path().join(site), member, site, site)?;
            // People sign in here, and a busy machine's hand scanner stutters.
            let config = std::fs::read_to_string(terminal.config())?.replace("operator = \"1024\"\n", "");
            let printed = printed(folder.path(), site);
            let printer = format!("[printer]\ncommand = [\"sh\", \"-c\", 'cp \"$0\" \"{}\"']\n", printed.display());
            std::fs::write(terminal.config(), format!("{config}\n[capture.keys]\ngap_ms = 300\n{printer}"))?;
            terminal.sync()?;
            Ok((terminal, person))
        };
        let posts = [post("M", "SZ-GATE", "1001")?, post("W", "GZ-HUB", "2001")?, post("R1", "R1-SHOP", "3001")?];
        photograph(&labels.cases[CASES], &folder.path().join("cases"), 7)?;
        std::fs::create_dir(folder.path().join("nothing"))?;
        Ok(Self { folder, server, labels, posts })
    }

    /// What the printer of a site was given.
    pub fn printed(&self, site: &str) -> PathBuf {
        printed(self.folder.path(), site)
    }

    /// An invitation that was made too long ago, to be asked over a terminal's cable.
    pub fn late_invitation(&self, terminal: &Terminal) -> Result<String> {
        let text = invite(&self.server, &terminal.cable, &["--member", "M", "--site", "SZ-GATE", "--name", "late"])?;
        let database = rusqlite::Connection::open(self.server.data().join("tallyman.sqlite"))?;
        database.execute("update enrolment set expires_at = expires_at - 86400000 where state = 'invited'", [])?;
        Ok(text)
    }

    /// The cases that leave the factory.
    pub fn cases(&self) -> &[String] {
        &self.labels.cases[CASES]
    }

    /// What the `n`-th retailer ordered: the units of the `n`-th of these cases.
    pub fn units(&self, n: usize) -> &[String] {
        let first = (CASES.start + n) * UNITS_PER_CASE;
        &self.labels.units[first..first + UNITS_PER_CASE]
    }

    /// How many events of each kind the server's ledger holds.
    pub fn ledger(&self) -> Result<BTreeMap<String, usize>> {
        let mut counts = BTreeMap::new();
        for event in self.server.lines(["events"])? {
            let kind = event["kind"].as_str().context("an event without a kind")?;
            *counts.entry(kind.to_owned()).or_default() += 1;
        }
        Ok(counts)
    }

    /// Every package moved once at every stage, the gate was cleared, every chain holds, and nobody has anything to settle.
    pub fn assert_ledger(&self) -> Result<()> {
        let ledger = self.ledger()?;
        let units = UNITS_PER_CASE;
        for (kind, count) in
            [("outbound", 3), ("inbound", 3), ("sort", 2 * units), ("receipt", units), ("signed_in", 3)]
        {
            ensure!(ledger.get(kind) == Some(&count), "{count} events `{kind}` were due: {ledger:?}");
        }
        ensure!(ledger.contains_key("gate"), "no gate was asked: {ledger:?}");
        let verified = self.server.lines(["verify-log"])?;
        ensure!(verified[0]["ok"] == true, "the server's chains do not hold: {}", verified[0]);
        let mismatches = self.server.lines(["mismatches", "--json"])?;
        ensure!(mismatches.is_empty(), "nothing was planted, and this was found: {mismatches:?}");
        Ok(())
    }
}

fn printed(folder: &Path, site: &str) -> PathBuf {
    folder.join(format!("printed-{site}.svg"))
}

fn person(server: &Server, number: &str) -> Result<Person> {
    let mut command = server.command(["operators", "set-pin", number])?;
    let mut process = command.stdin(Stdio::piped()).spawn()?;
    process.stdin.take().context("a process without stdin")?.write_all(format!("{PIN}\n").as_bytes())?;
    ensure!(process.wait()?.success(), "the PIN of {number} was not set");
    let made = server.lines(["operators", "badge", number])?;
    let badge = made.first().and_then(|made| made["badge"].as_str()).context("no badge was printed")?;
    Ok(Person { badge: badge.to_owned(), pin: PIN })
}
