//! One server with what was there before, the roof beside it, and the terminals that send to both.

use std::time::Instant;

use anyhow::{Context, Result};
use tests::server::Server;

use super::place::Place;
use super::process::{Cores, peak_memory_mb};
use super::roof::{self, Roof, Row};
use super::sender::Sender;
use super::stored::Stored;
use super::stream::{self, Ready, Stream};
use super::{Options, Plan, Report};
use crate::measure::{Machine, Spread, number, rounded};

/// Batches that are stored with one commit before a measurement.
const STORED_AT_ONCE: usize = 16;

/// A server, and what its rounds took so far.
pub(super) struct Bed {
    // Dropped in this order: who uses the place goes before it.
    lanes: Vec<Lane>,
    server: Server,
    #[expect(dead_code, reason = "lives as long as the measurement")]
    place: Place,
    plan: Plan,
    size: usize,
    preload: usize,
    cores: Cores,
    taken: Taken,
}

/// What rounds took.
#[derive(Default)]
struct Taken {
    shares: Vec<f64>,
    stored_shares: Vec<f64>,
    costs_over_first: Vec<f64>,
    full_s: f64,
    stored_s: f64,
    roof_s: f64,
    bytes: usize,
}

/// One terminal, and the connection of the roof beside it.
struct Lane {
    stream: Stream,
    /// None before it is connected.
    sender: Option<Sender>,
    roof: Roof,
    stored: Option<Stored>,
}

/// What is sent in one round over one connection.
struct Round {
    ready: Vec<Ready>,
    rows: Vec<Vec<Row>>,
}

impl Bed {
    /// A server of its own for batches of so many events, with so many events there before.
    pub(super) fn new(options: &Options, plan: Plan, (size, preload): (usize, usize)) -> Result<Self> {
        let place = Place::new(&options.data)?;
        let server = Server::start_with(&place.folder().join("server"), &place.settings())?;
        stream::set_up(&server, place.folder())?;
        let before = preload.div_ceil(usize::from(options.connections));
        let open = |n| Lane::open((&server, &place), n, plan.batches() * size + before, options);
        let mut lanes = (0..options.connections).map(open).collect::<Result<Vec<_>>>()?;
        if before > 0 {
            let mut servers = place.servers(&server)?;
            lanes.iter_mut().try_for_each(|lane| lane.preload(&mut servers, before))?;
        }
        let cores = Cores::of(&server)?;
        Ok(Self { lanes, server, place, plan, size, preload, cores, taken: Taken::default() })
    }

    /// Connects: a connection that had nothing to do while the next server was filled was closed by its server.
    pub(super) fn connect(&mut self) -> Result<()> {
        for lane in &mut self.lanes {
            lane.sender = Some(Sender::new(&self.server)?);
        }
        Ok(())
    }

    /// What was measured so far was for warming up.
    pub(super) fn begin(&mut self) -> Result<()> {
        for sender in self.lanes.iter_mut().filter_map(|lane| lane.sender.as_mut()) {
            sender.times_ms.clear();
        }
        self.taken = Taken::default();
        self.cores = Cores::of(&self.server)?;
        Ok(())
    }

    /// One round: everything, the rows alone, the statements alone. Beside how long the same round took elsewhere, if it did. Answers
    /// how long everything took here, s.
    pub(super) fn round(&mut self, first_s: Option<f64>) -> Result<f64> {
        let (batches, size) = (self.plan.in_round, self.size);
        let lanes = &mut self.lanes;
        let rounds = lanes.iter_mut().map(|lane| lane.prepare(batches, size)).collect::<Result<Vec<_>>>()?;
        let full = at_once(lanes, &rounds, Lane::send)?;
        let bare = at_once(lanes, &rounds, |lane, round| round.rows.iter().try_for_each(|one| lane.roof.write(one)))?;
        let stored = at_once(lanes, &rounds, Lane::store)?;
        let taken = &mut self.taken;
        taken.shares.push(bare / full);
        taken.stored_shares.push(bare / stored);
        taken.costs_over_first.extend(first_s.map(|first_s| full / first_s));
        taken.full_s += full;
        taken.stored_s += stored;
        taken.roof_s += bare;
        taken.bytes += rounds.iter().flat_map(|round| &round.ready).map(|ready| ready.compressed.len()).sum::<usize>();
        Ok(full)
    }

