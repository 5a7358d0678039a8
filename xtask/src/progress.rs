//! How far a build is: cargo's own lines counted against the packages of the lock file.

use std::io::{BufRead, BufReader, Read};
use std::time::{Duration, Instant};

/// Time between two lines.
const EVERY: Duration = Duration::from_secs(10);

/// Share of the locked packages that a Linux build compiles, in percent; the others are for other systems.
const COMPILED_PERCENT: usize = 64;

/// Packages that a build of the lock file compiles, about.
#[must_use]
pub fn expected(lock_file: &str) -> usize {
    lock_file.lines().filter(|line| *line == "[[package]]").count() * COMPILED_PERCENT / 100
}

/// Whether a line of cargo's says that a package is being compiled.
#[must_use]
pub fn is_package(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("Compiling ") || line.starts_with("Checking ")
}

/// Follows a build's words: repeats warnings and errors, and says every ten seconds how far it is.
pub fn follow(words: impl Read, expected: usize) {
    let (started, mut told) = (Instant::now(), Instant::now());
    let mut compiled = 0;
    for line in BufReader::new(words).lines().map_while(Result::ok) {
        if is_package(&line) {
            compiled += 1;
            if told.elapsed() >= EVERY {
                told = Instant::now();
                eprintln!("{}", say(compiled, expected, started.elapsed()));
            }
        } else {
            eprintln!("{line}");
        }
    }
}

fn say(compiled: usize, expected: usize, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs();
    format!(
        "building: {compiled} of about {} packages, {} min {} s",
        expected.max(compiled),
        seconds / 60,
        seconds % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_packages_and_never_promises_fewer_than_there_were() {
        let lock = "[[package]]\nname = \"a\"\n".repeat(100);
        assert_eq!(expected(&lock), 64);
        assert!(is_package("   Compiling slint v1.18.1"));
        assert!(!is_package("warning: unused"));
        assert_eq!(say(70, 64, Duration::from_secs(75)), "building: 70 of about 70 packages, 1 min 15 s");
    }
}
