//! `backup`, `restore`, `verify-log`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde_json::json;
use shared::time::Timestamp;
use shared::wire::SignedCheckpoint;

use super::commands::new_ledger_id;
use super::{fault, report, shell, shown};
use crate::backup::Written;
use crate::config::Config;
use crate::keys::ServerKeys;
use crate::store::Store;
use crate::{backup, verify};

pub(super) async fn make(store: &Store, config: &Config, to: &Path) -> Result<()> {
    let written = backup::backup(store, &config.data, to).await?;
    if written == Written::KeysAlone {
        eprintln!(
            "Only the keys are in {}. Copy the database beside them now, with the tools of PostgreSQL and the same address:\n  \
             {}\n(The address is shown without its password and parameters. Change no CA in between.)",
            shown(to),
            backup::dump_command(&config.database(), to)
        );
    }
    report::line(&json!({ "backup": shown(to), "database": written == Written::Whole }))
}

pub(super) async fn record(store: &Store, config: &Config, why: &str, now: Timestamp) -> Result<()> {
    let keys = ServerKeys::open(&config.data)?;
    let restored = backup::record(store, &keys.ack, new_ledger_id(), (&shell(), why), now).await?;
    report::line(restored.value())
}

pub(super) async fn verify(store: &Store, config: &Config, checkpoints: Option<&Path>) -> Result<ExitCode> {
    let keys = ServerKeys::open(&config.data)?;
    let kept = match checkpoints {
        Some(path) => read(path)?,
        None => Vec::new(),
    };
    let mut snapshot = store.snapshot().await?;
    let verified = verify::verify_log(&mut snapshot, &keys.server_key, &kept).await?;
    snapshot.rollback().await?;
    report::line(&verified)?;
    Ok(fault(!verified.ok))
}

fn read(path: &Path) -> Result<Vec<SignedCheckpoint>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", shown(path)))?;
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            serde_json::from_str(line).with_context(|| {
                format!("{}, line {number}: this is no checkpoint; `scanner-app checkpoints` prints them", shown(path))
            })
        })
        .collect()
}
