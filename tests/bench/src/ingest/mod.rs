//! `bench ingest`: what full ingest and reconciliation cost over HTTPS, beside the roof: the event rows alone, in the same run.
//!
//! Rounds of a few batches to the server and the same batches to the roof take turns; a share is the median of same-round ratios, so
//! that what else the machine does touches both.

mod roof;
mod stream;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde::Serialize;
use tests::server::Server;
use tests::tls::{Connection, Identity};

use crate::measure::{Machine, Spread, number, rounded};
use roof::SqliteRoof;
use stream::{Ready, Stream};

/// What to measure.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// A small version: shows that it works, measures little.
    #[arg(long)]
    pub quick: bool,
    /// Sizes of batches, in events.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 100, 1000])]
    pub batch: Vec<usize>,
    /// Events that are on the server before.
    #[arg(long, default_value_t = 0)]
    pub preload: usize,
    /// Rounds of each size.
    #[arg(long, default_value_t = 9)]
    pub rounds: usize,
    /// Where server and roof keep their data: a new folder in it is used and removed. A disk, not memory.
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
}

/// The figures of one size.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Which database.
    pub backend: &'static str,
    /// Events a batch.
    pub batch: usize,
    /// Connections that send at once.
    pub connections: usize,
    /// Events a second of the rows alone.
    pub roof_events_per_s: f64,
    /// Events a second of everything: HTTPS, signature, chain, every rule, verdicts, acknowledgement.
    pub full_events_per_s: f64,
    /// The median of the same rounds' ratios.
    pub share_of_roof: f64,
    /// Half of the batches took at most this, ms.
    pub p50_ms: f64,
    /// 99 of 100 took at most this, ms.
    pub p99_ms: f64,
    /// Bytes of request bodies per event.
    pub wire_bytes_per_event: f64,
    /// Events that were there before.
    pub preload: usize,
    /// Processor time over elapsed time of the server while it was asked.
    pub cores_used: f64,
    /// Whether the amount was the small one: then no figure means much.
    pub quick: bool,
    /// The machine, and its load before and after.
    pub machine: Machine,
}

/// Measures each size on a server of its own.
pub fn run(options: &Options, mut each: impl FnMut(&Report)) -> Result<()> {
    for batch in &options.batch {
        ensure!((1..=5_000).contains(batch), "a batch holds 1 to 5,000 events, not {batch}");
        each(&measure(options, *batch)?);
    }
    Ok(())
}

fn measure(options: &Options, size: usize) -> Result<Report> {
    let (rounds, preload) =
        if options.quick { (2, options.preload.min(1_000)) } else { (options.rounds, options.preload) };
    let (in_round, warm_up) = if options.quick { (2, 1) } else { (10, 2) };
    let mut machine = Machine::here();
    let folder = match &options.folder {
        Some(folder) => tempfile::TempDir::with_prefix_in("bench-ingest-", folder)?,
        None => tempfile::TempDir::with_prefix("bench-ingest-")?,
    };
    let server = Server::start(&folder.path().join("server"))?;
    stream::set_up(&server, folder.path())?;
    let batches = (rounds + warm_up) * in_round;
    eprintln!("bench ingest: {batches} batches of {size}, {preload} events before …");
    let mut stream = Stream::new(&server, folder.path(), 1, batches * size + preload)?;
    let mut sender = Sender { connection: Identity::new(&server, None)?.connect()?, times_ms: Vec::new() };
    let mut left = preload;
    while left > 0 {
        let part = left.min(1_000);
        sender.send(&stream.next(part, 1)?)?;
        left -= part;
    }
    let mut roof = SqliteRoof::new(folder.path())?;
    let (mut shares, mut full_s, mut roof_s, mut bytes) = (Vec::new(), 0.0, 0.0, 0);
    let mut cores = Cores::of(&server)?;
    for round in 0..rounds + warm_up {
        let ready = (0..in_round).map(|_| stream.next(size, 1)).collect::<Result<Vec<_>>>()?;
        let rows: Vec<_> = ready.iter().map(|ready| roof::rows(&ready.batch)).collect();
        if round == warm_up {
            sender.times_ms.clear();
            cores = Cores::of(&server)?;
        }
        let full = timed(|| ready.iter().try_for_each(|ready| sender.send(ready)))?;
        let bare = timed(|| rows.iter().try_for_each(|rows| roof.write(rows)))?;
        if round >= warm_up {
            shares.push(bare / full);
            (full_s, roof_s) = (full_s + full, roof_s + bare);
            bytes += ready.iter().map(|ready| ready.compressed.len()).sum::<usize>();
        }
    }
    let events = number(rounds * in_round * size);
    let cores_used = cores.used(&server, full_s)?;
    machine.finish();
    let spread = Spread::of(&sender.times_ms).context("nothing was sent")?;
    Ok(Report {
        backend: "sqlite",
        batch: size,
        connections: 1,
        roof_events_per_s: rounded(events / roof_s, 0),
        full_events_per_s: rounded(events / full_s, 0),
        share_of_roof: rounded(Spread::of(&shares).context("no round")?.p50, 3),
        p50_ms: spread.p50,
        p99_ms: spread.p99,
        wire_bytes_per_event: rounded(number(bytes) / events, 1),
        preload,
        cores_used: rounded(cores_used, 2),
        quick: options.quick,
        machine,
    })
}

fn timed(mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_secs_f64())
}

struct Sender {
    connection: Connection,
    times_ms: Vec<f64>,
}

impl Sender {
    fn send(&mut self, ready: &Ready) -> Result<()> {
        let start = Instant::now();
        let content = [("content-type", "application/x-ndjson+zstd")];
        let answer = self.connection.ask("POST", "/v1/batches", &content, &ready.compressed)?;
        self.times_ms.push(start.elapsed().as_secs_f64() * 1e3);
        ensure!(answer.status == 200, "the server refused a batch ({}): {}", answer.status, answer.text);
        Ok(())
    }
}

/// The processor time that the server has used.
struct Cores {
    ticks: u64,
}

impl Cores {
    /// Clock ticks a second, as Linux tells them to every program.
    const TICKS_PER_S: f64 = 100.0;

    fn of(server: &Server) -> Result<Self> {
        let id = server.id().context("the server does not run")?;
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
        // Behind the name in brackets, which may hold anything: state, then numbers; utime and stime are the 14th and 15th of all.
        let after = stat.rsplit_once(')').map(|(_, after)| after).context("no process line")?;
        let ticks = after.split_whitespace().skip(11).take(2).filter_map(|text| text.parse::<u64>().ok()).sum();
        Ok(Self { ticks })
    }

    fn used(&self, server: &Server, elapsed_s: f64) -> Result<f64> {
        let ticks = Self::of(server)?.ticks - self.ticks;
        Ok(number(usize::try_from(ticks)?) / Self::TICKS_PER_S / elapsed_s)
    }
}

/// One line for people, on stderr.
pub fn print(report: &Report) {
    eprintln!(
        "{} batch {:>5}: {:>9} of {:>9} events/s of the rows alone = {:.3}; p50 {} ms, p99 {} ms; {} bytes/event; {} cores; {} before",
        report.backend,
        report.batch,
        report.full_events_per_s,
        report.roof_events_per_s,
        report.share_of_roof,
        report.p50_ms,
        report.p99_ms,
        report.wire_bytes_per_event,
        report.cores_used,
        report.preload
    );
    eprintln!("{}", report.machine.line());
}
