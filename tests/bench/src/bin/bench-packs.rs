//! `bench-packs`: measures how code packs are issued and imported. `cargo xtask bench packs` builds it for speed and runs it.

use std::process::ExitCode;

use bench::measure::finish;
use bench::packs::{self, Options};
use clap::Parser;

const KEYS: &str = "\
JSON keys, one object: ok, backend, codes, issue and import {seconds, codes_per_s, roof_codes_per_s, share_of_roof, memory_mb, limit_s, ok},
quick, machine. docs/scaling.md says what each means.";

/// A million codes issued and a million imported: how long it takes, and what the rows alone would take.
///
/// Human text goes to stderr; exit code 0 both limits hold, 1 one is broken, 2 not measured.
#[derive(Parser)]
#[command(name = "bench-packs", version, after_long_help = KEYS)]
struct Args {
    #[command(flatten)]
    options: Options,
    /// A JSON object on stdout, nothing else there.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    finish("packs", args.json, packs::run(&args.options), packs::print, |report| report.ok)
}
