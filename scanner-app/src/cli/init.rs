//! `scanner-app init`: identity and key of a new terminal. The key is made here and never leaves.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::json;
use shared::chain::PublicKey;

use crate::capture::CaptureSettings;
use crate::carry::Recipient;
use crate::config::{Config, Language};
use crate::device::Machine;
use crate::feedback::FeedbackSettings;
use crate::function_keys::FunctionKeys;
use crate::keys;
use crate::operators::OperatorSettings;

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Configuration file to make.
    #[arg(long)]
    config: PathBuf,
    /// Where the terminal works.
    #[arg(long)]
    site: String,
    /// Whose it is.
    #[arg(long)]
    member: String,
    /// Who works on it, until people sign in.
    #[arg(long)]
    operator: Option<String>,
    /// The server's address for terminals.
    #[arg(long)]
    server: String,
    /// PEM file of the server's CA (`sync-server keys` names it).
    #[arg(long)]
    ca: PathBuf,
    /// The server's acknowledgement key (`sync-server keys` prints it).
    #[arg(long)]
    server_key: String,
    /// What parcels are sealed for where there is no network (`sync-server keys` prints it).
    #[arg(long)]
    server_recipient: Option<String>,
}

pub(super) fn run(args: &InitArgs) -> Result<ExitCode> {
    if !args.config.exists() {
        make(args)?;
    }
    let config = Config::read(&args.config)?;
    let key = keys::open_or_make(&config.key)?;
    println!("{}", json!({ "terminal": config.terminal, "public_key": keys::public(&key).to_string() }));
    Ok(ExitCode::SUCCESS)
}

fn make(args: &InitArgs) -> Result<()> {
    let Some(server_key) = PublicKey::from_hex(&args.server_key) else {
        bail!("`{}` is not a key of 64 hex digits; `sync-server keys` prints the server's", args.server_key);
    };
    let ca = fs::canonicalize(&args.ca).with_context(|| format!("the CA file {} cannot be read", args.ca.display()))?;
    if let Some(recipient) = &args.server_recipient {
        recipient.parse::<Recipient>()?;
    }
    let config = Config {
        terminal: Machine::terminal_id(),
        site: args.site.as_str().into(),
        member: args.member.as_str().into(),
        operator: args.operator.as_deref().map(Into::into),
        store: "terminal.sqlite".into(),
        key: "keys/terminal.pk8".into(),
        server: args.server.clone(),
        addresses: Vec::new(),
        certificate: None,
        ca,
        server_key,
        server_recipient: args.server_recipient.clone(),
        language: Language::Zh,
        capture: CaptureSettings::default(),
        feedback: FeedbackSettings::default(),
        keys: FunctionKeys::default(),
        operators: OperatorSettings::default(),
        printer: crate::config::PrinterSettings::default(),
        sync: crate::sync::SyncPolicy::default(),
    };
    if let Some(folder) = args.config.parent() {
        fs::create_dir_all(folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    }
    let text = toml::to_string(&config).context("the configuration cannot be written as TOML")?;
    fs::write(&args.config, text).with_context(|| format!("{} cannot be written", args.config.display()))
}
