//! `cargo xtask bench judge | decode | frame | formats | scan | carry | link | ingest | fleet | packs`: builds for speed what measures, and runs it.

use std::process::ExitCode;

use crate::packages::{self, Need};
use crate::program;

/// Builds and runs a measurement. Each is built by itself: nobody who measures waits for the window's libraries.
pub fn run(args: &[String]) -> Result<ExitCode, String> {
    match args.first().map(String::as_str) {
        Some("judge") => judge(&args[1..]),
        Some("decode" | "frame" | "formats") => capture(args),
        Some("scan") => scan(&args[1..]),
        Some("carry") => core("bench-carry", &args[1..]),
        Some("link") => link("bench-link", &args[1..]),
        Some("ingest") => {
            packages::install(Need::Ledgers)?;
            link("bench-ingest", &args[1..])
        }
        Some("fleet") => link("bench-fleet", &args[1..]),
        Some("packs") => {
            packages::install(Need::Ledgers)?;
            link("bench-packs", &args[1..])
        }
        _ => {
            eprintln!(
                "xtask: measurements that exist: judge, decode, frame, formats, scan, carry, link, ingest, fleet, packs"
            );
            Ok(ExitCode::from(2))
        }
    }
}

fn judge(rest: &[String]) -> Result<ExitCode, String> {
    eprintln!("Building for speed (judge): a minute the first time.");
    program::build(&["--release", "-p", "scenario", "--no-default-features", "--bin", "judging"])?;
    program::run("release", "judging", rest)
}

/// The terminal's core, and the window program on a display without a screen.
fn scan(rest: &[String]) -> Result<ExitCode, String> {
    packages::install(Need::Demo)?;
    packages::install(Need::Window)?;
    eprintln!("Building for speed (scanner-app, bench-scan): ten minutes the first time.");
    let of = ["--release", "-p", "scanner-app", "-p", "bench", "--no-default-features"];
    let with = ["--features", "bench/scan,scanner-app/default", "--bin", "scanner-app", "--bin", "bench-scan"];
    program::build(&[of.as_slice(), with.as_slice()].concat())?;
    program::run("release", "bench-scan", rest)
}

/// The terminal's core, with the reader as a terminal has it. The window is built with it, the camera is not.
fn core(name: &str, rest: &[String]) -> Result<ExitCode, String> {
    packages::install(Need::Demo)?;
    eprintln!("Building for speed ({name}): five to ten minutes the first time.");
    program::build(&["--release", "-p", "bench", "--no-default-features", "--features", "scan", "--bin", name])?;
    program::run("release", name, rest)
}

/// A real server and a real terminal, and what measures them.
fn link(name: &str, rest: &[String]) -> Result<ExitCode, String> {
    packages::install(Need::Demo)?;
    eprintln!("Building for speed ({name}): server and terminal, ten minutes the first time.");
    let of = ["-p", "sync-server", "-p", "scanner-app", "-p", "bench", "--features", "bench/link"];
    let programs = ["--bin", "sync-server", "--bin", "scanner-app", "--bin", name];
    program::build(&[&["--release"], of.as_slice(), programs.as_slice()].concat())?;
    program::run("release", name, rest)
}

/// The decoders, and beside them our pipeline in its build of pure Rust: another feature set, so another program.
fn capture(args: &[String]) -> Result<ExitCode, String> {
    packages::install(Need::Measure)?;
    if let Err(why) = packages::install(Need::Peer) {
        // A measurement without one of the others is still a measurement; its report says who was absent.
        eprintln!("xtask: zbar will not be measured: {why}");
    }
    eprintln!("Building for speed: two or three minutes the first time.");
    program::build(&["--release", "-p", "bench", "--no-default-features", "--features", "peers", "--bin", "bench"])?;
    program::build(&["--release", "-p", "bench", "--no-default-features", "--bin", "bench-pure"])?;
    program::run("release", "bench", args)
}
