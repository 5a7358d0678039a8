//! The report for people, on stderr.

use super::commit::Commit;
use super::report::{Held, Report};
use crate::measure::Spread;

/// Prints it.
pub fn print(report: &Report) {
    let quick = if report.quick { " — the small version: no figure means much" } else { "" };
    eprintln!("\n{}; stores on {}{quick}", report.machine.line(), report.file_system);
    let raised =
        if report.commits.raised_priority { "was raised" } else { "could not be raised: the system does not allow it" };
    eprintln!("The priority of the commit thread {raised}.");
    held("commit p99 over bare write + fdatasync, idle", report.commit_p99_ratio_idle, "");
    held("                                         busy", report.commit_p99_ratio_busy, "");
    held("last scans of a task over the first", report.last_over_first_scans, "");
    held("    the same of processor time", report.last_over_first_scans_work, "");
    held("store and task opened with the expected codes", report.open_expected_ms, " ms");
    held("verdict p99 among them", report.verdict_p99_ms, " ms");
    for (name, commit) in [("idle", &report.commits.idle), ("busy", &report.commits.busy)] {
        commits(name, commit);
    }
    let (body, wal) = (report.commits.body_bytes, report.commits.wal_bytes_per_commit);
    eprintln!("  one event: {body} bytes of body; {wal} bytes in the write-ahead log");
    for (name, live) in [("idle", &report.live.idle), ("busy", &report.live.busy)] {
        eprintln!("frame to feedback, {name} ({} of {} labels read):", live.accepted, live.frames);
        spread("from frame to feedback", &live.frame_to_feedback_ms);
        spread("  reading", &live.read_ms);
        spread("  verdict and commit", &live.scan_ms);
    }
    let stream = &report.live.stream;
    let shown = |value: Option<f64>| value.map_or("unknown".to_owned(), |value| format!("{value:.1}"));
    eprintln!(
        "start {:.1} ms; at 30 frames a second {} % of a core, {} MB resident (most: {}); {} of {} frames late, {} of {} labels read",
        report.start_ms,
        shown(stream.cpu_percent),
        shown(stream.resident_mb),
        shown(stream.peak_mb),
        stream.late,
        stream.frames,
        stream.labels.0,
        stream.labels.1
    );
    if let Some(window) = &report.window {
        held("window up", window.start_ms, " ms");
        held("window resident after the frames", window.resident_mb, " MB");
        held("window at 30 frames a second of 1280x720", window.cpu_percent_at_30_fps, " % of a core");
        held("window lists every scan of the long task", window.list_open_ms, " ms");
        held("    and one step of the wheel, p99", window.list_scroll_p99_ms, " ms");
        held("window's memory with all of them listed", window.list_resident_mb, " MB");
        held("window's viewfinder wakes within", window.wake_ms, " ms");
        spread("step of the wheel", &window.list_scroll_ms);
    }
    let growth = &report.growth;
    eprintln!("{} scans in one task; the task opened again in {:.0} ms:", growth.scans, growth.resume_ms);
    spread("first", &growth.first_ms);
    spread("last", &growth.last_ms);
    spread("first, processor time", &growth.first_work_ms);
    spread("last, processor time", &growth.last_work_ms);
    let expected = &report.expected;
    eprintln!(
        "{} expected codes, brought in within {:.1} s; {} MB resident (most: {}); verdicts on {}:",
        expected.codes,
        expected.fill_s,
        shown(expected.resident_mb),
        shown(expected.peak_mb),
        expected.verdict_file_system
    );
    spread("verdict, processor time", &expected.verdict_ms);
    spread("scan with commit, on the wall", &expected.scan_ms);
}

fn held(name: &str, held: Held, unit: &str) {
    let word = if held.ok { "holds" } else { "BROKEN" };
    eprintln!("{word:7} {name}: {:.3}{unit}, at most {}{unit}", held.value, held.limit);
}

fn commits(name: &str, commit: &Commit) {
    eprintln!("commits, {name} (against a write in place: {:.2}):", commit.ratio_p99_in_place);
    spread("commit", &commit.commit_ms);
    spread("bare append + fdatasync", &commit.bare_ms);
    spread("bare write in place + fdatasync", &commit.bare_in_place_ms);
}

fn spread(name: &str, spread: &Spread) {
    let Spread { count, mean, p50, p95, p99, max, .. } = spread;
    eprintln!("  {name:32} p50 {p50:8.3}  p95 {p95:8.3}  p99 {p99:8.3}  mean {mean:8.3}  max {max:8.3} ms  of {count}");
}
