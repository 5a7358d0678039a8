//! `cargo xtask demo`: build with a word on how far it is, then the `demo` program, whose stdout and exit code are ours.

use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use crate::packages::{self, Need};
use crate::progress;
use crate::steps::cargo;

/// Builds and runs the demo with these arguments.
pub fn run(args: &[String]) -> Result<ExitCode, String> {
    packages::install(Need::Demo)?;
    build()?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let demo = target.join("debug/demo");
    let mut command = Command::new(&demo);
    let status =
        command.args(args).status().map_err(|error| format!("{} cannot be started: {error}", demo.display()))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

fn build() -> Result<(), String> {
    let lock = std::fs::read_to_string("Cargo.lock")
        .map_err(|error| format!("Cargo.lock cannot be read ({error}); run this in the project's folder"))?;
    eprintln!("Building the server and the terminal: some 5 minutes the first time on two cores, seconds later.");
    // The whole workspace, so that tests find the same build; other selections would build the dependencies again.
    let mut build = cargo();
    build
        .args(["build", "--workspace", "--bins"])
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .stdout(std::io::stderr());
    let mut child = build.spawn().map_err(|error| format!("cargo cannot be started: {error}"))?;
    if let Some(words) = child.stderr.take() {
        progress::follow(words, progress::expected(&lock));
    }
    let status = child.wait().map_err(|error| format!("the build cannot be waited for: {error}"))?;
    if status.success() { Ok(()) } else { Err("the build failed; its words are above".to_owned()) }
}
