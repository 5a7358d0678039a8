//! How a measuring program ends.

use std::process::ExitCode;

use anyhow::Result;
use serde::Serialize;

/// Prints figures for people on stderr, and with `json` one object on stdout. Exit code 0 every limit holds, 1 one is broken, 2 nothing
/// was measured.
pub fn finish<R: Serialize>(
    name: &str,
    json: bool,
    measured: Result<R>,
    print: fn(&R),
    is_ok: fn(&R) -> bool,
) -> ExitCode {
    let told = measured.and_then(|report| {
        print(&report);
        if json {
            println!("{}", serde_json::to_string(&report)?);
        }
        Ok(is_ok(&report))
    });
    match told {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench {name}: {error:#}");
            ExitCode::from(2)
        }
    }
}
