//! `scanner-app diagnostics`: one file for whoever helps.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use super::ConfigArg;
use crate::capture::cameras;
use crate::config::Config;
use crate::device::{Device, Machine};
use crate::diagnostics::{Wanted, gather, write_bundle};

#[derive(Debug, Args)]
pub(super) struct DiagnosticsArgs {
    #[command(flatten)]
    pub(super) config: ConfigArg,
    /// The file to make: tar.zst. One that is there already is left as it is.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Whole codes in log lines, not only their last four characters.
    #[arg(long)]
    codes: bool,
    /// One JSON object: the file, its size, its parts.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(config: &Config, args: &DiagnosticsArgs) -> Result<ExitCode> {
    let device = Machine::new();
    let cameras = cameras().map_or_else(|error| json!({ "trouble": error.to_string() }), |found| json!(found));
    let parts = gather(config, &device, &cameras, Wanted { codes: args.codes });
    let bytes = write_bundle(&args.to, &parts, Device::now(&device))?;
    let names: Vec<Value> = parts.iter().map(|part| json!({ "name": part.name, "bytes": part.bytes.len() })).collect();
    if args.json {
        println!("{}", json!({ "file": args.to.display().to_string(), "bytes": bytes, "parts": names }));
    } else {
        println!(
            "{} is made ({bytes} bytes). No key, PIN, badge or photo is in it; send it to whoever helps.",
            args.to.display()
        );
    }
    Ok(ExitCode::SUCCESS)
}
