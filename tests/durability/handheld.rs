//! A terminal without a server: its folder, its commands, its log as an outsider reads it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use rusqlite::{Connection, OpenFlags};
use shared::chain::{Hash, epoch_hash, event_hash};
use shared::code::{PackageCode, check_digit, format_digital_link};
use shared::event::Event;
use shared::ids::EpochId;
use tests::{program, said, succeed};

/// One handheld.
pub struct Handheld {
    folder: PathBuf,
}

/// The label of a number.
pub fn label(n: u64) -> String {
    let body = "1690123456789";
    let code = PackageCode::item(&format!("{body}{}", check_digit::compute(body)), &format!("K{n:010}")).unwrap();
    format_digital_link("ID.EXAMPLE.CN", &code)
}

impl Handheld {
    pub fn new(folder: &Path) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        let ca = folder.join("ca.pem");
        std::fs::write(&ca, "no server is asked here").unwrap();
        let mut init = Command::new(program("scanner-app").unwrap());
        init.arg("init").arg("--config").arg(folder.join("terminal.toml")).arg("--ca").arg(&ca);
        init.args(["--member", "W", "--site", "S", "--server", "https://127.0.0.1:1", "--server-key", &"0".repeat(64)]);
        succeed(&mut init).unwrap();
        Self { folder: folder.to_owned() }
    }

    pub fn store(&self) -> PathBuf {
        self.folder.join("terminal.sqlite")
    }

    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(program("scanner-app").unwrap());
        command.arg(name).arg("--config").arg(self.folder.join("terminal.toml")).stdin(Stdio::null());
        command
    }

    pub fn output(&self, name: &str, args: &[&str]) -> Output {
        self.command(name).args(args).output().unwrap()
    }

    /// A scan that reads labels, a line each, from its standard input.
    pub fn start_scan(&self, document: &str) -> Child {
        let mut command = self.command("scan");
        command.args([
            "--task",
            "inbound",
            "--basis",
            document,
            "--document",
            document,
            "--source",
            "wedge:-",
            "--json",
        ]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    /// Scans labels to the end; the process must end well.
    pub fn scan(&self, document: &str, labels: impl Iterator<Item = u64>) -> Output {
        use std::io::Write;
        let mut process = self.start_scan(document);
        let lines: Vec<String> = labels.map(|n| format!("{}\n", label(n))).collect();
        let mut stdin = process.stdin.take().unwrap();
        let feed = std::thread::spawn(move || stdin.write_all(lines.concat().as_bytes()));
        let output = process.wait_with_output().unwrap();
        // A process that refuses to start reads nothing.
        let _ = feed.join().unwrap();
        output
    }

    /// Whether the first start came as far as to make a log.
    pub fn has_log(&self) -> bool {
        let tables = "select count(*) from sqlite_schema where name = 'log'";
        // A reader cannot take in the journal of a first transaction that was cut off: that is no log either.
        self.store().exists() && self.log().conn.query_row(tables, [], |row| row.get::<_, u32>(0)) == Ok(1)
    }

    /// The log as an outsider reads it, without writing a byte.
    pub fn log(&self) -> Log {
        Log { conn: Connection::open_with_flags(self.store(), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap() }
    }
}

/// An open log.
pub struct Log {
    conn: Connection,
}

impl Log {
    /// Every event; the chain is computed again and must hold from the first to the last.
    pub fn events(&self) -> Vec<Event> {
        let sql =
            "select l.epoch, l.seq, l.body, l.hash from log l join epoch e using (epoch) order by e.ordinal, l.seq";
        let mut statement = self.conn.prepare(sql).unwrap();
        let rows = statement
            .query_map([], |row| {
                let hash = Hash::new(row.get::<_, [u8; 32]>(3)?);
                Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?, row.get::<_, Vec<u8>>(2)?, hash))
            })
            .unwrap();
        let mut events: Vec<Event> = Vec::new();
        let mut chain: Option<(EpochId, u64, Hash)> = None;
        for row in rows {
            let (epoch, seq, body, stored) = row.unwrap();
            let event = Event::from_body(&body).unwrap();
            assert_eq!((event.epoch.to_string(), event.seq), (epoch, u64::from(seq)));
            let (last, before) = match chain {
                Some((epoch, last, hash)) if epoch == event.epoch => (last, hash),
                _ => (0, epoch_hash(event.terminal, event.epoch)),
            };
            assert_eq!(event.seq, last + 1, "a number is missing");
            assert_eq!(event_hash(before, &body), stored, "the chain breaks at {}", event.seq);
            chain = Some((event.epoch, event.seq, stored));
            events.push(event);
        }
        events
    }
}

/// What a refused command said; it must have ended with 1.
pub fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", said(output));
    String::from_utf8_lossy(&output.stderr).into_owned()
}
