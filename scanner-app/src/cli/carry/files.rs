//! Files: parcels out, answers in, and both for others.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;
use shared::chain::Hash;

use super::packed;
use crate::carry::{CarryError, Settled, file, settle};
use crate::cli::stores;
use crate::config::Config;
use crate::device::{Device, Machine};
use crate::store::{CARRIED_BYTES_MAX, Store, Taking};
use shared::wire::sealed::{Answers, Parcel};

pub(super) fn export(config: &Config, to: &Path, as_json: bool) -> Result<ExitCode> {
    let device = Machine::new();
    let store = stores::open(config, &device)?;
    let parcels = packed(config, &store, &device)?;
    let events: u64 = parcels.iter().map(|parcel| parcel.header.count).sum();
    let files = file::write_parcels(to, &parcels)?;
    if as_json {
        let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        println!("{}", json!({ "events": events, "files": files }));
    } else if parcels.is_empty() {
        println!("nothing waits; no file was written");
    } else {
        for file in &files {
            println!("wrote {}", file.display());
        }
        println!("{events} events are in it; they stay on this terminal until the answers come back (`carry import`)");
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn import(config: &Config, files: &[PathBuf], as_json: bool) -> Result<ExitCode> {
    let mut store = stores::open(config, &Machine::new())?;
    let mut answers = Vec::new();
    for path in files {
        answers.extend(file::read_answer_file(path)?);
    }
    let settled = settle(&mut store, &config.server_key, &answers)?;
    let pending = store.pending()?.0;
    tell(&settled, pending, as_json)
}

/// What answers did. Exit code 1: something of them needs a person.
pub(super) fn tell(settled: &Settled, pending: u64, as_json: bool) -> Result<ExitCode> {
    if as_json {
        let mut object = serde_json::to_value(settled)?;
        object["pending"] = pending.into();
        println!("{object}");
    } else {
        println!("{} answers taken in, {pending} events wait", settled.acknowledged);
    }
    for why in &settled.not_believed {
        eprintln!(
            "scanner-app: an answer proves nothing ({why}) and was left out. Get the answers again from whoever carried the \
             parcel; if this stays, tell the supervisor"
        );
    }
    for why in &settled.refused {
        eprintln!("scanner-app: the server did not take a batch: {why}");
    }
    if settled.waiting > 0 {
        eprintln!("scanner-app: {} batches wait at the server for earlier events; bring those, too", settled.waiting);
    }
    let is_well =
        settled.not_believed.is_empty() && settled.refused.is_empty() && settled.quarantined + settled.disputed == 0;
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub(super) fn take(config: &Config, files: &[PathBuf], as_json: bool) -> Result<ExitCode> {
    let device = Machine::new();
    let mut store = stores::open(config, &device)?;
    let (mut new, mut known) = (0_u64, 0_u64);
    for path in files {
        let is_new = keep(&mut store, &file::read_parcel(path)?, &device)?;
        new += u64::from(is_new);
        known += u64::from(!is_new);
    }
    if as_json {
        println!("{}", json!({ "taken": new, "known": known, "waiting": store.carried_waiting()? }));
    } else {
        println!("{new} parcels taken, {known} were here before; the next sync delivers them");
    }
    Ok(ExitCode::SUCCESS)
}

/// Keeps another terminal's parcel. Answers whether it is new.
pub(super) fn keep(store: &mut Store, parcel: &Parcel, device: &dyn Device) -> Result<bool, CarryError> {
    if parcel.header.terminal == store.terminal() {
        return Err(CarryError::Own);
    }
    match store.take_parcel(parcel, device.now())? {
        Taking::New => Ok(true),
        Taking::Known => Ok(false),
        Taking::Full(used) => Err(CarryError::Full { used, most: CARRIED_BYTES_MAX }),
    }
}

pub(super) fn give(config: &Config, to: &Path, as_json: bool) -> Result<ExitCode> {
    let device = Machine::new();
    let mut store = stores::open(config, &device)?;
    let answers = store.answers_kept(None)?;
    if !answers.is_empty() {
        file::write_answer_file(to, &answers)?;
        given(&mut store, &answers, &device)?;
    }
    if as_json {
        println!(
            "{}",
            json!({ "parcels": answers.len(), "file": (!answers.is_empty()).then(|| to.display().to_string()) })
        );
    } else if answers.is_empty() {
        println!("there are no answers yet; sync first. No file was written");
    } else {
        println!("answers to {} parcels written to {}", answers.len(), to.display());
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn given(store: &mut Store, answers: &[Answers], device: &dyn Device) -> Result<(), CarryError> {
    let parcels: Vec<Hash> = answers.iter().map(|answers| answers.parcel).collect();
    Ok(store.answers_given(&parcels, device.now())?)
}

pub(super) fn status(config: &Config, as_json: bool) -> Result<ExitCode> {
    let (pending, carried) = if config.store.exists() {
        let store = Store::open_to_read(&config.store, config.terminal)?;
        (store.pending()?.0, store.carried()?)
    } else {
        (0, Vec::new())
    };
    if as_json {
        println!("{}", json!({ "pending": pending, "carried": carried }));
        return Ok(ExitCode::SUCCESS);
    }
    println!("{pending} events of this terminal wait for answers");
    for row in &carried {
        let (events, terminal, since) = (row.events, row.terminal, row.taken_at.to_minute());
        let state = match (&row.refused, row.is_answered, row.given_at) {
            (Some(why), ..) => format!("refused by the server: {why}"),
            (None, true, Some(_)) => "answered, and the answers were handed on".to_owned(),
            (None, true, None) => {
                "answered; hand the answers on (`carry give`, `carry listen`, `carry show --answers`)".to_owned()
            }
            (None, false, _) if row.delivered_at.is_some() => {
                "delivered; the server waits for earlier events".to_owned()
            }
            (None, false, _) => "waits for a network".to_owned(),
        };
        println!("{events} events of terminal {terminal}, here since {since}: {state}");
    }
    Ok(ExitCode::SUCCESS)
}
