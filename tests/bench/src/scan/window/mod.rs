//! The window program itself, as it is built for people, on a display without a screen: when it is up, what it holds and burns at thirty
//! frames a second of 1280×720 with decoding, and how it lists ten thousand scans.

mod place;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use screen::Screen;
use serde::Serialize;

use self::place::{FINDER, FIRST_PAINT, HISTORY, HISTORY_ROW, MENU, ROWS, SLEEP_S, VIEWFINDER};
use super::report::Held;
use super::{Amounts, process};
use crate::measure::{Spread, rounded};

/// Frames a second that the camera gives.
const FPS: u64 = 30;

/// How long anything may take before the measurement gives up.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long a strip beneath the calm line is shown, and a second.
const STRIP: Duration = Duration::from_secs(9);

/// How often it is looked whether something was painted.
const LOOK: Duration = Duration::from_millis(2);

/// What was measured of the window.
#[derive(Clone, Debug, Serialize)]
pub struct Window {
    /// Whether every limit holds.
    pub ok: bool,
    /// From the program's start to its first painted page, ms.
    pub start_ms: Held,
    /// Resident memory after the frames, MB.
    pub resident_mb: Held,
    /// Processor time over time at thirty frames a second, percent of one core.
    pub cpu_percent_at_30_fps: Held,
    /// From the tap to the painted list of all scans, ms.
    pub list_open_ms: Held,
    /// Resident memory while they are listed, MB.
    pub list_resident_mb: Held,
    /// From a step of the wheel to the painted rows, p99, ms; the wheel's own program is in it.
    pub list_scroll_p99_ms: Held,
    /// The same, all of it.
    pub list_scroll_ms: Spread,
    /// From the touch to the painted picture of a viewfinder that slept, the longest of some, ms.
    pub wake_ms: Held,
    /// The most memory that it ever had, MB.
    pub peak_mb: f64,
    /// Seconds of frames.
    pub seconds: u64,
    /// Scans listed.
    pub scans: usize,
}

/// Measures; `long` is a folder whose store holds an open task of many scans.
pub fn run(folder: &Path, long: &Path, amounts: Amounts) -> anyhow::Result<Window> {
    let screen = Screen::start()?;
    let seconds = (amounts.stream as u64).div_ceil(FPS).max(2);
    let at = folder.join("window");
    place::before_frames(&at)?;
    let (start_ms, cpu, resident, peak) = stream(&screen, &at, seconds)?;
    place::with_store_of(long)?;
    let (open_ms, listed, scroll_ms) = lists(&screen, long, amounts.aims)?;
    let wake_ms = Held::new(wake(&screen, &at)?, 150.0);
    let start_ms = Held::new(start_ms, 1_000.0);
    let resident_mb = Held::new(rounded(resident, 1), 80.0);
    let cpu_percent_at_30_fps = Held::new(rounded(cpu, 1), 35.0);
    let list_open_ms = Held::new(open_ms, 300.0);
    let list_resident_mb = Held::new(rounded(listed, 1), 80.0);
    let list_scroll_p99_ms = Held::new(scroll_ms.p99, 100.0);
    let of_lists = [list_open_ms, list_resident_mb, list_scroll_p99_ms];
    let all = [start_ms, resident_mb, cpu_percent_at_30_fps, wake_ms];
    Ok(Window {
        ok: all.iter().chain(&of_lists).all(|held| held.ok),
        start_ms,
        resident_mb,
        cpu_percent_at_30_fps,
        list_open_ms,
        list_resident_mb,
        list_scroll_p99_ms,
        list_scroll_ms: scroll_ms,
        wake_ms,
        peak_mb: rounded(peak, 1),
        seconds,
        scans: amounts.scans,
    })
}

/// The running program; killed when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Either may fail only because it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn open(screen: &Screen, folder: &Path, source: &str) -> anyhow::Result<Running> {
    let mut command = Command::new(place::program()?);
    command.args(["run", "--config"]).arg(folder.join("terminal.toml")).args(["--source", source]);
    screen.shows(command.stdin(Stdio::null()).stdout(Stdio::null()));
    Ok(Running(command.spawn().context("the window program cannot be started")?))
}

/// Waits until what is painted in a place is something else.
fn repainted(screen: &Screen, place: place::Rect, before: u64) -> anyhow::Result<u64> {
    let started = Instant::now();
    loop {
        let now = screen.sum(place)?;
        if now != before {
            return Ok(now);
        }
        ensure!(started.elapsed() < PATIENCE, "nothing was painted in {place:?}; see {}", screen.picture()?.display());
        std::thread::sleep(LOOK);
    }
}

/// Waits until what is painted in a place stays.
fn settled(screen: &Screen, place: place::Rect) -> anyhow::Result<u64> {
    quiet(screen, place, Duration::from_millis(300))
}

