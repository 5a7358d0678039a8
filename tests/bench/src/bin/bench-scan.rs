//! `bench-scan`: measures the terminal's core. `cargo xtask bench scan` builds it for speed and runs it.

use std::path::PathBuf;
use std::process::ExitCode;

use bench::measure::finish;
use bench::scan::{self, Options};
use clap::{Parser, Subcommand};

const KEYS: &str = "\
JSON keys: ok; commit_p99_ratio_idle, commit_p99_ratio_busy, last_over_first_scans, last_over_first_scans_work, open_expected_ms, verdict_p99_ms (each
{value, limit, ok}); frame_to_feedback_idle_ms, frame_to_feedback_busy_ms (each {count, mean, p50, p95, p99, p999, max});
start_ms, resident_mb, cpu_percent_at_30_fps; window {start_ms, resident_mb, cpu_percent_at_30_fps, list_open_ms, list_resident_mb, list_scroll_p99_ms, wake_ms}; commits, live, expected, growth (what these rest on); quick; file_system; machine.
docs/terminal.md says what each means.";

/// Measures the terminal's core: commits, frames to feedback, long tasks, many expected codes.
///
/// Human text goes to stderr; exit code 0 every limit holds, 1 one is broken, 2 nothing was measured.
#[derive(Parser)]
#[command(name = "bench-scan", version, after_long_help = KEYS, args_conflicts_with_subcommands = true)]
struct Args {
    #[command(flatten)]
    options: Options,
    /// One JSON object on stdout, nothing else there.
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    serve: Option<Serve>,
}

/// Processes that a measurement starts itself.
#[derive(Subcommand)]
enum Serve {
    /// A terminal without a window.
    #[command(hide = true)]
    Desk { folder: PathBuf },
    /// Opens a store that expects many codes.
    #[command(hide = true)]
    Expected { folder: PathBuf, verdicts: usize },
}

fn main() -> ExitCode {
    let args = Args::parse();
    let served = match args.serve {
        Some(Serve::Desk { folder }) => scan::desk::serve(&folder),
        Some(Serve::Expected { folder, verdicts }) => scan::expected::serve(&folder, verdicts),
        None => return finish("scan", args.json, scan::run(&args.options), scan::print, |report| report.ok),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench scan: {error:#}");
            ExitCode::from(2)
        }
    }
}
