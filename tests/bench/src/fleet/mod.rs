//! `bench fleet`: many terminals with full queues reconnect at once, as after a network that was down all day.
//!
//! Each terminal is one connection of its own that sends its queue in batches and waits where the server says so. Afterwards the
//! ledger is counted: nothing lost, nothing doubled.

use std::path::PathBuf;
use std::sync::Barrier;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde::Serialize;
use tests::server::Server;

use crate::ingest::stream::{self, Ready, Stream};
use crate::ingest::{Cores, Sender, peak_memory_mb};
use crate::measure::{Machine, Spread, number, rounded};

/// Events of one batch of a drain (`sync.md`).
const BATCH: usize = 1_000;

/// The most memory that the server may have, MB.
const MEMORY_MB_MAX: f64 = 300.0;

/// What to measure.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// A small version: shows that it works, measures little.
    #[arg(long)]
    pub quick: bool,
    /// Terminals.
    #[arg(long, default_value_t = 200)]
    pub terminals: u8,
    /// Events that wait on each.
    #[arg(long, default_value_t = 5_000)]
    pub events: usize,
    /// Where the server keeps its data: a new folder in it is used and removed. A disk, not memory.
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
}

/// Everything that was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Whether nothing was lost or doubled and the memory holds.
    pub ok: bool,
    /// Terminals that reconnected.
    pub terminals: u8,
    /// Events that waited on each.
    pub events_each: usize,
    /// Events that are in no ledger afterwards.
    pub lost: usize,
    /// Events that are there twice.
    pub doubled: usize,
    /// From the first connection to the last acknowledgement, s.
    pub drain_s: f64,
    /// Until everything that was put off is judged as well, s.
    pub recovered_s: f64,
    /// Events a second of the drain.
    pub events_per_s: f64,
    /// 99 of 100 batches were answered within this, with all waiting, ms.
    pub p99_ms: f64,
    /// Half of them, ms.
    pub p50_ms: f64,
    /// How often a terminal was told to come later.
    pub put_off: u64,
    /// The most memory that the server had, MB.
    pub memory_mb: f64,
    /// The most that it may have, MB.
    pub memory_mb_max: f64,
    /// Processor time over elapsed time of the server.
    pub cores_used: f64,
    /// Whether the amount was the small one: then no figure means much.
    pub quick: bool,
    /// The machine, and its load before and after.
    pub machine: Machine,
}

/// Measures.
pub fn run(options: &Options) -> Result<Report> {
    let (terminals, events) = if options.quick { (4, 500) } else { (options.terminals, options.events) };
    ensure!(terminals > 0 && events > 0, "at least one terminal with one event");
    let folder = match &options.folder {
        Some(folder) => tempfile::TempDir::with_prefix_in("bench-fleet-", folder)?,
        None => tempfile::TempDir::with_prefix("bench-fleet-")?,
    };
    let mut machine = Machine::here();
    let mut server = Server::start(&folder.path().join("server"))?;
    stream::set_up(&server, folder.path())?;
    eprintln!("bench fleet: {terminals} terminals with {events} events each …");
    let queues = (0..terminals).map(|n| queue(&server, folder.path(), n, events)).collect::<Result<Vec<_>>>()?;
    // What issuing the codes cost is not what is measured.
    server.restart("")?;
    let cores = Cores::of(&server)?;
    let start = Instant::now();
    let senders = drain(&server, &queues)?;
    let drain_s = start.elapsed().as_secs_f64();
    let held = held(&server)?;
    let recovered_s = start.elapsed().as_secs_f64();
    let (cores_used, memory_mb) = (cores.used(&server, drain_s)?, peak_memory_mb(&server)?);
    machine.finish();
    let sent = usize::from(terminals) * events;
    let (lost, doubled) = (sent.saturating_sub(held), held.saturating_sub(sent));
    let times: Vec<f64> = senders.iter().flat_map(|sender| sender.times_ms.iter().copied()).collect();
    let spread = Spread::of(&times).context("nothing was sent")?;
    Ok(Report {
        ok: lost == 0 && doubled == 0 && memory_mb <= MEMORY_MB_MAX,
        terminals,
        events_each: events,
        lost,
        doubled,
        drain_s: rounded(drain_s, 2),
        recovered_s: rounded(recovered_s, 2),
        events_per_s: rounded(number(sent) / drain_s, 0),
        p99_ms: spread.p99,
        p50_ms: spread.p50,
        put_off: senders.iter().map(|sender| sender.put_off).sum(),
        memory_mb,
        memory_mb_max: MEMORY_MB_MAX,
        cores_used: rounded(cores_used, 2),
        quick: options.quick,
        machine,
    })
}

/// The batches that wait on one terminal.
fn queue(server: &Server, folder: &std::path::Path, number: u8, events: usize) -> Result<Vec<Ready>> {
    let mut stream = Stream::new(server, folder, number, (events, events))?;
    let sizes = (0..events).step_by(BATCH).map(|done| BATCH.min(events - done));
    sizes.map(|size| stream.next(size)).collect()
}

/// All at once.
fn drain(server: &Server, queues: &[Vec<Ready>]) -> Result<Vec<Sender>> {
    let ready = Barrier::new(queues.len());
    std::thread::scope(|scope| {
        let send = |queue: &[Ready]| {
            ready.wait();
            let mut sender = Sender::new(server)?;
            queue.iter().try_for_each(|batch| sender.send(batch))?;
            anyhow::Ok(sender)
        };
        let threads: Vec<_> = queues.iter().map(|queue| scope.spawn(move || send(queue))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| anyhow::bail!("a sender panicked"))).collect()
    })
}

/// Events in the ledger, once everything that was put off is judged.
fn held(server: &Server) -> Result<usize> {
    let database = server.data().join("tallyman.sqlite");
    let conn = rusqlite::Connection::open_with_flags(&database, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)
        .with_context(|| format!("{} cannot be read", database.display()))?;
    let count =
        |sql: &str| -> Result<usize> { Ok(usize::try_from(conn.query_row(sql, [], |row| row.get::<_, i64>(0))?)?) };
    while count("select count(*) from unjudged")? > 0 {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    count("select coalesce(sum(next_seq - 1), 0) from head")
}

/// One line for people, on stderr.
pub fn print(report: &Report) {
    eprintln!(
        "{} terminals x {} events: drained in {} s ({} events/s), all judged after {} s; {} lost, {} doubled; p50 {} ms, p99 {} ms; \
         {} MB (at most {}); {} cores",
        report.terminals,
        report.events_each,
        report.drain_s,
        report.events_per_s,
        report.recovered_s,
        report.lost,
        report.doubled,
        report.p50_ms,
        report.p99_ms,
        report.memory_mb,
        report.memory_mb_max,
        report.cores_used
    );
    eprintln!("{}", report.machine.line());
}