/// Waits until nothing is painted in a place for so long.
fn quiet(screen: &Screen, place: place::Rect, long: Duration) -> anyhow::Result<u64> {
    let (started, mut since, mut before) = (Instant::now(), Instant::now(), screen.sum(place)?);
    while since.elapsed() < long {
        std::thread::sleep(long / 10);
        let now = screen.sum(place)?;
        if now != before {
            (since, before) = (Instant::now(), now);
        }
        ensure!(started.elapsed() < PATIENCE, "{place:?} is painted on and on; see {}", screen.picture()?.display());
    }
    Ok(before)
}

/// Start, share of a core in percent, memory now and at most in MB.
fn stream(screen: &Screen, folder: &Path, seconds: u64) -> anyhow::Result<(f64, f64, f64, f64)> {
    let black = screen.sum(FIRST_PAINT)?;
    let started = Instant::now();
    let source = format!("images:{}?loop=forever&fps={FPS}", folder.join("frames").display());
    let running = open(screen, folder, &source)?;
    repainted(screen, FIRST_PAINT, black)?;
    let start_ms = rounded(started.elapsed().as_secs_f64() * 1e3, 1);
    screen.give_keys_to("Tallyman")?;
    let blank = settled(screen, FINDER)?;
    screen.scan("TALLYMAN:DOC/N1/BASIS/C1")?;
    repainted(screen, FINDER, blank)?;
    std::thread::sleep(Duration::from_secs(1));
    let pid = running.0.id();
    let (cpu_before, from) = (process::cpu_ms(pid).context("the kernel tells no times")?, Instant::now());
    std::thread::sleep(Duration::from_secs(seconds));
    let cpu = process::cpu_ms(pid).context("the window program ended")? - cpu_before;
    let wall_ms = from.elapsed().as_secs_f64() * 1e3;
    let (resident, peak) = process::resident_mb(pid).context("the window program ended")?;
    Ok((start_ms, cpu * 100.0 / wall_ms, resident, peak))
}

/// Opens the list of every scan and pushes it down step by step: how soon it was there, memory in MB, the steps.
fn lists(screen: &Screen, folder: &Path, steps: usize) -> anyhow::Result<(f64, f64, Spread)> {
    let nothing = folder.join("nothing");
    std::fs::create_dir_all(&nothing)?;
    let before = settled(screen, FIRST_PAINT)?;
    let running = open(screen, folder, &format!("images:{}", nothing.display()))?;
    repainted(screen, FIRST_PAINT, before)?;
    screen.give_keys_to("Tallyman")?;
    // Until the task is open, which on a busy machine is long after the first page, the list of tasks stands there, as quiet as can be.
    screen.until("the task is open", PATIENCE, || Ok(screen.colour(VIEWFINDER)? == [0, 0, 0]))?;
    // What the app then says of it stands above the rows for a while, and moves them.
    let work = quiet(screen, ROWS, STRIP)?;
    screen.tap(MENU)?;
    repainted(screen, ROWS, work)?;
    let menu = settled(screen, ROWS)?;
    let started = Instant::now();
    screen.tap(HISTORY)?;
    repainted(screen, ROWS, menu)?;
    let open_ms = rounded(started.elapsed().as_secs_f64() * 1e3, 1);
    let mut painted = settled(screen, ROWS)?;
    let mut times = Vec::with_capacity(steps);
    for _ in 0..steps {
        let started = Instant::now();
        screen.wheel_down(HISTORY_ROW, 1)?;
        repainted(screen, ROWS, painted)?;
        times.push(started.elapsed().as_secs_f64() * 1e3);
        painted = settled(screen, ROWS)?;
    }
    let spread = Spread::of(&times).context("nothing was scrolled")?;
    let (resident, _) = process::resident_mb(running.0.id()).context("the window program ended")?;
    Ok((open_ms, resident, spread))
}

/// How often the viewfinder is woken.
const WAKES: usize = 5;

/// Lets the viewfinder fall asleep and touches it: the longest time until its picture is painted.
fn wake(screen: &Screen, folder: &Path) -> anyhow::Result<f64> {
    let blank = place::before_nothing(folder)?;
    let black = settled(screen, FIRST_PAINT)?;
    // The task of the frames is open, and is so again.
    let _running = open(screen, folder, &format!("images:{}?loop=forever&fps={FPS}", blank.display()))?;
    repainted(screen, FIRST_PAINT, black)?;
    screen.give_keys_to("Tallyman")?;
    std::thread::sleep(STRIP);
    let mut longest = 0.0_f64;
    for _ in 0..WAKES {
        std::thread::sleep(Duration::from_secs(SLEEP_S + 1));
        let asleep = settled(screen, FINDER)?;
        let started = Instant::now();
        screen.tap((FINDER.0 + FINDER.2 / 2, FINDER.1 + FINDER.3 / 2))?;
        repainted(screen, FINDER, asleep)?;
        longest = longest.max(started.elapsed().as_secs_f64() * 1e3);
    }
    Ok(rounded(longest, 1))
}
