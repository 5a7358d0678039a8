//! `bench link`: what was scanned offline drains over a slow link: a real server, a real terminal, a throttled cable between them.
//!
//! The link is the limit: the report says how near the drain comes to the time that its bytes alone would take.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde::Serialize;
use shared::code::check_digit;
use tests::network::Faults;
use tests::server::Server;
use tests::syncing::Syncing;
use tests::terminal::{TaskArgs, Terminal};

use crate::measure::{Machine, number, rounded};

/// Bits a second of the link.
const LINK_BITS_PER_S: u64 = 1_000_000;

/// Its round trip.
const ROUND_TRIP: Duration = Duration::from_millis(200);

/// What to measure.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// A small version: shows that it works, measures little.
    #[arg(long)]
    pub quick: bool,
    /// Scans that wait.
    #[arg(long, default_value_t = 20_000)]
    pub events: usize,
    /// Where server and terminal keep their data. A new folder in it is used and removed.
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
}

/// A figure and the most that it may be.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Held {
    /// What was measured.
    pub value: f64,
    /// The most that it may be.
    pub limit: f64,
    /// Whether it holds.
    pub ok: bool,
}

impl Held {
    fn new(value: f64, limit: f64) -> Self {
        Self { value: rounded(value, 3), limit, ok: value <= limit }
    }
}

/// Everything that was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Whether every limit holds.
    pub ok: bool,
    /// From the sender's start to an empty queue, s.
    pub drain_s: Held,
    /// Bytes of request bodies per event.
    pub body_bytes_per_event: Held,
    /// Bytes down the cable per event, with TLS, HTTP and the pull.
    pub down_bytes_per_event: Held,
    /// Bytes up the cable per event, with TLS and HTTP.
    pub up_bytes_per_event: f64,
    /// Time of the drain over the time that the bytes up alone would take.
    pub over_ideal: f64,
    /// Events sent.
    pub events: u64,
    /// Offline scans a second before that.
    pub scans_per_s: f64,
    /// Bits a second of the link.
    pub link_bits_per_s: u64,
    /// Round trip of the link, ms.
    pub round_trip_ms: u64,
    /// Whether the amount was the small one: then no figure means much.
    pub quick: bool,
    /// The machine, and its load before and after.
    pub machine: Machine,
}

/// Measures.
pub fn run(options: &Options) -> Result<Report> {
    let events = if options.quick { 400 } else { options.events };
    let folder = match &options.folder {
        Some(folder) => tempfile::TempDir::with_prefix_in("bench-link-", folder)?,
        None => tempfile::TempDir::with_prefix("bench-link-")?,
    };
    let mut machine = Machine::here();
    let told = |what: &str| eprintln!("bench link: {what} …");
    told("a server that knows the codes");
    // Labels are typed faster than a person aims: that would be a mismatch on every event, and its verdicts are not what is measured.
    let server = Server::start_with(&folder.path().join("server"), "[limits]\npace_ms = 0\n")?;
    let labels = set_up(&server, folder.path(), events)?;
    let terminal = Terminal::enrol_by_key(&server, &folder.path().join("terminal"), "M", "SZ-GATE", "gate")?;
    terminal.sync()?;
    told("scans offline");
    let start = Instant::now();
    let task = TaskArgs { stage: "outbound", basis: "HT-1", document: "FH-1" };
    terminal.type_labels(task, &labels, None)?;
    let scans_per_s = number(events) / start.elapsed().as_secs_f64();
    told("the drain");
    terminal.cable.fail(Faults::slow(LINK_BITS_PER_S / 8, ROUND_TRIP));
    let before = terminal.cable.delivered_bytes();
    let start = Instant::now();
    let sender = Syncing::start(&terminal)?;
    let (state, _) = sender.drained(events as u64, Duration::from_mins(10))?;
    let drain_s = start.elapsed().as_secs_f64();
    let after = terminal.cable.delivered_bytes();
    drop(sender);
    machine.finish();
    let sent = state["done"]["sent"].as_u64().context("the sender does not say how many it sent")?;
    let body = state["done"]["body_bytes"].as_u64().context("the sender does not say how many bytes it sent")?;
    ensure!(state["done"]["recorded"] == sent, "not every event was recorded: {state}");
    let mismatches = server.lines(["mismatches", "--json"])?;
    ensure!(mismatches.is_empty(), "the scans were to be clean: {mismatches:?}");
    let per_event =
        |bytes: u64| number(usize::try_from(bytes).unwrap_or(usize::MAX)) / number(usize::try_from(sent).unwrap_or(1));
    let (up, down) = (after.0 - before.0, after.1 - before.1);
    let ideal_s = number(usize::try_from(up * 8).unwrap_or(usize::MAX)) / number(usize::try_from(LINK_BITS_PER_S)?);
    let drain = Held::new(drain_s, 11.0);
    let body = Held::new(per_event(body), 40.0);
    let down = Held::new(per_event(down), 4.0);
    Ok(Report {
        ok: options.quick || (drain.ok && body.ok && down.ok),
        drain_s: drain,
        body_bytes_per_event: body,
        down_bytes_per_event: down,
        up_bytes_per_event: rounded(per_event(up), 2),
        over_ideal: rounded(drain_s / ideal_s, 2),
        events: sent,
        scans_per_s: rounded(scans_per_s, 0),
        link_bits_per_s: LINK_BITS_PER_S,
        round_trip_ms: u64::try_from(ROUND_TRIP.as_millis())?,
        quick: options.quick,
        machine,
    })
}

