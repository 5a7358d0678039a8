//! One event made durable, against a bare write and fdatasync of the same bytes, in turn in one process on one file system.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use scanner_app::device::{Device, Machine};
use scanner_app::store::Store;
use serde::Serialize;
use shared::event::{Act, Capture, Event, Movement};

use super::load::Burners;
use super::world;
use crate::measure::{Spread, rounded};

/// Commits, idle and busy.
#[derive(Clone, Debug, Serialize)]
pub struct Commits {
    /// With nothing else of ours running.
    pub idle: Commit,
    /// With a thread spinning on every core.
    pub busy: Commit,
    /// What "the same bytes" are: the body of one event, mean length.
    pub body_bytes: f64,
    /// What SQLite writes for it into its write-ahead log, mean: whole pages with a header each.
    pub wal_bytes_per_commit: f64,
    /// Whether the system let the commit thread raise its priority.
    pub raised_priority: bool,
}

/// One kind of write after the other; each round begins with another of them.
#[derive(Clone, Debug, Serialize)]
pub struct Commit {
    /// `Store::append` of one event, on the commit thread: numbered, serialised, hashed, inserted, committed with
    /// `synchronous=FULL`; ms.
    pub commit_ms: Spread,
    /// The event's body appended to a file, and fdatasync; ms.
    pub bare_ms: Spread,
    /// The body written over a place in a file that has its size already, and fdatasync; ms. No length changes, so it is the least.
    pub bare_in_place_ms: Spread,
    /// p99 of the commit over p99 of the bare append.
    pub ratio_p99: f64,
    /// The same over p99 of the write in place.
    pub ratio_p99_in_place: f64,
}

/// Measures `count` commits idle and as many busy.
pub fn run(folder: &Path, count: usize) -> anyhow::Result<Commits> {
    let folder = folder.join("commit");
    std::fs::create_dir(&folder)?;
    let mut bench = Bench::new(&folder)?;
    // What only the first commits pay is nobody's p99.
    bench.rounds(20.min(count))?;
    let idle = bench.rounds(count)?;
    let busy = {
        let _burners = Burners::start();
        bench.rounds(count)?
    };
    let body_bytes = bench.body_bytes();
    let raised_priority = bench.is_raised;
    let wal_bytes_per_commit = bench.wal_bytes(&folder.join("wal"))?;
    Ok(Commits { idle, busy, body_bytes, wal_bytes_per_commit, raised_priority })
}

struct Bench {
    store: Store,
    is_raised: bool,
    device: Machine,
    appended: File,
    in_place: File,
    bodies: u64,
    bytes: u64,
}

impl Bench {
    fn new(folder: &Path) -> anyhow::Result<Self> {
        let mut in_place = File::create(folder.join("bare-in-place"))?;
        in_place.write_all(&vec![0; 1 << 16])?;
        in_place.sync_all()?;
        let appended = OpenOptions::new().create(true).append(true).open(folder.join("bare-appended"))?;
        let mut store = world::store(folder)?;
        let is_raised = store.commit_on_a_thread()?;
        Ok(Self { store, is_raised, device: Machine::new(), appended, in_place, bodies: 0, bytes: 0 })
    }

    #[expect(clippy::cast_precision_loss, reason = "a few megabytes")]
    fn body_bytes(&self) -> f64 {
        rounded(self.bytes as f64 / self.bodies.max(1) as f64, 1)
    }

    fn event(&self, seq: u64) -> anyhow::Result<Event> {
        let movement = Movement {
            task: "T1".into(),
            basis: "C1".into(),
            document: "N1".into(),
            text: world::label(usize::try_from(seq)?)?,
            how: Capture::Camera,
            label: None,
            frame: Some(seq),
            reason: None,
        };
        Ok(Event {
            terminal: self.store.terminal(),
            epoch: self.store.epoch(),
            seq,
            event_id: None,
            at: Device::now(&self.device),
            mono_ms: self.device.mono_ms(),
            boot: self.device.boot(),
            operator: None,
            site: "GATE".into(),
            app: "bench".to_owned(),
            data_as_of: 1,
            act: Act::Outbound(movement),
        })
    }

    fn rounds(&mut self, count: usize) -> anyhow::Result<Commit> {
        let mut times: [Vec<f64>; 3] = Default::default();
        for round in 0..count {
            let event = self.event(self.store.next_seq()?)?;
            let body = event.to_body()?;
            (self.bodies, self.bytes) = (self.bodies + 1, self.bytes + body.len() as u64);
            for turn in 0..times.len() {
                let which = (round + turn) % times.len();
                let started = Instant::now();
                match which {
                    0 => drop(self.store.append(std::slice::from_ref(&event), |_| Ok(()))?),
                    1 => {
                        self.appended.write_all(&body)?;
                        self.appended.sync_data()?;
                    }
                    _ => {
                        self.in_place.write_all_at(&body, 0)?;
                        self.in_place.sync_data()?;
                    }
                }
                times[which].push(started.elapsed().as_secs_f64() * 1e3);
            }
        }
        let spread = |times: &[f64]| Spread::of(times).context("no commit was timed");
        let [commit_ms, bare_ms, bare_in_place_ms] = [spread(&times[0])?, spread(&times[1])?, spread(&times[2])?];
        let ratio = |bare: &Spread| rounded(commit_ms.p99 / bare.p99.max(0.001), 3);
        let (ratio_p99, ratio_p99_in_place) = (ratio(&bare_ms), ratio(&bare_in_place_ms));
        Ok(Commit { commit_ms, bare_ms, bare_in_place_ms, ratio_p99, ratio_p99_in_place })
    }

    /// What a commit adds to the write-ahead log: of a run of commits in which the log grew each time.
    #[expect(clippy::cast_precision_loss, reason = "a few megabytes")]
    fn wal_bytes(&mut self, folder: &Path) -> anyhow::Result<f64> {
        std::fs::create_dir(folder)?;
        self.store = world::store(folder)?;
        let wal = folder.join("terminal.sqlite-wal");
        let before = std::fs::metadata(&wal)?.len();
        // Few enough that SQLite does not begin the log anew in between.
        let commits = 100;
        for _ in 0..commits {
            let event = self.event(self.store.next_seq()?)?;
            self.store.append(&[event], |_| Ok(()))?;
        }
        let grown = std::fs::metadata(&wal)?.len().saturating_sub(before);
        Ok(rounded(grown as f64 / f64::from(commits), 1))
    }
}
