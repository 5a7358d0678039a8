//! Many scans in one task: whether the last cost what the first did.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, ensure};
use serde::Serialize;
use shared::event::Capture;
use shared::mismatch::ScanResult;

use super::{Amounts, world};
use crate::measure::{Spread, rounded};

/// Scans of one task, each with verdict and commit.
#[derive(Clone, Debug, Serialize)]
pub struct Growth {
    /// How many scans.
    pub scans: usize,
    /// How many of its beginning and of its end are compared.
    pub span: usize,
    /// Those of the beginning, ms each.
    pub first_ms: Spread,
    /// Those of the end, ms each.
    pub last_ms: Spread,
    /// Mean of the last over mean of the first.
    pub ratio: f64,
    /// The same of the medians, which single slow writes do not move.
    pub ratio_p50: f64,
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
    let mut times = Vec::with_capacity(amounts.scans);
    for n in 0..amounts.scans {
        let reading = [(world::label(n)?, None)];
        let started = Instant::now();
        let answers = session.scan(&reading, Capture::Camera)?;
        times.push(started.elapsed().as_secs_f64() * 1e3);
        let accepted = answers.first().is_some_and(|answer| answer.result == ScanResult::Accepted);
        ensure!(accepted, "scan {n} was not accepted: {:?}", answers.first().map(|answer| &answer.verdict));
    }
    drop(session);
    let started = Instant::now();
    let session = world::session(world::store(&folder)?)?;
    let resume_ms = rounded(started.elapsed().as_secs_f64() * 1e3, 1);
    let kept = session.feedback().len();
    ensure!(kept == amounts.scans, "of {} scans {kept} were there after a restart", amounts.scans);
    let span = amounts.span.min(times.len());
    let first_ms = Spread::of(&times[..span]).context("nothing was scanned")?;
    let last_ms = Spread::of(&times[times.len() - span..]).context("nothing was scanned")?;
    let ratio = rounded(last_ms.mean / first_ms.mean.max(0.001), 3);
    let ratio_p50 = rounded(last_ms.p50 / first_ms.p50.max(0.001), 3);
    Ok(Growth { scans: amounts.scans, span, first_ms, last_ms, ratio, ratio_p50, resume_ms })
}
