//! Commands on the store: sync, queue, verify-log.

use std::fs;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::config::Config;
use crate::device::{Device, Machine};
use crate::keys;
use crate::session::gate::{Gate, watch_shut_gates};
use crate::session::{Identity, anchor, sum_up_lists};
use crate::store::{Opening, Store, this_machine, verify};
use crate::sync::{SyncError, Synced, Transport, notices, sync_by};

use super::scan::{shown, words_of};

/// Times that one command sends and fetches, at most: an answer may be recorded, and a new question may follow from it.
const ROUNDS_MAX: usize = 3;

/// The way to the server that a configuration names, and that the server named since.
pub(super) fn transport(config: &Config, store: &Store) -> Result<Transport> {
    let ca = fs::read(&config.ca).with_context(|| {
        format!("the CA file {} cannot be read; copy it from the server again", config.ca.display())
    })?;
    let key = keys::open(&config.key)?;
    let transport = Transport::new(&config.server, &ca, (config.terminal, key), config.server_key)?;
    let transport = transport.with_addresses(&config.addresses)?;
    // Only a terminal that was enrolled by invitation has a CA file of its own, to be kept up to date.
    let transport = match &config.certificate {
        Some(file) => transport.with_ca_file(config.ca.clone()).with_certificate(file.clone())?,
        None => transport,
    };
    Ok(transport.with_record(store.server_record()?.as_ref(), store.data_as_of()?)?)
}

pub(super) fn open(config: &Config, device: &dyn Device) -> Result<Store> {
    let mark = config.key.with_extension("mark");
    let opening = Opening { mark: Some(&mark), machine: this_machine(), reserve: true, ..Opening::default() };
    let store = Store::open_with(&config.store, (config.terminal, device.epoch()), opening)?;
    if let Some(notice) = store.notice() {
        eprintln!("scanner-app: {notice}");
    }
    Ok(store)
}

pub(super) fn sync(config: &Config, as_json: bool) -> Result<ExitCode> {
    let device: Arc<dyn Device> = Arc::new(Machine::new());
    let mut store = open(config, device.as_ref())?;
    let transport = transport(config, &store)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let identity = Identity::of(config);
    let (mut synced, mut gates) = (Synced::default(), Vec::new());
    for round in 0..ROUNDS_MAX {
        match runtime.block_on(sync_by(&mut store, &transport, device.as_ref(), config.sync)) {
            Ok(further) => synced.add(&further),
            Err(error) => return not_sent(&store, &error),
        }
        sum_up_lists(&mut store)?;
        let watched;
        (store, watched) = watch_shut_gates(store, &device, &identity)?;
        gates.retain(|gate: &Gate| watched.iter().all(|newer| newer.side != gate.side));
        gates.extend(watched);
        if let Some(contact) = synced.contact.filter(|_| round == 0) {
            anchor(&mut store, device.as_ref(), &identity, &contact)?;
        }
        // What the contact changed was recorded: it goes with it, so that nothing waits afterwards.
        if store.pending()?.0 == 0 {
            break;
        }
    }
    tell_synced(&synced, &gates, as_json)?;
    Ok(if synced.quarantined + synced.disputed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn tell_synced(synced: &Synced, gates: &[Gate], as_json: bool) -> Result<()> {
    if as_json {
        let mut told = serde_json::to_value(synced)?;
        if !gates.is_empty() {
            told["gates"] = gates.iter().map(shown_with_side).collect();
        }
        println!("{told}");
        return Ok(());
    }
    println!("sent {}, fetched {} records", synced.sent, synced.pulled);
    for gate in gates {
        let (zh, en) = words_of(gate);
        println!("{}: {zh} / {en}", gate.side.document);
    }
    Ok(())
}

fn shown_with_side(gate: &Gate) -> Value {
    let mut shown = shown(gate);
    shown["stage"] = json!(gate.side.stage.as_str());
    shown["basis"] = json!(gate.side.basis);
    shown["document"] = json!(gate.side.document);
    shown
}

/// How many events wait; one is no plural.
pub(super) fn waiting(pending: u64) -> String {
    if pending == 1 { "1 event waits".to_owned() } else { format!("{pending} events wait") }
}

fn not_sent(store: &Store, error: &SyncError) -> Result<ExitCode> {
    let (pending, _) = store.pending()?;
    match pending {
        0 => eprintln!("scanner-app: {error}\nNothing waits on this terminal."),
        _ => eprintln!("scanner-app: {error}\n{} safely on this terminal.", waiting(pending)),
    }
    Ok(ExitCode::FAILURE)
}

pub(super) fn queue(config: &Config, as_json: bool) -> Result<ExitCode> {
    // A terminal that has recorded nothing yet has no store.
    let (pending, oldest, attachments, carried, refused, lacking) = if config.store.exists() {
        let store = Store::open_to_read(&config.store, config.terminal)?;
        let (pending, oldest) = store.pending()?;
        for notice in notices(&store)? {
            eprintln!("scanner-app: {} / {}", notice.en, notice.zh);
        }
        let carried = store.carried_waiting()?;
        (pending, oldest, store.photos_pending()?, carried, store.refused()?, store.lacking()?)
    } else {
        (0, None, 0, 0, Vec::new(), Vec::new())
    };
    if as_json {
        let mut queue = json!({ "pending": pending, "oldest": oldest, "attachments": attachments, "carried": carried });
        // Named only where there are any: what a person must hear of.
        if !refused.is_empty() {
            queue["refused"] = json!(refused);
        }
        if !lacking.is_empty() {
            queue["lacking"] = json!(lacking);
        }
        println!("{queue}");
    } else if let Some(oldest) = oldest {
        println!("{}, the oldest since {}", waiting(pending), oldest.to_minute());
    } else {
        println!("nothing waits");
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn checkpoints(config: &Config) -> Result<ExitCode> {
    for checkpoint in Store::open_to_read(&config.store, config.terminal)?.checkpoints()? {
        println!("{}", serde_json::to_string(&checkpoint)?);
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn verify_log(config: &Config) -> Result<ExitCode> {
    let verified = verify(&config.store, config.terminal, Some(&config.server_key))?;
    println!("{}", serde_json::to_string(&verified)?);
    Ok(if verified.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
