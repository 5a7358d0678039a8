//! `cargo xtask scenario`: plays histories as text; `cargo xtask bench judge`: how fast the rules judge. Both need nothing but the
//! rules, so only those are built, and no system package is asked for.

use std::process::ExitCode;

use crate::program;

/// Plays scenario files.
pub fn run(args: &[String]) -> Result<ExitCode, String> {
    program::build(&["-p", "scenario", "--bin", "scenario"])?;
    program::run("debug", "scenario", args)
}

/// Runs a measurement.
pub fn bench(args: &[String]) -> Result<ExitCode, String> {
    let Some((what, rest)) = args.split_first().filter(|(what, _)| *what == "judge") else {
        eprintln!("xtask: measurements that exist: judge");
        return Ok(ExitCode::from(2));
    };
    eprintln!("Building for speed ({what}): a minute the first time.");
    program::build(&["--release", "-p", "scenario", "--bin", "judging"])?;
    program::run("release", "judging", rest)
}
