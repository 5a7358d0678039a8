//! The figures, and whether they hold.

use serde::Serialize;

use super::Amounts;
use super::commit::Commits;
use super::expected::Expected;
use super::growth::Growth;
use super::live::Live;
use super::window::Window;
use crate::measure::{Machine, Spread};

/// A figure and the most that it may be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Held {
    /// What was measured.
    pub value: f64,
    /// The most that it may be.
    pub limit: f64,
    /// Whether it holds.
    pub ok: bool,
}

impl Held {
    pub(crate) fn new(value: f64, limit: f64) -> Self {
        Self { value, limit, ok: value <= limit }
    }
}

/// Everything that was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Whether every limit holds.
    pub ok: bool,
    /// p99 of a commit over p99 of a bare append and fdatasync of the same bytes, idle.
    pub commit_p99_ratio_idle: Held,
    /// The same with every core busy.
    pub commit_p99_ratio_busy: Held,
    /// Time of the last scans of a long task over that of the first, means on the wall.
    pub last_over_first_scans: Held,
    /// The same of processor time.
    pub last_over_first_scans_work: Held,
    /// Store and task opened with the expected codes, ms.
    pub open_expected_ms: Held,
    /// p99 of a verdict among the expected codes, processor time, ms.
    pub verdict_p99_ms: Held,
    /// From the frame to the feedback, idle, ms.
    pub frame_to_feedback_idle_ms: Spread,
    /// The same with every core busy.
    pub frame_to_feedback_busy_ms: Spread,
    /// From the program's start to a terminal that takes frames, ms.
    pub start_ms: f64,
    /// Resident memory of that terminal after thirty frames a second, MB.
    pub resident_mb: Option<f64>,
    /// Its share of one core at thirty frames a second, percent.
    pub cpu_percent_at_30_fps: Option<f64>,
    /// The window program; none where it was left out.
    pub window: Option<Window>,
    /// What all that rests on.
    pub commits: Commits,
    /// See `commits`.
    pub live: Live,
    /// See `commits`.
    pub expected: Expected,
    /// See `commits`.
    pub growth: Growth,
    /// Whether the amounts were the small ones: then no figure means much.
    pub quick: bool,
    /// Where the stores lay.
    pub file_system: String,
    /// The machine, and its load before and after.
    pub machine: Machine,
}

impl Report {
    pub(super) fn new(
        amounts: Amounts,
        file_system: String,
        machine: Machine,
        (commits, live, expected, growth): (Commits, Live, Expected, Growth),
        window: Option<Window>,
    ) -> Self {
        let commit_p99_ratio_idle = Held::new(commits.idle.ratio_p99, 1.5);
        let commit_p99_ratio_busy = Held::new(commits.busy.ratio_p99, 1.5);
        let last_over_first_scans = Held::new(growth.ratio, 1.2);
        let last_over_first_scans_work = Held::new(growth.ratio_of_work, 1.2);
        let open_expected_ms = Held::new(expected.open_ms, 2_000.0);
        let verdict_p99_ms = Held::new(expected.verdict_ms.p99, 1.0);
        let commits_hold = commit_p99_ratio_idle.ok && commit_p99_ratio_busy.ok;
        let stays_flat = last_over_first_scans.ok && last_over_first_scans_work.ok;
        Self {
            ok: commits_hold
                && stays_flat
                && open_expected_ms.ok
                && verdict_p99_ms.ok
                && window.as_ref().is_none_or(|window| window.ok),
            commit_p99_ratio_idle,
            commit_p99_ratio_busy,
            last_over_first_scans,
            last_over_first_scans_work,
            open_expected_ms,
            verdict_p99_ms,
            frame_to_feedback_idle_ms: live.idle.frame_to_feedback_ms,
            frame_to_feedback_busy_ms: live.busy.frame_to_feedback_ms,
            start_ms: live.start_ms,
            resident_mb: live.stream.resident_mb,
            cpu_percent_at_30_fps: live.stream.cpu_percent,
            window,
            quick: amounts.codes < 1_000_000,
            commits,
            live,
            expected,
            growth,
            file_system,
            machine,
        }
    }
}
