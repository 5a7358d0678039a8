//! `scanner-app`: see `scanner-app --help`.

use std::process::ExitCode;

use clap::Parser;
use scanner_app::cli::{Cli, run, told_once};
use scanner_app::diagnostics::start_logging;

fn main() -> ExitCode {
    let cli = Cli::parse();
    start_logging(cli.log_file().as_deref());
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            let told = told_once(&error);
            tracing::info!("ended: {told}");
            eprintln!("scanner-app: {told}");
            ExitCode::FAILURE
        }
    }
}
