//! `bench ingest`: what full ingest and reconciliation cost over HTTPS, beside the roof: the event rows alone, in the same run.
//!
//! Rounds of a few batches to the server and the same batches to the roof take turns; a share is the median of same-round ratios, so
//! that what else the machine does touches both.

#[cfg(test)]
mod loaded;
pub(crate) mod place;
mod process;
pub(crate) mod roof;
mod sender;
mod stored;
pub mod stream;

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use serde::Serialize;
use tests::server::Server;

use crate::measure::{Machine, Spread, number, rounded};
use place::{Data, Place};
pub use process::{Cores, peak_memory_mb};
use roof::{Roof, Row};
pub use sender::Sender;
use stored::Stored;
use stream::{Ready, Stream, UNITS_PER_CONTRACT};

/// Which database holds the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// A file.
    Sqlite,
    /// A server of its own.
    Postgres,
}

/// What to measure.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// A small version: shows that it works, measures little.
    #[arg(long)]
    pub quick: bool,
    /// Where the data lie.
    #[command(flatten)]
    pub data: Data,
    /// Sizes of batches, in events.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 100, 1000])]
    pub batch: Vec<usize>,
    /// Terminals that send at once, each under contracts of its own.
    #[arg(long, default_value_t = 1)]
    pub connections: u8,
    /// Events that are on the server before: stored as ingest stores them, and not judged.
    #[arg(long, default_value_t = 0)]
    pub preload: usize,
    /// Units of one contract: what one judgement is about.
    #[arg(long, default_value_t = UNITS_PER_CONTRACT)]
    pub contract: usize,
    /// Rounds of each size.
    #[arg(long, default_value_t = 9)]
    pub rounds: usize,
}

/// The figures of one size.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Which database.
    pub backend: Backend,
    /// Events a batch.
    pub batch: usize,
    /// Connections that send at once.
    pub connections: u8,
    /// Events a second of the rows alone.
    pub roof_events_per_s: f64,
    /// Events a second of everything: HTTPS, signature, chain, every rule, verdicts, acknowledgement.
    pub full_events_per_s: f64,
    /// The median of the same rounds' ratios.
    pub share_of_roof: f64,
    /// Events a second that are read, checked and stored by the server's statements, with no rule asked and nobody answered; none where
    /// there is no second database.
    pub stored_events_per_s: Option<f64>,
    /// The median of the same rounds' ratios of these.
    pub stored_share_of_roof: Option<f64>,
    /// Half of the batches took at most this, ms.
    pub p50_ms: f64,
    /// 99 of 100 took at most this, ms.
    pub p99_ms: f64,
    /// Bytes of request bodies per event.
    pub wire_bytes_per_event: f64,
    /// Events that were there before.
    pub preload: usize,
    /// Units of one contract.
    pub contract: usize,
    /// Processor time over elapsed time of the server while it was asked; a database server's is not in it.
    pub cores_used: f64,
    /// The most memory that the server had, MB.
    pub memory_mb: f64,
    /// Whether the amount was the small one: then no figure means much.
    pub quick: bool,
    /// The machine, and its load before and after.
    pub machine: Machine,
}

/// Measures each size on a server of its own.
pub fn run(options: &Options, mut each: impl FnMut(&Report)) -> Result<()> {
    ensure!((1..=8).contains(&options.connections), "1 to 8 connections, not {}", options.connections);
    ensure!(
        (1..=1_000_000).contains(&options.contract),
        "a contract has 1 to 1,000,000 units, not {}",
        options.contract
    );
    for batch in &options.batch {
        ensure!((1..=5_000).contains(batch), "a batch holds 1 to 5,000 events, not {batch}");
        each(&measure(options, *batch)?);
    }
    Ok(())
}

/// Rounds, and batches in each.
struct Plan {
    rounds: usize,
    warm_up: usize,
    in_round: usize,
    preload: usize,
}

impl Plan {
    fn of(options: &Options) -> Self {
        if options.quick {
            return Self { rounds: 2, warm_up: 1, in_round: 2, preload: options.preload.min(1_000) };
        }
        Self { rounds: options.rounds, warm_up: 2, in_round: 10, preload: options.preload }
    }
}

/// One terminal, and the connection of the roof beside it.
struct Lane {
    stream: Stream,
    sender: Sender,
    roof: Roof,
    stored: Option<Stored>,
}

/// What is sent in one round over one connection.
struct Round {
    ready: Vec<Ready>,
    rows: Vec<Vec<Row>>,
}

