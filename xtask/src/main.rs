//! `cargo xtask demo | test | scenario | bench | fuzz | features | setup`: installs what is missing, then does the job.
//!
//! No dependency: this compiles on a bare machine with a Rust toolchain and its C linker, before anything else is there.

mod bench;
mod camera_vm;
mod demo;
mod features;
mod fuzz;
mod packages;
mod program;
mod progress;
mod scenario;
mod steps;
mod test;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask demo [--headless] [--json]   the main job: server, terminals, planted faults, reconciliation
cargo xtask test [--long] [ARGS]         formatting, lints, documentation and every test; ARGS go to the test runner
cargo xtask test --camera-vm [CASE...]   only the camera path, on a V4L2 device in an emulated machine (minutes; QEMU)
cargo xtask scenario [--json] PATH...    plays scenario files (tests/fixtures/scenarios): by the pure rules, terminals' sessions, ledgers
cargo xtask bench WHAT [--json] [ARGS]   measures (WHAT --help says more):
    judge                                how fast the rules judge
    decode [PATH...]                     codes read of pictures, wrong texts, time, against other decoders
    frame [--seeds A..B] [--profile P]   labels read in synthetic warehouse frames, time, against other decoders
    formats                              what luma out of a camera's bytes costs
    carry [--quick] [--fps N]            1,000 events over a moving QR code, 30 % of the pictures lost
    scan [--quick] [--no-window]         a frame to its feedback, commits, long tasks, a million expected codes, the window program
cargo xtask fuzz [--long]                every parser before arbitrary bytes, guided by coverage
cargo xtask features [ARGS]              checks the window's other builds: OpenGL, a kiosk's whole screen (minutes)
cargo xtask setup                        only install the system packages that are missing

Each first installs the Debian/Ubuntu packages that it lacks, saying which and why.";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = args.split_first().map_or(("--help", &[][..]), |(first, rest)| (first.as_str(), rest));
    let done = match command {
        "demo" => demo::run(rest),
        "scenario" => scenario::run(rest),
        "bench" => bench::run(rest),
        "fuzz" => fuzz::run(rest),
        "features" => features::run(rest),
        "test" => test::run(rest),
        "setup" => packages::install(packages::Need::Test),
        "--help" | "-h" | "help" => {
            println!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => {
            eprintln!("xtask: there is no command `{other}`.\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    done.unwrap_or_else(|why| {
        eprintln!("xtask: {why}");
        ExitCode::FAILURE
    })
}
