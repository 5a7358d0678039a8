//! The commands. JSON on stdout, sentences for people on stderr; exit 0 all well, 1 faults found, 2 wrong use.

mod cameras;
mod carry;
mod decode;
mod diagnostics;
mod enrol;
mod init;
mod keep_syncing;
mod operators;
mod rescue;
mod scan;
mod stores;
mod told;
mod training;
mod window;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand, ValueEnum};
use shared::event::{Close, ReturnReason, Stage};

use crate::capture::SourceName;
use crate::config::Config;
use crate::diagnostics::log_path;
pub use told::told_once;

/// Tallyman's terminal.
#[derive(Debug, Parser)]
#[command(version, about = "Scans packages offline, judges them, records them, syncs when it can")]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Open the window: choose a task, scan.
    Run(RunArgs),
    /// Work a task without a screen: for fixed readers and scripts.
    Scan(ScanArgs),
    /// List the cameras, their modes and controls.
    Cameras {
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Read the QR codes of picture files.
    Decode {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
        /// Pictures, or folders of them.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Send what waits and fetch what changed.
    Sync {
        #[command(flatten)]
        config: ConfigArg,
        /// Once, then stop. Without it: again and again, as the window does, until the process is ended.
        #[arg(long)]
        once: bool,
        /// One JSON object; without `--once` one a line, whenever something changes.
        #[arg(long)]
        json: bool,
    },
    /// What waits for the server.
    Queue {
        #[command(flatten)]
        config: ConfigArg,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Where there is no network: hand events over by file, local network or moving QR code, also for other terminals.
    #[command(subcommand)]
    Carry(carry::CarryCommand),
    /// Check this terminal's log offline: every page, every hash, every acknowledgement.
    VerifyLog {
        #[command(flatten)]
        config: ConfigArg,
    },
    /// Print the checkpoints of the server's ledger that this terminal was given, one JSON object a line: what
    /// `sync-server verify-log --checkpoints` compares the ledger with.
    Checkpoints {
        #[command(flatten)]
        config: ConfigArg,
    },
    /// Sign in and out without a screen; list who may.
    #[command(subcommand)]
    Operators(operators::OperatorsCommand),
    /// The texts of the labels to practise with (`scan --training`), each with what it teaches; one JSON object a line.
    TrainingLabels,
    /// One file of what this terminal says of itself, for whoever helps: versions, settings, figures, log; no secrets.
    Diagnostics(diagnostics::DiagnosticsArgs),
    /// Save what can be read of a damaged store, and make a new one.
    Rescue(rescue::RescueArgs),
    /// Enrol this terminal with an invitation of its server: shows a code to compare, waits for the approval, writes the configuration.
    Enrol(enrol::EnrolArgs),
    /// Make this terminal's configuration and key by hand; prints what `sync-server terminals add` needs. No certificate comes of it.
    Init(init::InitArgs),
}

#[derive(Debug, Args)]
struct ConfigArg {
    /// Configuration file.
    #[arg(long, default_value = "terminal.toml")]
    config: PathBuf,
}

#[derive(Debug, Args)]
struct RunArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// Where readings come from: `camera:N`, `images:FOLDER`, `video:FILE` or `wedge:/dev/input/eventN`; options follow as in
    /// `camera:0?size=1920x1080&fps=30`. A hand scanner that types into the window works beside each.
    #[arg(long, default_value = "camera:0")]
    source: SourceName,
    /// Size of the window.
    #[arg(long, value_enum, default_value_t = Form::Handheld)]
    form: Form,
}

/// The two canvases of `screens.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// 480 × 800.
    Handheld,
    /// 1280 × 800.
    Tablet,
}