fn measure(options: &Options, size: usize) -> Result<Report> {
    let plan = Plan::of(options);
    let mut machine = Machine::here();
    let place = Place::new(&options.data)?;
    let server = Server::start_with(&place.folder().join("server"), &place.settings())?;
    stream::set_up(&server, place.folder())?;
    let batches = (plan.rounds + plan.warm_up) * plan.in_round;
    let lanes = usize::from(options.connections);
    eprintln!("bench ingest: {batches} batches of {size} over {lanes}, {} events before …", plan.preload);
    let before = plan.preload.div_ceil(lanes);
    let scans = batches * size + before;
    let open = |n| Lane::open((&server, &place), n, scans, options);
    let mut lanes = (0..options.connections).map(open).collect::<Result<Vec<_>>>()?;
    if before > 0 {
        let mut servers = place.servers(&server)?;
        lanes.iter_mut().try_for_each(|lane| preload(lane, &mut servers, before))?;
    }
    let mut cores = Cores::of(&server)?;
    let (mut shares, mut stored_shares) = (Vec::new(), Vec::new());
    let (mut full_s, mut stored_s, mut roof_s, mut bytes) = (0.0, 0.0, 0.0, 0);
    for round in 0..plan.rounds + plan.warm_up {
        let rounds = lanes.iter_mut().map(|lane| prepare(lane, plan.in_round, size)).collect::<Result<Vec<_>>>()?;
        if round == plan.warm_up {
            for lane in &mut lanes {
                lane.sender.times_ms.clear();
            }
            cores = Cores::of(&server)?;
        }
        let full =
            at_once(&mut lanes, &rounds, |lane, round| round.ready.iter().try_for_each(|one| lane.sender.send(one)))?;
        let bare =
            at_once(&mut lanes, &rounds, |lane, round| round.rows.iter().try_for_each(|one| lane.roof.write(one)))?;
        let stored = at_once(&mut lanes, &rounds, Lane::store)?;
        if round >= plan.warm_up {
            shares.push(bare / full);
            stored_shares.push(bare / stored);
            (full_s, stored_s, roof_s) = (full_s + full, stored_s + stored, roof_s + bare);
            bytes += rounds.iter().flat_map(|round| &round.ready).map(|ready| ready.compressed.len()).sum::<usize>();
        }
    }
    let events = number(plan.rounds * plan.in_round * size * lanes.len());
    let has_stored = lanes.iter().all(|lane| lane.stored.is_some());
    let cores_used = cores.used(&server, full_s)?;
    machine.finish();
    let times: Vec<f64> = lanes.iter().flat_map(|lane| lane.sender.times_ms.iter().copied()).collect();
    let spread = Spread::of(&times).context("nothing was sent")?;
    Ok(Report {
        backend: options.data.backend,
        batch: size,
        connections: options.connections,
        roof_events_per_s: rounded(events / roof_s, 0),
        full_events_per_s: rounded(events / full_s, 0),
        share_of_roof: rounded(Spread::of(&shares).context("no round")?.p50, 3),
        stored_events_per_s: has_stored.then(|| rounded(events / stored_s, 0)),
        stored_share_of_roof: Spread::of(&stored_shares).filter(|_| has_stored).map(|spread| rounded(spread.p50, 3)),
        p50_ms: spread.p50,
        p99_ms: spread.p99,
        wire_bytes_per_event: rounded(number(bytes) / events, 1),
        preload: plan.preload,
        contract: options.contract,
        cores_used: rounded(cores_used, 2),
        memory_mb: peak_memory_mb(&server)?,
        quick: options.quick,
        machine,
    })
}

impl Lane {
    /// A terminal of its own for so many scans.
    fn open((server, place): (&Server, &Place), n: u8, scans: usize, options: &Options) -> Result<Self> {
        let stream = Stream::new(server, place.folder(), n, (scans, options.contract))?;
        let stored = if options.connections == 1 { place.stored()? } else { None };
        if let Some(stored) = &stored {
            stored.enrol(&stream.enrolment())?;
        }
        Ok(Self { stream, sender: Sender::new(server)?, roof: place.roof()?, stored })
    }

    /// Stores a round's batches by the server's statements alone, one commit a batch.
    fn store(&mut self, round: &Round) -> Result<()> {
        let now = self.stream.at();
        let Some(stored) = &mut self.stored else { return Ok(()) };
        round.ready.iter().try_for_each(|one| stored.store(std::slice::from_ref(one), now))
    }
}

/// Batches that are stored with one commit before a measurement.
const STORED_AT_ONCE: usize = 16;

/// Events that are there before, in batches of 1,000.
fn preload(lane: &mut Lane, servers: &mut Stored, events: usize) -> Result<()> {
    let mut left = events;
    while left > 0 {
        let mut ready = Vec::with_capacity(STORED_AT_ONCE);
        while left > 0 && ready.len() < STORED_AT_ONCE {
            let part = left.min(1_000);
            ready.push(lane.stream.next(part)?);
            left -= part;
        }
        for stored in lane.stored.iter_mut().chain([&mut *servers]) {
            stored.store(&ready, lane.stream.at())?;
        }
    }
    servers.leave_unjudged()
}

fn prepare(lane: &mut Lane, batches: usize, size: usize) -> Result<Round> {
    let ready = (0..batches).map(|_| lane.stream.next(size)).collect::<Result<Vec<_>>>()?;
    let rows = ready.iter().map(|ready| roof::rows(&ready.batch, lane.stream.number())).collect();
    Ok(Round { ready, rows })
}

/// Does the work of all lanes at once. Answers how long it took, s.
fn at_once(lanes: &mut [Lane], rounds: &[Round], work: impl Fn(&mut Lane, &Round) -> Result<()> + Sync) -> Result<f64> {
    let start = Instant::now();
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            lanes.iter_mut().zip(rounds).map(|(lane, round)| scope.spawn(|| work(lane, round))).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| anyhow::bail!("a sender panicked")))
    })?;
    Ok(start.elapsed().as_secs_f64())
}

/// One line for people, on stderr.
pub fn print(report: &Report) {
    eprintln!(
        "{:?} batch {:>5} x {}: {:>9} of {:>9} events/s of the rows alone = {:.3}; stored alone {} = {}; p50 {} ms, p99 {} ms; \
         {} bytes/event; {} cores; {} MB; {} before",
        report.backend,
        report.batch,
        report.connections,
        report.full_events_per_s,
        report.roof_events_per_s,
        report.share_of_roof,
        report.stored_events_per_s.map_or("-".to_owned(), |rate| rate.to_string()),
        report.stored_share_of_roof.map_or("-".to_owned(), |share| share.to_string()),
        report.p50_ms,
        report.p99_ms,
        report.wire_bytes_per_event,
        report.cores_used,
        report.memory_mb,
        report.preload
    );
    eprintln!("{}", report.machine.line());
}
