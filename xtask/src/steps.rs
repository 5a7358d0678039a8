//! Steps of a job: run, timed, and named when they fail.

use std::process::{Command, Stdio};
use std::time::Instant;

/// The cargo that runs us.
pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs one step with its output on ours; answers an error that names it.
pub fn step(name: &str, command: &mut Command) -> Result<(), String> {
    eprintln!("\n== {name}");
    let started = Instant::now();
    let status =
        command.stdin(Stdio::null()).status().map_err(|error| format!("{name}: cannot be started: {error}"))?;
    let seconds = started.elapsed().as_secs();
    if status.success() {
        eprintln!("== {name}: done in {} min {} s", seconds / 60, seconds % 60);
        Ok(())
    } else {
        Err(format!("{name} failed ({status}) after {seconds} s; its own words are above"))
    }
}