    /// The figures since warming up ended.
    pub(super) fn report(&self, options: &Options, machine: &Machine) -> Result<Report> {
        let (plan, taken) = (self.plan, &self.taken);
        let events = number(plan.rounds * plan.in_round * self.size * self.lanes.len());
        let has_stored = self.lanes.iter().all(|lane| lane.stored.is_some());
        let senders = self.lanes.iter().filter_map(|lane| lane.sender.as_ref());
        let times: Vec<f64> = senders.flat_map(|sender| sender.times_ms.iter().copied()).collect();
        let spread = Spread::of(&times).context("nothing was sent")?;
        let median = |ratios: &[f64]| Spread::of(ratios).map(|spread| rounded(spread.p50, 3));
        Ok(Report {
            backend: options.data.backend,
            batch: self.size,
            connections: options.connections,
            roof_events_per_s: rounded(events / taken.roof_s, 0),
            full_events_per_s: rounded(events / taken.full_s, 0),
            share_of_roof: median(&taken.shares).context("no round")?,
            stored_events_per_s: has_stored.then(|| rounded(events / taken.stored_s, 0)),
            stored_share_of_roof: median(&taken.stored_shares).filter(|_| has_stored),
            p50_ms: spread.p50,
            p99_ms: spread.p99,
            wire_bytes_per_event: rounded(number(taken.bytes) / events, 1),
            preload: self.preload,
            cost_over_first: median(&taken.costs_over_first),
            contract: options.contract,
            cores_used: rounded(self.cores.used(&self.server, taken.full_s)?, 2),
            memory_mb: peak_memory_mb(&self.server)?,
            quick: options.quick,
            machine: machine.clone(),
        })
    }
}

impl Lane {
    /// A terminal of its own for so many scans.
    fn open((server, place): (&Server, &Place), n: u8, scans: usize, options: &Options) -> Result<Self> {
        let stream = Stream::new(server, place.folder(), n, (scans, options.contract))?;
        let stored = if options.connections == 1 { place.stored()? } else { None };
        if let Some(stored) = &stored {
            stored.enrol(&stream.enrolment())?;
        }
        Ok(Self { stream, sender: None, roof: place.roof()?, stored })
    }

    /// Events that are there before, in batches of 1,000.
    fn preload(&mut self, servers: &mut Stored, events: usize) -> Result<()> {
        let mut left = events;
        while left > 0 {
            let mut ready = Vec::with_capacity(STORED_AT_ONCE);
            while left > 0 && ready.len() < STORED_AT_ONCE {
                let part = left.min(1_000);
                ready.push(self.stream.next(part)?);
                left -= part;
            }
            for stored in self.stored.iter_mut().chain([&mut *servers]) {
                stored.store(&ready, self.stream.at())?;
            }
        }
        servers.leave_unjudged()
    }

    fn prepare(&mut self, batches: usize, size: usize) -> Result<Round> {
        let ready = (0..batches).map(|_| self.stream.next(size)).collect::<Result<Vec<_>>>()?;
        let rows = ready.iter().map(|ready| roof::rows(&ready.batch, self.stream.number())).collect();
        Ok(Round { ready, rows })
    }

    /// Sends a round's batches, one after the other.
    fn send(&mut self, round: &Round) -> Result<()> {
        let sender = self.sender.as_mut().context("a terminal sends before it is connected")?;
        round.ready.iter().try_for_each(|one| sender.send(one))
    }

    /// Stores a round's batches by the server's statements alone, one commit a batch.
    fn store(&mut self, round: &Round) -> Result<()> {
        let now = self.stream.at();
        let Some(stored) = &mut self.stored else { return Ok(()) };
        round.ready.iter().try_for_each(|one| stored.store(std::slice::from_ref(one), now))
    }
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
