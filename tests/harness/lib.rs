//! What whole-system tests and the demo share: real processes, a network that can be cut, frames of a simulated camera.

pub mod camera;
pub mod network;
pub mod server;
pub mod syncing;
pub mod terminal;
pub mod tls;
pub mod world;

use std::path::PathBuf;
use std::process::{Command, Output};

use anyhow::{Context, Result};

/// A program of ours, built beside the running one.
pub fn program(name: &str) -> Result<PathBuf> {
    let own = std::env::current_exe().context("the running program has no path")?;
    // Tests run from `deps`, one folder below the programs.
    let folders = own.ancestors().skip(1).take(2);
    let found = folders.map(|folder| folder.join(name)).find(|path| path.is_file());
    found.with_context(|| format!("{name} is not built; run `cargo build --workspace --bins` first"))
}

/// What a finished command said, for messages.
#[must_use]
pub fn said(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("{}\n{}", out.trim(), err.trim())
}

/// Runs a command that must succeed; answers its stdout.
pub fn succeed(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{command:?} cannot be started"))?;
    anyhow::ensure!(output.status.success(), "{command:?} ended with {}:\n{}", output.status, said(&output));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
