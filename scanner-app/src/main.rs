//! `scanner-app`: see `scanner-app --help`.

use std::process::ExitCode;

use clap::Parser;
use scanner_app::cli::{Cli, run};
use scanner_app::diagnostics::start_logging;

fn main() -> ExitCode {
    let cli = Cli::parse();
    start_logging(cli.log_file().as_deref());
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            tracing::info!("ended: {error:#}");
            eprintln!("scanner-app: {error:#}");
            ExitCode::FAILURE
        }
    }
}
