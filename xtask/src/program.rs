//! Programs of the workspace: built with a word on how far it is, then run with their stdout and exit code as ours.

use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use crate::progress;
use crate::steps::cargo;

/// Builds every program of the workspace: other selections would build the dependencies again.
pub fn build_all() -> Result<(), String> {
    build(&["--workspace", "--bins"])
}

/// Builds with these arguments; stdout stays free for what runs next.
pub fn build(args: &[&str]) -> Result<(), String> {
    let lock = std::fs::read_to_string("Cargo.lock")
        .map_err(|error| format!("Cargo.lock cannot be read ({error}); run this in the project's folder"))?;
    let mut build = cargo();
    build.arg("build").args(args).stdin(Stdio::null()).stderr(Stdio::piped()).stdout(std::io::stderr());
    let mut child = build.spawn().map_err(|error| format!("cargo cannot be started: {error}"))?;
    if let Some(words) = child.stderr.take() {
        progress::follow(words, progress::expected(&lock));
    }
    let status = child.wait().map_err(|error| format!("the build cannot be waited for: {error}"))?;
    if status.success() { Ok(()) } else { Err("the build failed; its words are above".to_owned()) }
}

/// The folder of all that is built.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from)
}

/// Runs a built program of a profile (`debug` or `release`).
pub fn run(profile: &str, name: &str, args: &[String]) -> Result<ExitCode, String> {
    let program = target().join(profile).join(name);
    let mut command = Command::new(&program);
    let status =
        command.args(args).status().map_err(|error| format!("{} cannot be started: {error}", program.display()))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
