//! `cargo xtask demo`: the main job, on the embedded default.

use std::process::ExitCode;

use crate::packages::{self, Need};
use crate::program;

/// Builds and runs the demo with these arguments.
pub fn run(args: &[String]) -> Result<ExitCode, String> {
    packages::install(Need::Demo)?;
    eprintln!("Building the server and the terminal: some 5 minutes the first time on two cores, seconds later.");
    program::build_all()?;
    program::run("debug", "demo", args)
}
