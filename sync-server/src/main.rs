//! `sync-server`: see `sync-server --help`.

use std::process::ExitCode;

use clap::Parser;
use sync_server::cli::{Cli, run};
use sync_server::config::LogForm;

/// Batches come and go by the megabyte, on whatever thread: what is freed must be of use to all others, or go back.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(cli.log_filter());
    match cli.log_form() {
        LogForm::Text => log.init(),
        LogForm::Json => log.json().flatten_event(true).init(),
    }
    // On the heap: all that a command may wait for is more than a stack should hold.
    match Box::pin(run(cli)).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("sync-server: {}", told_once(&error));
            ExitCode::FAILURE
        }
    }
}

/// The error and its causes, each said once: many of our errors quote their cause themselves.
fn told_once(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |told, cause| match told.as_str() {
        "" => cause,
        _ if told.contains(&cause) => told,
        _ => format!("{told}: {cause}"),
    })
}
