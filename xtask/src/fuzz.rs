//! `cargo xtask fuzz`: every parser before arbitrary bytes, guided by coverage, for a bounded time. A stable toolchain builds them:
//! the counters are flags of the code generator, and libFuzzer is compiled from the crate's own sources.

use std::path::Path;
use std::process::{Command, ExitCode};

use crate::packages::{self, Need};
use crate::steps::{cargo, step};

/// Each target and its seeds, from the project's folder.
const TARGETS: [(&str, &str); 11] = [
    ("code", "tests/fuzz/seeds/code"),
    ("wedge", "tests/fuzz/seeds/wedge"),
    ("event", "tests/fuzz/seeds/event"),
    ("batch", "tests/fuzz/seeds/batch"),
    ("parcel", "tests/fuzz/seeds/parcel"),
    ("page", "tests/fuzz/seeds/page"),
    ("enrolment", "tests/fuzz/seeds/enrolment"),
    ("history", "tests/fixtures/scenarios"),
    ("image", "tests/fuzz/seeds/image"),
    ("frame", "tests/fuzz/seeds/frame"),
    ("reader", "tests/fuzz/seeds/reader"),
];

const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";

/// Seconds for each target in a common run, and in a long one.
const SECONDS: (u32, u32) = (10, 600);

/// `cargo xtask fuzz [--long]`.
pub fn run(args: &[String]) -> Result<ExitCode, String> {
    packages::install(Need::Test)?;
    all(args.iter().any(|arg| arg == "--long"))?;
    Ok(ExitCode::SUCCESS)
}

/// Builds and runs every target.
pub fn all(long: bool) -> Result<(), String> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), std::path::PathBuf::from);
    let target = target.join("fuzz");
    let mut build = cargo();
    build
        .args(["build", "--release", "--locked", "--manifest-path", "tests/fuzz/Cargo.toml", "--target-dir"])
        .arg(&target);
    // With a target named, build scripts and macros stay without counters.
    build.args(["--target", host()?.as_str()]).env("RUSTFLAGS", FLAGS);
    step("build of the fuzz targets", &mut build)?;
    let seconds = if long { SECONDS.1 } else { SECONDS.0 };
    for (name, seeds) in TARGETS {
        fuzz(&target, name, seeds, seconds, long)?;
    }
    Ok(())
}

fn fuzz(target: &Path, name: &str, seeds: &str, seconds: u32, long: bool) -> Result<(), String> {
    let found = target.join("corpus").join(name);
    let crashes = target.join("crashes");
    for folder in [&found, &crashes] {
        std::fs::create_dir_all(folder).map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    }
    let program = target.join(host()?).join("release").join(name);
    let mut command = Command::new(program);
    command.arg(format!("-max_total_time={seconds}")).args([
        "-timeout=20",
        "-rss_limit_mb=2048",
        "-print_final_stats=1",
    ]);
    // The bounded run tries the same inputs each time, so that a change is to blame for what it finds; a long one looks further.
    if !long {
        command.arg("-seed=1");
    }
    command.args(["-max_len=4096", "-verbosity=0"]).arg(format!("-artifact_prefix={}/", crashes.display()));
    command.arg(&found).arg(seeds);
    eprintln!("\n== fuzz {name} for {seconds} s");
    let told = command.output().map_err(|error| format!("fuzz {name}: cannot be started: {error}"))?;
    let words = String::from_utf8_lossy(&told.stderr);
    if told.status.success() {
        // The rest is libFuzzer's own: dictionaries, counters.
        let inputs = words.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
        eprintln!("== fuzz {name}: {} inputs, nothing found", inputs.unwrap_or(" unknown").trim());
        return Ok(());
    }
    eprintln!("{words}");
    Err(format!("fuzz {name} found a failing input; it lies in {}, its words are above", crashes.display()))
}

/// The host's target triple.
fn host() -> Result<String, String> {
    let version =
        Command::new("rustc").arg("-vV").output().map_err(|error| format!("rustc cannot be started: {error}"))?;
    let text = String::from_utf8_lossy(&version.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc does not tell its host".to_owned())
}
