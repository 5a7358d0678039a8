//! `quarantine`: what a person does with evidence.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Subcommand;
use serde_json::json;
use shared::time::Timestamp;

use super::{fault, reason, report, shell};
use crate::config::Config;
use crate::evidence;
use crate::keys::ServerKeys;
use crate::store::Store;
use crate::store::quarantine::{self, Kept};

#[derive(Debug, Subcommand)]
pub(super) enum QuarantineCommand {
    /// List evidence that nobody settled, oldest first; one JSON object a line.
    List {
        /// Also what was replayed or admitted.
        #[arg(long)]
        all: bool,
    },
    /// Print the lines of one piece of evidence as they came.
    Show {
        /// Its number.
        id: i64,
    },
    /// Try again what this version may read, and what came from terminals that are enrolled by now.
    Replay,
    /// Admit a disputed batch, or one of a revoked terminal: its events are judged as of when they happened.
    Admit {
        /// Its number.
        id: i64,
        /// Who answers for it.
        #[arg(long)]
        by: String,
        /// Why it is true.
        #[arg(long, value_parser = reason)]
        why: String,
    },
}

pub(super) async fn run(
    store: &Store,
    command: QuarantineCommand,
    config: &Config,
    now: Timestamp,
) -> Result<ExitCode> {
    match command {
        QuarantineCommand::List { all } => {
            for kept in quarantine::list(&mut *store.read().await?, all).await? {
                report::line(&line(&kept))?;
            }
        }
        QuarantineCommand::Show { id } => {
            let kept = quarantine::find(&mut *store.read().await?, id).await?;
            let kept = kept.with_context(|| format!("there is no evidence {id}; `sync-server quarantine list`"))?;
            return show(&kept);
        }
        QuarantineCommand::Replay => {
            let keys = ServerKeys::open(&config.data)?;
            let replayed = evidence::replay(store, &keys, (&shell(), now)).await?;
            report::line(&json!({ "replayed": replayed }))?;
        }
        QuarantineCommand::Admit { id, by, why } => {
            let admitted = evidence::admit(store, id, (&by, &why), (&shell(), now)).await?;
            report::line(&json!({ "admitted": admitted }))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn line(kept: &Kept) -> serde_json::Value {
    json!({
        "id": kept.id,
        "terminal": kept.terminal,
        "epoch": kept.epoch,
        "seq": kept.seq,
        "reason": kept.reason.as_str(),
        "received_at": kept.received_at,
        "bytes": kept.body.len(),
        "settled": kept.settled,
    })
}

fn show(kept: &Kept) -> Result<ExitCode> {
    if kept.seq.is_some() {
        report::line(&json!({ "body": String::from_utf8_lossy(&kept.body) }))?;
        return Ok(ExitCode::SUCCESS);
    }
    match crate::unfold::read(&kept.body) {
        Ok(batch) => {
            report::line(&batch.header)?;
            for body in &batch.bodies {
                report::line(&json!({ "body": String::from_utf8_lossy(body) }))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            report::line(&json!({ "unreadable": error.to_string(), "bytes": hex::encode(&kept.body) }))?;
            Ok(fault(true))
        }
    }
}
