//! `bench ingest`: what full ingest and reconciliation cost over HTTPS, beside the roof: the event rows alone, in the same run.
//!
//! Rounds of a few batches to the server and the same batches to the roof take turns; a share is the median of same-round ratios, so
//! that what else the machine does touches both.

mod bed;
#[cfg(test)]
mod loaded;
pub(crate) mod place;
mod process;
pub(crate) mod roof;
mod sender;
mod stored;
pub mod stream;

use anyhow::{Result, ensure};
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::measure::Machine;
use bed::Bed;
use place::Data;
pub use process::{Cores, peak_memory_mb};
pub use sender::Sender;
use stream::UNITS_PER_CONTRACT;

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
    /// Events that are on the server before: stored as ingest stores them, and not judged. Several: a server for each, whose rounds
    /// take turns, and what a batch costs beside the first.
    #[arg(long, value_delimiter = ',', default_values_t = [0])]
    pub preload: Vec<usize>,
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
    /// What a batch cost beside the same round's on the server with the first preload: the median of these ratios. None for the first.
    pub cost_over_first: Option<f64>,
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
    ensure!(
        options.data.postgres.is_none() || options.preload.len() == 1,
        "several preloads need a database each: leave --postgres out, and a server of its own is started for each"
    );
    for batch in &options.batch {
        ensure!((1..=5_000).contains(batch), "a batch holds 1 to 5,000 events, not {batch}");
        measure(options, *batch)?.iter().for_each(&mut each);
    }
    Ok(())
}

/// Rounds, and batches in each.
#[derive(Clone, Copy)]
struct Plan {
    rounds: usize,
    warm_up: usize,
    in_round: usize,
}

impl Plan {
    const fn of(options: &Options) -> Self {
        if options.quick {
            return Self { rounds: 2, warm_up: 1, in_round: 2 };
        }
        Self { rounds: options.rounds, warm_up: 2, in_round: 10 }
    }

    const fn batches(self) -> usize {
        (self.rounds + self.warm_up) * self.in_round
    }
}

/// One size, on a server for each preload.
fn measure(options: &Options, size: usize) -> Result<Vec<Report>> {
    let plan = Plan::of(options);
    let mut machine = Machine::here();
    let mut beds = Vec::with_capacity(options.preload.len());
    for events in &options.preload {
        eprintln!("bench ingest: {events} events before {} batches of {size} …", plan.batches());
        beds.push(Bed::new(options, plan, (size, *events))?);
    }
    eprintln!("bench ingest: {} rounds …", plan.rounds + plan.warm_up);
    beds.iter_mut().try_for_each(Bed::connect)?;
    for round in 0..plan.rounds + plan.warm_up {
        let mut first_s = None;
        for bed in &mut beds {
            if round == plan.warm_up {
                bed.begin()?;
            }
            let took_s = bed.round(first_s)?;
            first_s.get_or_insert(took_s);
        }
    }
    machine.finish();
    beds.iter().map(|bed| bed.report(options, &machine)).collect()
}

/// One line for people, on stderr.
pub fn print(report: &Report) {
    eprintln!(
        "{:?} batch {:>5} x {}: {:>9} of {:>9} events/s of the rows alone = {:.3}; stored alone {} = {}; p50 {} ms, p99 {} ms; \
         {} bytes/event; {} cores; {} MB; {} before{}",
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
        report.preload,
        report
            .cost_over_first
            .map_or_else(String::new, |ratio| format!(": a batch cost {ratio} of one on the first server"))
    );
    eprintln!("{}", report.machine.line());
}
