//! `bench-ingest`: measures ingest and reconciliation. `cargo xtask bench ingest` builds it for speed and runs it.

use std::process::ExitCode;

use bench::ingest::{self, Options};
use clap::Parser;

const KEYS: &str = "\
JSON keys, one object a line: backend, batch, connections, roof_events_per_s, full_events_per_s, share_of_roof, stored_events_per_s,
stored_share_of_roof, p50_ms, p99_ms, wire_bytes_per_event, preload, cost_over_first, contract, cores_used, memory_mb, quick, machine. docs/scaling.md says what each means.";

/// Measures what full ingest and reconciliation cost over HTTPS, beside the event rows alone in the same run.
///
/// Human text goes to stderr; exit code 0 everything was measured, 2 something was not.
#[derive(Parser)]
#[command(name = "bench-ingest", version, after_long_help = KEYS)]
struct Args {
    #[command(flatten)]
    options: Options,
    /// JSON objects on stdout, nothing else there.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let measured = ingest::run(&args.options, |report| {
        ingest::print(report);
        if args.json {
            println!("{}", serde_json::json!(report));
        }
    });
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench ingest: {error:#}");
            ExitCode::from(2)
        }
    }
}
