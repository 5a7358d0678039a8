//! `sync-server sealed`: parcels that were brought on a stick.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Subcommand;
use serde_json::json;
use shared::time::Timestamp;
use shared::wire::sealed::{Answers, PARCEL_BYTES_MAX, ParcelAnswer, write_answers};

use super::{fault, report, shell, shown};
use crate::audit;
use crate::keys::ServerKeys;
use crate::sealed::deliver;
use crate::store::Store;

#[derive(Debug, Subcommand)]
pub(super) enum SealedCommand {
    /// Take parcels in (`scanner-app carry export` made them); prints one JSON object a file. Any may come any number of times.
    Import {
        /// Parcels.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Write the answers here: carry them back and `scanner-app carry import` them.
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

/// Runs it. Exit code 1: some file or batch was refused.
pub(super) async fn run(store: &Store, keys: &ServerKeys, command: SealedCommand, now: Timestamp) -> Result<ExitCode> {
    let SealedCommand::Import { files, out } = command;
    let (mut answered, mut is_refused) = (Vec::new(), false);
    for file in &files {
        let done = match parcel(file) {
            Ok(bytes) => deliver(store, (&keys.ack, &keys.sealed), bytes, None, now).await.map_err(Into::into),
            Err(error) => Err(error),
        };
        match done {
            Ok(answers) => {
                let (on_what, from) = (format!("parcel {}", answers.parcel), shown(file));
                let mut tx = store.write().await?;
                audit::append(&mut tx, &shell(), ("parcel-imported", &on_what, &from), now).await?;
                tx.commit().await?;
                is_refused |= answers.answers.iter().any(|answer| matches!(answer, ParcelAnswer::Refused(_)));
                report::line(&told(file, &answers))?;
                answered.push(answers);
            }
            Err(error) => {
                is_refused = true;
                report::line(&json!({ "file": shown(file), "refused": error.to_string() }))?;
            }
        }
    }
    if let Some(out) = out {
        let bytes = write_answers(&answered)?;
        fs::write(&out, bytes).with_context(|| format!("the answers cannot be written to {}", shown(&out)))?;
    }
    Ok(fault(is_refused))
}

fn parcel(path: &Path) -> Result<Vec<u8>> {
    let file = fs::File::open(path).with_context(|| format!("{} cannot be read", shown(path)))?;
    let mut bytes = Vec::new();
    // One byte more than a parcel may have, so that a longer one is told from it.
    file.take(PARCEL_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn told(file: &Path, answers: &Answers) -> serde_json::Value {
    let refused: Vec<&str> = answers
        .answers
        .iter()
        .filter_map(|answer| match answer {
            ParcelAnswer::Refused(problem) => Some(problem.message.as_str()),
            _ => None,
        })
        .collect();
    let count = |which: fn(&ParcelAnswer) -> bool| answers.answers.iter().filter(|answer| which(answer)).count();
    json!({
        "file": shown(file), "parcel": answers.parcel, "terminal": answers.terminal,
        "taken": count(|answer| matches!(answer, ParcelAnswer::Taken(_))),
        "waiting": count(|answer| matches!(answer, ParcelAnswer::Waiting { .. })),
        "refused": refused,
    })
}