#[derive(Debug, Args)]
struct ScanArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// Which scan.
    #[arg(long, value_enum)]
    task: StageWord,
    /// Number of the contract or order.
    #[arg(long, required_unless_present = "training", default_value = "")]
    basis: String,
    /// Number of the shipping document. Goods that leave without one get a note of this terminal's own at the final close.
    #[arg(long)]
    document: Option<String>,
    /// Why goods go back, at a return.
    #[arg(long, value_enum)]
    reason: Option<ReasonWord>,
    /// Who takes the goods away, told at the close.
    #[arg(long)]
    carrier: Option<String>,
    /// Where readings come from: `camera:N`, `images:FOLDER`, `video:FILE` (AVI with Motion JPEG, JPEGs in a row, YUV4MPEG2),
    /// `wedge:-` (lines on standard input) or `wedge:/dev/input/eventN` (a hand scanner's own device, Linux).
    /// Options follow a question mark: `camera:0?size=1920x1080&fps=30&format=mjpeg&torch=on&exposure=250&focus=auto`,
    /// `images:FOLDER?fps=10&loop=3&pace=real`.
    #[arg(long)]
    source: SourceName,
    /// Close the task when the source has ended.
    #[arg(long, value_enum)]
    close: Option<CloseWord>,
    /// One JSON object a line: each scan, then a summary.
    #[arg(long)]
    json: bool,
    /// Wait so many milliseconds before each frame, as a slower camera would.
    #[arg(long, default_value_t = 0)]
    frame_delay_ms: u64,
    /// Practise: on the labels of `training-labels`, with a contract of its own, in a log of its own that is never sent.
    #[arg(long, conflicts_with_all = ["basis", "document"])]
    training: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum StageWord {
    Outbound,
    Inbound,
    Sort,
    Receipt,
    #[value(name = "transfer_out", alias = "transfer-out")]
    TransferOut,
    #[value(name = "transfer_in", alias = "transfer-in")]
    TransferIn,
    #[value(name = "return_out", alias = "return-out")]
    ReturnOut,
    #[value(name = "return_in", alias = "return-in")]
    ReturnIn,
}

impl From<StageWord> for Stage {
    fn from(word: StageWord) -> Self {
        match word {
            StageWord::Outbound => Self::Outbound,
            StageWord::Inbound => Self::Inbound,
            StageWord::Sort => Self::Sort,
            StageWord::Receipt => Self::Receipt,
            StageWord::TransferOut => Self::TransferOut,
            StageWord::TransferIn => Self::TransferIn,
            StageWord::ReturnOut => Self::ReturnOut,
            StageWord::ReturnIn => Self::ReturnIn,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ReasonWord {
    Quality,
    Refused,
    Undeliverable,
    Other,
}

impl From<ReasonWord> for ReturnReason {
    fn from(word: ReasonWord) -> Self {
        match word {
            ReasonWord::Quality => Self::Quality,
            ReasonWord::Refused => Self::Refused,
            ReasonWord::Undeliverable => Self::Undeliverable,
            ReasonWord::Other => Self::Other,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum CloseWord {
    Partial,
    Final,
}

impl From<CloseWord> for Close {
    fn from(word: CloseWord) -> Self {
        match word {
            CloseWord::Partial => Self::Partial,
            CloseWord::Final => Self::Final,
        }
    }
}

impl Cli {
    /// The file that the app's own log goes to: beside the store of the configuration, where there is one.
    #[must_use]
    pub fn log_file(&self) -> Option<PathBuf> {
        let config = match &self.command {
            Command::Run(args) => &args.config,
            Command::Scan(args) => &args.config,
            Command::Sync { config, .. } => config,
            Command::Operators(command) => command.config(),
            Command::Carry(command) => command.config(),
            _ => return None,
        };
        Config::read(&config.config).ok().map(|config| log_path(&config.store))
    }
}

/// Reads the configuration; with encryption at rest the store's key goes with it.
fn configured(path: &Path) -> Result<Config> {
    let config = Config::read(path)?;
    #[cfg(feature = "encryption")]
    crate::store::encrypt_with(crate::keys::StoreKey::derive(&config.key, config.terminal)?);
    Ok(config)
}

/// Runs a command.
pub fn run(cli: Cli) -> Result<ExitCode> {
    match cli.command {
        Command::Run(args) => window::run(&args.config.config, &args.source, args.form),
        Command::Scan(args) if args.training => training::run(&configured(&args.config.config)?, &args),
        Command::Scan(args) => scan::run(&configured(&args.config.config)?, &args),
        Command::Cameras { json } => cameras::run(json),
        Command::Decode { json, paths } => decode::run(&paths, json),
        Command::Sync { config, once: true, json } => stores::sync(&configured(&config.config)?, json),
        Command::Sync { config, once: false, json } => keep_syncing::run(&configured(&config.config)?, json),
        Command::Queue { config, json } => stores::queue(&configured(&config.config)?, json),
        Command::Carry(command) => carry::run(&configured(&command.config().config)?, &command),
        Command::Checkpoints { config } => stores::checkpoints(&configured(&config.config)?),
        Command::VerifyLog { config } => stores::verify_log(&configured(&config.config)?),
        Command::Operators(command) => operators::run(&configured(&command.config().config)?, &command),
        Command::TrainingLabels => Ok(training::labels()),
        Command::Diagnostics(args) => diagnostics::run(&configured(&args.config.config)?, &args),
        Command::Rescue(args) => rescue::run(&configured(&args.config.config)?, &args),
        Command::Enrol(args) => enrol::run(&args),
        Command::Init(args) => init::run(&args),
    }
}
