//! `cargo xtask scenario`: plays histories as text, through the pure rules and through the terminal's own sessions. With
//! `--backend pure` nothing but the rules is built, and no system package is asked for.

use std::process::ExitCode;

use crate::packages::{self, Need};
use crate::program;

/// Plays scenario files.
pub fn run(args: &[String]) -> Result<ExitCode, String> {
    if is_pure(args) {
        program::build(&["-p", "scenario", "--no-default-features", "--bin", "scenario"])?;
    } else {
        packages::install(Need::Demo)?;
        program::build(&["--workspace", "--bin", "scenario"])?;
    }
    program::run("debug", "scenario", args)
}

/// Whether the arguments ask for the pure rules alone.
fn is_pure(args: &[String]) -> bool {
    let said = |pair: &[String]| pair[0] == "--backend" && pair[1] == "pure";
    args.iter().any(|arg| arg == "--backend=pure") || args.windows(2).any(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_rules_are_built_where_only_they_are_asked() {
        let args = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert!(is_pure(&args("--json --backend pure a.txt")) && is_pure(&args("--backend=pure a.txt")));
        assert!(!is_pure(&args("--backend all pure")) && !is_pure(&args("pure")));
    }
}
