//! `sync-server`: see `sync-server --help`.

use std::process::ExitCode;

use clap::Parser;
use sync_server::cli::{Cli, run};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(cli.log_filter()).init();
    match run(cli).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("sync-server: {error:#}");
            ExitCode::FAILURE
        }
    }
}
