//! `scanner-app`: see `scanner-app --help`.

use std::process::ExitCode;

use clap::Parser;
use scanner_app::cli::{Cli, run};

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(std::env::var("RUST_LOG").unwrap_or_else(|_| "warn,winit=error".to_owned()))
        .init();
    match run(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("scanner-app: {error:#}");
            ExitCode::FAILURE
        }
    }
}
