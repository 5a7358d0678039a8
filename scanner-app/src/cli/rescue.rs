//! `scanner-app rescue`: saves what can be read of a damaged store and makes a new one.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::config::Config;
use crate::device::{Device, Machine};
use crate::store::{Rescued, rescue};

#[derive(Debug, Args)]
pub(super) struct RescueArgs {
    #[command(flatten)]
    pub(super) config: super::ConfigArg,
    /// Folder for the copies of the damaged files and for `events.ndjson`, every readable event.
    #[arg(long)]
    to: PathBuf,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(config: &Config, args: &RescueArgs) -> Result<ExitCode> {
    let mark = config.key.with_extension("mark");
    let rescued = rescue(&config.store, &args.to, (config.terminal, Machine::new().epoch()), Some(&mark))?;
    if args.json {
        println!("{}", serde_json::to_string(&rescued)?);
    }
    say(&rescued);
    Ok(ExitCode::SUCCESS)
}

fn say(rescued: &Rescued) {
    let Rescued { events, offered_again, folder, .. } = rescued;
    let folder = folder.display();
    eprintln!(
        "{events} events are readable; they are in {folder}/events.ndjson, the damaged files beside it as they were."
    );
    for epoch in &rescued.epochs {
        for (from, to) in &epoch.missing {
            let whose =
                if *to <= epoch.acknowledged { "the server has them" } else { "not all of them reached the server" };
            eprintln!("Missing: {from} to {to} of epoch {} ({whose}).", epoch.epoch);
        }
        if !epoch.broken.is_empty() {
            eprintln!("Changed since they were recorded: {:?} of epoch {}.", epoch.broken, epoch.epoch);
        }
    }
    eprintln!(
        "A new store is in place and scanning can go on: sync first, to have the references again, and open the task anew. \
         {offered_again} events that the server has not acknowledged are kept to be offered again. Give {folder} to the \
         supervisor."
    );
}
