//! `bench-link`: measures a drain over a slow link. `cargo xtask bench link` builds it for speed and runs it.

use std::process::ExitCode;

use bench::link::{self, Options};
use bench::measure::finish;
use clap::Parser;

const KEYS: &str = "\
JSON keys: ok; drain_s, body_bytes_per_event, down_bytes_per_event (each {value, limit, ok}); up_bytes_per_event, over_ideal,
events, scans_per_s, link_bits_per_s, round_trip_ms, quick, machine. docs/sync.md says what each means.";

/// Measures how long scans that were made offline take over 1 Mbit/s with 200 ms round trip.
///
/// Human text goes to stderr; exit code 0 every limit holds, 1 one is broken, 2 nothing was measured.
#[derive(Parser)]
#[command(name = "bench-link", version, after_long_help = KEYS)]
struct Args {
    #[command(flatten)]
    options: Options,
    /// One JSON object on stdout, nothing else there.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    finish("link", args.json, link::run(&args.options), link::print, |report| report.ok)
}
