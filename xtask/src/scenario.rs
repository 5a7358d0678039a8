//! `cargo xtask scenario`: plays histories as text, through the pure rules, the terminal's own sessions and real ledgers. With
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
        if needs_postgres(args) {
            packages::install(Need::Ledgers)?;
        }
        program::build(&["--workspace", "--bin", "scenario"])?;
    }
    program::run("debug", "scenario", args)
}

/// Whether the arguments ask for the pure rules alone.
fn is_pure(args: &[String]) -> bool {
    backend(args) == Some("pure")
}

/// Whether a database server is needed: every backend is played where none is named.
fn needs_postgres(args: &[String]) -> bool {
    !matches!(backend(args), Some("terminal" | "sqlite"))
}

fn backend(args: &[String]) -> Option<&str> {
    let apart = args.windows(2).find(|pair| pair[0] == "--backend").map(|pair| pair[1].as_str());
    apart.or_else(|| args.iter().find_map(|arg| arg.strip_prefix("--backend=")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_rules_are_built_where_only_they_are_asked() {
        let args = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert!(is_pure(&args("--json --backend pure a.txt")) && is_pure(&args("--backend=pure a.txt")));
        assert!(!is_pure(&args("--backend all pure")) && !is_pure(&args("pure")));
        assert!(needs_postgres(&args("a.txt")) && needs_postgres(&args("--backend=postgres a.txt")));
        assert!(!needs_postgres(&args("--backend sqlite a.txt")));
    }
}
