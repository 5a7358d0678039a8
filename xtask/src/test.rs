//! `cargo xtask test`: the cheap checks first, the tests last, so that their closing lines end the run.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use crate::packages::{self, Need};
use crate::steps::{cargo, step};

/// Where the collection of real photographs lies: beside the project, since it is not ours to ship.
const PHOTOGRAPHS: &str = "../shared/qr-images/manifest.csv";

/// Runs every check; `--long` adds the tests whose names start with `long_`, other arguments go to the runner. With `--camera-vm` it
/// is the camera test alone, and the arguments name its cases.
pub fn run(args: &[String]) -> Result<ExitCode, String> {
    if args.iter().any(|arg| arg == "--camera-vm") {
        let cases: Vec<String> = args.iter().filter(|arg| *arg != "--camera-vm").cloned().collect();
        return crate::camera_vm::run(&cases);
    }
    let long = args.iter().any(|arg| arg == "--long");
    let rest: Vec<&String> = args.iter().filter(|arg| *arg != "--long").collect();
    packages::install(Need::Test)?;
    step("formatting", cargo().args(["fmt", "--all", "--check"]))?;
    let fuzz = ["fmt", "--manifest-path", "tests/fuzz/Cargo.toml", "--check"];
    step("formatting of the fuzz targets", cargo().args(fuzz))?;
    // A stale lock file there fails only after the long builds otherwise.
    let locked = ["metadata", "--manifest-path", "tests/fuzz/Cargo.toml", "--locked", "--format-version", "1"];
    step("lock file of the fuzz targets", cargo().args(locked).stdout(Stdio::null()))?;
    // All binaries first: tests start them as their users would.
    step("build", cargo().args(["build", "--workspace", "--all-targets"]))?;
    let pure =
        ["clippy", "-p", "vision", "--no-default-features", "--features", "scene", "--tests", "--", "-D", "warnings"];
    step("the reader without a C++ compiler", cargo().args(pure))?;
    step("lints", cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    let mut docs = cargo();
    docs.args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings");
    step("documentation", &mut docs)?;
    crate::fuzz::all(long)?;
    if long {
        // A build of its own: within the workspace's, the server's SQLite would become SQLCipher too.
        let encrypted = ["test", "--package", "scanner-app", "--features", "encryption", "--test", "encrypted"];
        step("encryption at rest", cargo().args(encrypted).args(["--target-dir", "target/encryption"]))?;
    }
    if has(&["deny", "--version"]) {
        step("licences and bans", cargo().args(["deny", "check", "licenses", "bans", "sources"]))?;
    } else {
        eprintln!("\n== licences and bans: left out, cargo-deny is not installed");
    }
    let photographs = Path::new(PHOTOGRAPHS).exists();
    if !photographs {
        eprintln!("\n== tests over photographs: left out, there are none at {PHOTOGRAPHS}");
    }
    step("tests", runner(long, photographs).args(rest))?;
    Ok(ExitCode::SUCCESS)
}

/// Ignored tests run too: each says what it needs, and the set-up above has brought it.
fn runner(long: bool, photographs: bool) -> Command {
    let mut left_out = Vec::new();
    if !long {
        left_out.push("long_");
    }
    if !photographs {
        left_out.push("photographs_");
    }
    let mut command = cargo();
    if has(&["nextest", "--version"]) {
        command.args(["nextest", "run", "--workspace", "--run-ignored", "all", "--no-fail-fast"]);
        if !left_out.is_empty() {
            command.args(["-E", &format!("not test(/(^|::)({})/)", left_out.join("|"))]);
        }
    } else {
        eprintln!("cargo-nextest is not installed: the tests run with `cargo test`, one binary after the other");
        command.args(["test", "--workspace", "--no-fail-fast", "--", "--include-ignored"]);
        command.args(left_out.iter().flat_map(|name| ["--skip", name]));
    }
    command
}

fn has(args: &[&str]) -> bool {
    let status = cargo().args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
