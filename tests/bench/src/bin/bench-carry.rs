//! `bench-carry`: events over a moving QR code. `cargo xtask bench carry` builds it for speed and runs it.

use std::process::ExitCode;

use bench::carry::{self, Options};
use bench::measure::finish;
use clap::Parser;

const KEYS: &str = "\
JSON keys: ok; carried_s, read_p95_share (each {value, limit, ok}); events, parcel_bytes, bytes_per_event, fps, loss_percent; cells [{writing,
symbol_bytes, frame_bytes, version, ec_level, profile, needed, shown, dropped, unread, read_percent, wrong, seconds, read_ms}], the claimed
way first; quick; machine. docs/carry.md says what each means.";

/// Measures how long events take from one screen to another by a moving QR code.
///
/// Human text goes to stderr; exit code 0 every limit holds, 1 one is broken, 2 nothing was measured.
#[derive(Parser)]
#[command(name = "bench-carry", version, after_long_help = KEYS)]
struct Args {
    #[command(flatten)]
    options: Options,
    /// One JSON object on stdout, nothing else there.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    finish("carry", args.json, carry::run(&args.options), carry::print, |report| report.ok)
}
