//! Many scans in one task: whether the last cost what the first did.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, ensure};
use serde::Serialize;

use super::Amounts;
use super::world::{self, lap_ms};
use crate::measure::{Clock, Spread, rounded};

/// Scans of one task, each with verdict and commit.
#[derive(Clone, Debug, Serialize)]
pub struct Growth {
    /// How many scans.
    pub scans: usize,
    /// How many of its beginning and of its end are compared.
    pub span: usize,
    /// Those of the beginning, ms each on the wall.
    pub first_ms: Spread,
    /// Those of the end, ms each.
    pub last_ms: Spread,
    /// Processor time of those of the beginning, all threads, ms each: what the disk and others do is not in it.
    pub first_work_ms: Spread,
    /// Processor time of those of the end.
    pub last_work_ms: Spread,
    /// Mean of the last over mean of the first, on the wall.
    pub ratio: f64,
    /// The same of processor time.
    pub ratio_of_work: f64,
    /// Opening the task again with all these scans in it, ms.
    pub resume_ms: f64,
}

/// Measures.
pub fn run(folder: &Path, amounts: Amounts) -> anyhow::Result<Growth> {
    let folder = folder.join("growth");
    std::fs::create_dir(&folder)?;
    let mut store = world::store(&folder)?;
    world::fill(&mut store, amounts.scans)?;
    let mut session = world::session(store)?;
    let (mut work, mut times) = (Vec::with_capacity(amounts.scans), Vec::with_capacity(amounts.scans));
    for n in 0..amounts.scans {
        let (cpu_ms, wall_ms) = lap_ms(&mut session, n, Clock::process)?;
        work.push(cpu_ms);
        times.push(wall_ms);
    }
    drop(session);
    let started = Instant::now();
    let session = world::session(world::store(&folder)?)?;
    let resume_ms = rounded(started.elapsed().as_secs_f64() * 1e3, 1);
    let kept = session.feedback().len();
    ensure!(kept == amounts.scans, "of {} scans {kept} were there after a restart", amounts.scans);
    let span = amounts.span.min(times.len());
    let ends = |all: &[f64]| Spread::of(&all[..span]).zip(Spread::of(&all[all.len() - span..]));
    let (first_ms, last_ms) = ends(&times).context("nothing was scanned")?;
    let (first_work_ms, last_work_ms) = ends(&work).context("nothing was scanned")?;
    let ratio = |last: f64, first: f64| rounded(last / first.max(0.001), 3);
    Ok(Growth {
        scans: amounts.scans,
        span,
        ratio: ratio(last_ms.mean, first_ms.mean),
        ratio_of_work: ratio(last_work_ms.mean, first_work_ms.mean),
        first_ms,
        last_ms,
        first_work_ms,
        last_work_ms,
        resume_ms,
    })
}
