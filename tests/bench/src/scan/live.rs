//! Frames before a terminal without a window, which is a process of its own: from the frame to the feedback, its start, its memory and
//! its share of a core.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde::Serialize;
use vision::Luma;
use vision::scene::{FrameSize, Scene, WAREHOUSE_1};

use super::desk::{Told, send};
use super::load::Burners;
use super::{Amounts, process, world};
use crate::measure::{Spread, rounded};

/// Time between two frames of a camera at 30 a second, ms.
const FRAME_MS: u64 = 33;
/// Frames in which one label stays in view.
const FRAMES_PER_LABEL: usize = 15;
/// Frames drawn of each label in the stream; they repeat.
const DRAWN_PER_LABEL: usize = 3;

/// Frames of 1920×1080 before a terminal.
#[derive(Clone, Debug, Serialize)]
pub struct Live {
    /// From the program's start to a terminal that takes frames, ms.
    pub start_ms: f64,
    /// With nothing else of ours running.
    pub idle: Latency,
    /// With a thread spinning on every core.
    pub busy: Latency,
    /// Thirty frames a second.
    pub stream: Stream,
}

/// Frames with one new label each.
#[derive(Clone, Debug, Serialize)]
pub struct Latency {
    /// From the frame in memory to the feedback, of frames whose label was read, ms.
    pub frame_to_feedback_ms: Spread,
    /// The reading of it, ms.
    pub read_ms: Spread,
    /// Verdict and durable commit of it, ms.
    pub scan_ms: Spread,
    /// Frames shown.
    pub frames: usize,
    /// Frames whose label was read and accepted.
    pub accepted: usize,
}

/// Thirty frames a second.
#[derive(Clone, Debug, Serialize)]
pub struct Stream {
    /// Frames shown.
    pub frames: usize,
    /// Frames whose answer came after the next was due.
    pub late: usize,
    /// Labels accepted of those shown.
    pub labels: (usize, usize),
    /// Processor time over time, percent of one core.
    pub cpu_percent: Option<f64>,
    /// Resident memory at the end, MB.
    pub resident_mb: Option<f64>,
    /// The most that it ever was, MB.
    pub peak_mb: Option<f64>,
}

/// Measures.
pub fn run(folder: &Path, amounts: Amounts) -> anyhow::Result<Live> {
    let labels = amounts.aims.max(amounts.stream / FRAMES_PER_LABEL + 1);
    let open = |name: &str| {
        let folder = folder.join(name);
        std::fs::create_dir(&folder)?;
        world::fill(&mut world::store(&folder)?, labels)?;
        Desk::start(&folder)
    };
    let mut desk = open("idle")?;
    let start_ms = desk.start_ms;
    let idle = latency(&mut desk, amounts.aims)?;
    drop(desk);
    let mut desk = open("busy")?;
    let busy = {
        let _burners = Burners::start();
        latency(&mut desk, amounts.aims)?
    };
    drop(desk);
    let stream = stream(&mut open("stream")?, amounts.stream)?;
    Ok(Live { start_ms, idle, busy, stream })
}

fn draw(label: usize, seed: u64) -> anyhow::Result<Luma> {
    let scene = Scene::new(&[world::label(label)?], FrameSize::FULL_HD, WAREHOUSE_1)?;
    Ok(scene.shoot_luma(seed).frame)
}

fn latency(desk: &mut Desk, aims: usize) -> anyhow::Result<Latency> {
    let mut told = Vec::with_capacity(aims);
    for aim in 0..aims {
        // Drawn while nothing is timed. The clerk takes a second from one package to the next.
        let frame = draw(aim, aim as u64)?;
        let answer = desk.show(aim as u64 * 1_000, &frame)?;
        if answer.accepted == 1 {
            told.push(answer);
        }
    }
    let of = |time: fn(&Told) -> f64| {
        let times: Vec<f64> = told.iter().map(time).collect();
        Spread::of(&times).context("no label of any frame was read")
    };
    Ok(Latency {
        frame_to_feedback_ms: of(|told| told.total_ms)?,
        read_ms: of(|told| told.read_ms)?,
        scan_ms: of(|told| told.scan_ms)?,
        frames: aims,
        accepted: told.len(),
    })
}

fn stream(desk: &mut Desk, frames: usize) -> anyhow::Result<Stream> {
    let labels = frames.div_ceil(FRAMES_PER_LABEL);
    let mut drawn = Vec::new();
    for label in 0..labels {
        for seed in 0..DRAWN_PER_LABEL {
            drawn.push(draw(label, seed as u64)?);
        }
    }
    let pid = desk.child.id();
    let (cpu_before, started) = (process::cpu_ms(pid), Instant::now());
    let (mut late, mut accepted) = (0, 0);
    for frame in 0..frames {
        let due = Duration::from_millis(frame as u64 * FRAME_MS);
        std::thread::sleep(due.saturating_sub(started.elapsed()));
        let picture = &drawn[frame / FRAMES_PER_LABEL * DRAWN_PER_LABEL + frame % DRAWN_PER_LABEL];
        accepted += desk.show(frame as u64 * FRAME_MS, picture)?.accepted;
        late += usize::from(started.elapsed() > due + Duration::from_millis(FRAME_MS));
    }
    let cpu = process::cpu_ms(pid).zip(cpu_before).map(|(after, before)| after - before);
    let wall_ms = started.elapsed().as_secs_f64() * 1e3;
    let resident = process::resident_mb(pid);
    Ok(Stream {
        frames,
        late,
        labels: (accepted, labels),
        cpu_percent: cpu.map(|cpu| rounded(cpu * 100.0 / wall_ms, 1)),
        resident_mb: resident.map(|(now, _)| rounded(now, 1)),
        peak_mb: resident.map(|(_, most)| rounded(most, 1)),
    })
}

/// The terminal's process; ended when dropped.
struct Desk {
    child: Child,
    frames: ChildStdin,
    answers: BufReader<ChildStdout>,
    start_ms: f64,
}

impl Desk {
    fn start(folder: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("desk").arg(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let started = Instant::now();
        let mut child = command.spawn()?;
        let (frames, answers) = (child.stdin.take(), child.stdout.take());
        let frames = frames.context("the terminal's stdin is gone")?;
        let answers = BufReader::new(answers.context("the terminal's stdout is gone")?);
        let mut desk = Self { child, frames, answers, start_ms: 0.0 };
        let ready = desk.line()?;
        ensure!(ready == "ready", "the terminal did not become ready; it said {ready:?}");
        desk.start_ms = rounded(started.elapsed().as_secs_f64() * 1e3, 1);
        Ok(desk)
    }

    fn show(&mut self, at_ms: u64, frame: &Luma) -> anyhow::Result<Told> {
        send(&mut self.frames, at_ms, &frame.view()).context("the terminal takes no frame")?;
        Ok(serde_json::from_str(&self.line()?)?)
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        let read = self.answers.read_line(&mut line)?;
        ensure!(read > 0, "the terminal's process ended; its own words are above");
        Ok(line.trim_end().to_owned())
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // Either may fail only because it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
