//! The commands: administration from a shell.

mod audit;
mod backup;
mod commands;
mod evidence;
mod mismatches;
mod operators;
mod packs;
mod registry;
mod report;
mod sealed;
mod terminals;
mod users;
mod webhooks;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, LogForm};
use crate::people::Actor;

pub use commands::run;

/// Tallyman's server.
#[derive(Debug, Parser)]
#[command(version, about = "Takes scans in, reconciles them with contracts and orders, shows mismatches")]
pub struct Cli {
    /// Configuration file.
    #[arg(long, global = true, default_value = "tallyman-server.toml")]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

impl Cli {
    /// What the log shows: `RUST_LOG`, or information while serving and warnings otherwise.
    #[must_use]
    pub fn log_filter(&self) -> String {
        let default = if matches!(self.command, Command::Serve) { "info,sqlx=warn" } else { "warn" };
        std::env::var("RUST_LOG").unwrap_or_else(|_| default.to_owned())
    }
}

impl Cli {
    /// What the log looks like. A configuration that cannot be read is told of later, by the command itself.
    #[must_use]
    pub fn log_form(&self) -> LogForm {
        Config::read(&self.config).map_or_else(|_| LogForm::default(), |config| config.log)
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the configuration, the data folder, the database and the keys, where they are missing.
    Init {
        /// First day of the revised trading rules, such as 2026-10-01, or `never`; needed for a new configuration.
        #[arg(long, value_name = "DAY|never")]
        revised_rules_from: Option<String>,
    },
    /// Serve terminals and the console until SIGTERM; prints one line of JSON when ready.
    Serve,
    /// Members, sites, products, contracts and the rest: list, show, enter, amend, correct, import, export.
    #[command(subcommand)]
    Registry(registry::RegistryCommand),
    /// Import members, sites, products, contracts, orders, documents and platform code packs (CSV, XLSX or JSON).
    Import {
        /// Files, in order; all or nothing.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Code packs: import, issue, put into use, report lost, release, end, count.
    #[command(subcommand)]
    Codes(packs::CodesCommand),
    /// Invite, approve, list and revoke terminals.
    #[command(subcommand)]
    Terminals(terminals::TerminalsCommand),
    /// Give operators a badge and a PIN; list them.
    #[command(subcommand)]
    Operators(operators::OperatorsCommand),
    /// List mismatches, gravest first; or act on one.
    Mismatches {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
        /// Also those closed by late data or resolved.
        #[arg(long)]
        all: bool,
        #[command(subcommand)]
        command: Option<mismatches::MismatchesCommand>,
    },
    /// People who may open the console and the web API, and tokens of programs that act for them.
    #[command(subcommand)]
    Users(users::UsersCommand),
    /// Where changes of mismatches are told.
    #[command(subcommand)]
    Webhooks(webhooks::WebhooksCommand),
    /// What people did: one JSON object a line, the oldest first.
    Audit(audit::AuditArgs),
    /// The trail of one code: every event that names it or a package that held it.
    Trace {
        /// Canonical form or the text of its label.
        code: String,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Write a photo that an event names to a file.
    Attachment {
        /// Its name: SHA-256, 64 hex digits.
        sha256: String,
        /// The file to write; it must not exist.
        #[arg(long)]
        out: PathBuf,
    },
    /// List every event of the ledger: terminal, epoch, number, kind; one JSON object a line.
    Events,
    /// Check the whole ledger offline: every chain, every signed batch, every checkpoint; prints one line of JSON.
    VerifyLog {
        /// Checkpoints that terminals kept (`scanner-app checkpoints`), one JSON object a line: a rewritten ledger contradicts them.
        #[arg(long, value_name = "FILE")]
        checkpoints: Option<PathBuf>,
    },
    /// Evidence that could not be taken in: list it, read it again, admit it.
    #[command(subcommand)]
    Quarantine(evidence::QuarantineCommand),
    /// Copy the database and all keys into a new folder, while the server goes on.
    Backup {
        /// The folder; it must not exist yet, or be empty. It holds private keys: keep it as safe as the server.
        #[arg(long)]
        to: PathBuf,
    },
    /// Restore a backup into an empty data folder: the ledger goes on under a new name, and terminals send again what it lacks.
    Restore {
        /// The folder of the backup.
        #[arg(long)]
        from: PathBuf,
        /// Who restores, and why; it is signed and told to every terminal.
        #[arg(long, value_parser = reason)]
        why: String,
    },
    /// Parcels that came without a network.
    #[command(subcommand)]
    Sealed(sealed::SealedCommand),
    /// Print what a terminal needs to know of this server, as JSON; or change the CA.
    Keys {
        #[command(subcommand)]
        command: Option<KeysCommand>,
    },
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Make the next CA: terminals learn of it by pull, and trust it beside the one now.
    NextCa,
    /// Put the next CA in the place of the one now, once every terminal has been in contact since it was made. Restart the server then.
    AdoptNextCa,
}

/// Who sits at this shell, as the system says: whoever became somebody else with `sudo`, else whose session it is. It is no proof.
fn shell() -> Actor {
    let names = ["SUDO_USER", "LOGNAME", "USER"].into_iter().filter_map(|name| std::env::var(name).ok());
    Actor::shell_of(names.into_iter().find(|name| !name.trim().is_empty()).as_deref())
}

/// A reason that says something.
fn reason(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("it says nothing; say in a few words why, it is kept in the audit log".to_owned()),
        text => Ok(text.to_owned()),
    }
}

/// Why, where it need not be said.
#[derive(Debug, Args)]
struct Reason {
    /// Why, as the audit log keeps it.
    #[arg(long, value_parser = reason)]
    why: Option<String>,
}

impl Reason {
    fn text(&self) -> &str {
        self.why.as_deref().unwrap_or_default()
    }

    /// Behind what the log says anyway.
    fn beside(&self, said: &str) -> String {
        self.why.as_ref().map_or_else(|| said.to_owned(), |why| format!("{said}: {why}"))
    }
}

fn fault(found: bool) -> ExitCode {
    if found { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