/// A maker, a contract and a note for so many boxes, and the texts of their labels: scanned, nothing is wrong with them.
fn set_up(server: &Server, folder: &Path, boxes: usize) -> Result<Vec<String>> {
    let body = "0690123456789";
    let gtin = format!("{body}{}", check_digit::compute(body));
    let files = [
        ("members.csv", "member,name,role\nM,深圳制造,maker\nW,广州批发,wholesaler\n".to_owned()),
        ("sites.csv", "site,member,name,region\nSZ-GATE,M,深圳工厂,4403\n".to_owned()),
        (
            "products.csv",
            format!("product,name,maker,registry,level,gtin,units\nPOD,原味 3%,M,complete,unit,{gtin},1\n"),
        ),
        ("bases.csv", format!("basis,kind,seller,buyer,product,units\nHT-1,contract,M,W,POD,{boxes}\n")),
        (
            "documents.csv",
            format!(
                "document,basis,consignor,consignee,carrier,packing_level,product,units\nFH-1,HT-1,M,W,顺达物流,unit,POD,{boxes}\n"
            ),
        ),
    ];
    let mut import = vec![std::ffi::OsString::from("import")];
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
        import.push(path.into_os_string());
    }
    server.run(import)?;
    let count = boxes.to_string();
    let issue = ["codes", "issue", "--contract", "HT-1", "--product", "POD", "--level", "unit", "--count", &count];
    let csv =
        server.run(issue.into_iter().chain(["--pack", "P-1", "--without-application", "--why", "a measurement"]))?;
    let label = |line: &str| line.split(',').nth(4).map(str::to_owned).context("a pack line without a code");
    csv.lines().skip(1).map(label).collect()
}

/// Prints the figures for people, on stderr.
pub fn print(report: &Report) {
    let held = |name: &str, held: Held, unit: &str| {
        let verdict = if held.ok { "holds" } else { "BROKEN" };
        eprintln!("{name:<44} {:>10} {unit:<6} limit {:>6}  {verdict}", held.value, held.limit);
    };
    eprintln!("{} events over {} bit/s, {} ms round trip", report.events, report.link_bits_per_s, report.round_trip_ms);
    held("drained in", report.drain_s, "s");
    held("request body per event", report.body_bytes_per_event, "bytes");
    held("down the cable per event", report.down_bytes_per_event, "bytes");
    eprintln!("{:<44} {:>10} bytes", "up the cable per event", report.up_bytes_per_event);
    eprintln!("{:<44} {:>10} times", "over the time of the bytes alone", report.over_ideal);
    eprintln!("{:<44} {:>10} a second", "scanned offline before", report.scans_per_s);
}
