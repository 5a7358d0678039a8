//! `scanner-app carry`: events leave without a network, and answers come back (`docs/carry.md`).

mod files;
mod network;
mod show;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

pub(super) use network::reachable;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::{ConfigArg, Form};
use crate::capture::SourceName;
use crate::carry::{CarryError, Recipient, fountain, pack};
use crate::config::Config;
use crate::device::Device;
use crate::keys;
use crate::store::Store;
use shared::wire::sealed::Parcel;

#[derive(Debug, Subcommand)]
pub(super) enum CarryCommand {
    /// Write everything that waits into a sealed file. The events stay here until answers come back.
    Export {
        #[command(flatten)]
        config: ConfigArg,
        /// The file, such as one on a stick; what is beyond one file's size goes to FILE.2, FILE.3 …
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Take the server's answers in that somebody brought back.
    Import {
        #[command(flatten)]
        config: ConfigArg,
        /// Files of answers.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Keep other terminals' parcels; the next sync delivers them.
    Take {
        #[command(flatten)]
        config: ConfigArg,
        /// Parcels.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Write the server's answers to others' parcels into a file, to be carried back.
    Give {
        #[command(flatten)]
        config: ConfigArg,
        /// The file.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// What waits here, and what is carried for others.
    Status {
        #[command(flatten)]
        config: ConfigArg,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Take parcels from other terminals on this local network, and give answers back; shows an address and a code.
    Listen(ListenArgs),
    /// Hand everything that waits to a terminal that listens on this local network, and take answers back.
    Lan {
        #[command(flatten)]
        config: ConfigArg,
        /// The address on the other terminal's screen, `HOST:PORT`.
        #[arg(long, value_name = "ADDRESS")]
        to: String,
        /// The six digits on the other terminal's screen.
        #[arg(long)]
        code: String,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Show everything that waits (or answers for others) as a moving QR code.
    Show(ShowArgs),
    /// Read a moving QR code from another terminal's screen: parcels are kept for others, answers are taken in.
    Watch(WatchArgs),
}

#[derive(Debug, Args)]
pub(super) struct ListenArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// Where to listen.
    #[arg(long, default_value = "0.0.0.0:7700")]
    address: String,
    /// How many callers to serve, one after the other; until it is stopped where this is left out.
    #[arg(long)]
    callers: Option<u32>,
    /// One JSON object a line: first the address and the code, then what happens.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// Show the answers that are kept for others, rather than this terminal's own events.
    #[arg(long, conflicts_with = "file")]
    answers: bool,
    /// Show a file that `carry export` or `carry give` wrote.
    #[arg(long)]
    file: Option<PathBuf>,
    /// Pictures a second, 1 to 20.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=20))]
    fps: u32,
    /// Bytes of the load in one picture: fewer make a coarser code, for poor cameras.
    #[arg(long, default_value_t = fountain::SYMBOL_BYTES)]
    symbol_bytes: u16,
    /// Size of the window.
    #[arg(long, value_enum, default_value_t = Form::Handheld)]
    form: Form,
    /// Write so many pictures into this folder (PNG) instead of opening a window.
    #[arg(long, value_name = "FOLDER", requires = "frames")]
    pictures: Option<PathBuf>,
    /// How many.
    #[arg(long, requires = "pictures")]
    frames: Option<u32>,
}

#[derive(Debug, Args)]
pub(super) struct WatchArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// Where pictures come from: `camera:N`, `images:FOLDER` or `video:FILE`, with options as in `run`.
    #[arg(long, default_value = "camera:0")]
    source: SourceName,
    /// No window: one JSON object a line.
    #[arg(long)]
    json: bool,
    /// Size of the window.
    #[arg(long, value_enum, default_value_t = Form::Handheld)]
    form: Form,
}

impl CarryCommand {
    /// Whose configuration.
    pub(super) const fn config(&self) -> &ConfigArg {
        match self {
            Self::Export { config, .. }
            | Self::Import { config, .. }
            | Self::Take { config, .. }
            | Self::Give { config, .. }
            | Self::Status { config, .. }
            | Self::Lan { config, .. } => config,
            Self::Listen(args) => &args.config,
            Self::Show(args) => &args.config,
            Self::Watch(args) => &args.config,
        }
    }
}

/// Runs a command.
pub(super) fn run(config: &Config, command: &CarryCommand) -> Result<ExitCode> {
    match command {
        CarryCommand::Export { to, json, .. } => files::export(config, to, *json),
        CarryCommand::Import { files, json, .. } => files::import(config, files, *json),
        CarryCommand::Take { files, json, .. } => files::take(config, files, *json),
        CarryCommand::Give { to, json, .. } => files::give(config, to, *json),
        CarryCommand::Status { json, .. } => files::status(config, *json),
        CarryCommand::Listen(args) => network::listen(config, args),
        CarryCommand::Lan { to, code, json, .. } => network::lan(config, to, code, *json),
        CarryCommand::Show(args) => show::run(config, args),
        CarryCommand::Watch(args) => watch::run(config, args),
    }
}

/// Everything that waits, sealed for the configured server.
pub(super) fn packed(config: &Config, store: &Store, device: &dyn Device) -> Result<Vec<Parcel>> {
    let recipient = config.server_recipient.as_deref().ok_or(CarryError::NoRecipient)?;
    let recipient: Recipient = recipient.parse().map_err(CarryError::from)?;
    Ok(pack(store, &keys::open(&config.key)?, &recipient, device)?)
}
