//! A terminal that expects a million codes, registered and on the consignor's list: how long opening takes, what a verdict costs, how much memory it needs. Each run is a
//! process of its own, so that its memory is its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

use super::world::{self, lap_ms};
use super::{Amounts, process};
use crate::measure::{Clock, Spread, rounded};

/// A store with many expected codes.
#[derive(Clone, Debug, Serialize)]
pub struct Expected {
    /// How many codes.
    pub codes: usize,
    /// Bringing them in by pull pages, and summing the list up, s.
    pub fill_s: f64,
    /// Store and task opened by a new process, ms; the file is in the system's memory already.
    pub open_ms: f64,
    /// Work of the session's thread for one scan: the verdict, and handing the commit over; processor time, ms.
    pub verdict_ms: Spread,
    /// The same scans on the wall with their commits, on a file system in memory where there is one; ms.
    pub scan_ms: Spread,
    /// Where the verdicts' store lay.
    pub verdict_file_system: String,
    /// Resident memory after the scans, MB, and the most that it ever was.
    pub resident_mb: Option<f64>,
    /// See `resident_mb`.
    pub peak_mb: Option<f64>,
}

/// What the process that opened the store tells.
#[derive(Debug, Serialize, Deserialize)]
struct Opened {
    open_ms: f64,
    laps_ms: Vec<(f64, f64)>,
    resident: Option<(f64, f64)>,
}

/// Measures.
pub fn run(folder: &Path, amounts: Amounts) -> anyhow::Result<Expected> {
    let on_disk = folder.join("expected");
    std::fs::create_dir(&on_disk)?;
    let started = Instant::now();
    let mut store = world::store(&on_disk)?;
    world::fill(&mut store, amounts.codes)?;
    world::announce(&mut store, amounts.codes)?;
    drop(store);
    let fill_s = rounded(started.elapsed().as_secs_f64(), 2);
    let memory = in_memory()?;
    let swift = memory.as_ref().map_or_else(|| on_disk.with_extension("verdicts"), |memory| memory.path().to_owned());
    copy(&on_disk, &swift)?;
    let from_disk = ask(&on_disk, 0)?;
    let opened = ask(&swift, amounts.verdicts)?;
    let (cpu_ms, wall_ms): (Vec<f64>, Vec<f64>) = opened.laps_ms.iter().copied().unzip();
    let verdict_ms = Spread::of(&cpu_ms).context("no verdict was timed")?;
    let scan_ms = Spread::of(&wall_ms).context("no verdict was timed")?;
    ensure!(verdict_ms.count == amounts.verdicts, "only {} verdicts were timed", verdict_ms.count);
    Ok(Expected {
        codes: amounts.codes,
        fill_s,
        open_ms: rounded(from_disk.open_ms, 1),
        verdict_ms,
        scan_ms,
        verdict_file_system: process::file_system(&swift),
        resident_mb: opened.resident.map(|(now, _)| rounded(now, 1)),
        peak_mb: opened.resident.map(|(_, most)| rounded(most, 1)),
    })
}

/// A folder in memory, where the system has one.
fn in_memory() -> anyhow::Result<Option<tempfile::TempDir>> {
    let shared = Path::new("/dev/shm");
    Ok(shared.is_dir().then(|| tempfile::TempDir::with_prefix_in("bench-scan-", shared)).transpose()?)
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        std::fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

fn ask(folder: &Path, verdicts: usize) -> anyhow::Result<Opened> {
    let program: PathBuf = std::env::current_exe()?;
    let output = Command::new(program).arg("expected").arg(folder).arg(verdicts.to_string()).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the process that opens the store failed: {}", said.trim());
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The process: opens the store and the task, scans so many labels, tells.
pub fn serve(folder: &Path, verdicts: usize) -> anyhow::Result<()> {
    let started = Instant::now();
    let mut session = world::arrival(world::store(folder)?)?;
    let open_ms = started.elapsed().as_secs_f64() * 1e3;
    let mut laps_ms = Vec::with_capacity(verdicts);
    for n in 0..verdicts {
        laps_ms.push(lap_ms(&mut session, n, Clock::thread)?);
    }
    let progress = session.progress()?;
    ensure!(progress.packages_counted == verdicts as u64, "{verdicts} scans count {}", progress.packages_counted);
    ensure!(
        progress.packages_expected.is_some_and(|expected| expected > progress.packages_counted),
        "nothing is expected"
    );
    let resident = process::resident_mb(std::process::id());
    println!("{}", serde_json::to_string(&Opened { open_ms, laps_ms, resident })?);
    Ok(())
}
