//! `cargo xtask test`: the cheap checks first, the tests last, so that their closing lines end the run.

use std::process::{Command, ExitCode, Stdio};

use crate::packages::{self, Need};
use crate::steps::{cargo, step};

/// Runs every check. `--long` adds the tests whose names start with `long_`; other arguments go to the runner.
pub fn run(args: &[String]) -> Result<ExitCode, String> {
    let long = args.iter().any(|arg| arg == "--long");
    let rest: Vec<&String> = args.iter().filter(|arg| *arg != "--long").collect();
    packages::install(Need::Test)?;
    step("formatting", cargo().args(["fmt", "--all", "--check"]))?;
    // All binaries first: tests start them as their users would.
    step("build", cargo().args(["build", "--workspace", "--all-targets"]))?;
    step("lints", cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    let mut docs = cargo();
    docs.args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
    step("documentation", &mut docs)?;
    if has(&["deny", "--version"]) {
        step("licences and bans", cargo().args(["deny", "check", "licenses", "bans", "sources"]))?;
    } else {
        eprintln!("\n== licences and bans: left out, cargo-deny is not installed");
    }
    step("tests", runner(long).args(rest))?;
    Ok(ExitCode::SUCCESS)
}

fn runner(long: bool) -> Command {
    let mut command = cargo();
    if has(&["nextest", "--version"]) {
        command.args(["nextest", "run", "--workspace", "--run-ignored", "all", "--no-fail-fast"]);
        if !long {
            command.args(["-E", "not test(/(^|::)long_/)"]);
        }
    } else {
        eprintln!("cargo-nextest is not installed: the tests run with `cargo test`, one binary after the other");
        command.args(["test", "--workspace", "--no-fail-fast"]);
        if long {
            command.args(["--", "--include-ignored"]);
        } else {
            command.args(["--", "--include-ignored", "--skip", "long_"]);
        }
    }
    command
}

fn has(args: &[&str]) -> bool {
    let status = cargo().args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
