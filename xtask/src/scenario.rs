//! `cargo xtask scenario`: plays histories as text. It needs nothing but the rules, so only those are built, and no system package is
//! asked for.

use std::process::ExitCode;

use crate::program;

/// Plays scenario files.
pub fn run(args: &[String]) -> Result<ExitCode, String> {
    program::build(&["-p", "scenario", "--bin", "scenario"])?;
    program::run("debug", "scenario", args)
}
