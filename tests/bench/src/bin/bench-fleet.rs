//! `bench-fleet`: measures how a server recovers when all terminals reconnect. `cargo xtask bench fleet` builds it for speed and runs it.

use std::process::ExitCode;

use bench::fleet::{self, Options};
use bench::measure::finish;
use clap::Parser;

const KEYS: &str = "\
JSON keys, one object: ok, terminals, events_each, lost, doubled, drain_s, recovered_s, events_per_s, p99_ms, p50_ms, put_off, memory_mb,
memory_mb_max, cores_used, quick, machine. docs/scaling.md says what each means.";

/// Many terminals with full queues reconnect at once: how long the drain takes, what the server needs, and whether all is there.
///
/// Human text goes to stderr; exit code 0 all well, 1 something was lost or doubled or took too much memory, 2 not measured.
#[derive(Parser)]
#[command(name = "bench-fleet", version, after_long_help = KEYS)]
struct Args {
    #[command(flatten)]
    options: Options,
    /// A JSON object on stdout, nothing else there.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    finish("fleet", args.json, fleet::run(&args.options), fleet::print, |report| report.ok)
}
