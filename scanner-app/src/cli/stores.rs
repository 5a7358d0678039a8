//! Commands on the store: sync, queue, verify-log.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde_json::json;

use crate::config::Config;
use crate::device::{Device, Machine};
use crate::keys;
use crate::session::{Identity, anchor, sum_up_lists};
use crate::store::{Opening, Store, this_machine, verify};
use crate::sync::{SyncError, Synced, Transport, sync_once};

/// The way to the server that a configuration names.
pub(super) fn transport(config: &Config) -> Result<Transport> {
    let ca = fs::read(&config.ca).with_context(|| {
        format!("the CA file {} cannot be read; copy it from the server again", config.ca.display())
    })?;
    let key = keys::open(&config.key)?;
    Ok(Transport::new(&config.server, &ca, (config.terminal, key), config.server_key)?)
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
    let device = Machine::new();
    let mut store = open(config, &device)?;
    let transport = transport(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let synced = match runtime.block_on(exchange(config, &device, &mut store, &transport)) {
        Ok(synced) => synced,
        Err(error) => {
            let (pending, _) = store.pending()?;
            eprintln!("scanner-app: {error}\n{pending} events wait safely on this terminal.");
            return Ok(ExitCode::FAILURE);
        }
    };
    sum_up_lists(&mut store)?;
    if as_json {
        println!("{}", serde_json::to_string(&synced)?);
    } else {
        println!("sent {}, fetched {} records", synced.sent, synced.pulled);
    }
    Ok(if synced.quarantined + synced.disputed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Sends, fetches, and sends the clock anchor that the contact gave cause for, so that nothing waits afterwards.
async fn exchange(
    config: &Config,
    device: &Machine,
    store: &mut Store,
    transport: &Transport,
) -> Result<Synced, SyncError> {
    let mut synced = sync_once(store, transport, device).await?;
    let contact = synced.contact;
    if contact.map_or(Ok(false), |contact| anchor(store, device, &Identity::of(config), &contact))? {
        synced.add(&sync_once(store, transport, device).await?);
    }
    Ok(synced)
}

pub(super) fn queue(config: &Config, as_json: bool) -> Result<ExitCode> {
    // A terminal that has recorded nothing yet has no store.
    let (pending, oldest, attachments) = if config.store.exists() {
        let store = Store::open_to_read(&config.store, config.terminal)?;
        let (pending, oldest) = store.pending()?;
        (pending, oldest, store.photos_pending()?)
    } else {
        (0, None, 0)
    };
    if as_json {
        println!("{}", json!({ "pending": pending, "oldest": oldest, "attachments": attachments }));
    } else if let Some(oldest) = oldest {
        println!("{pending} events wait, the oldest since {}", oldest.to_minute());
    } else {
        println!("nothing waits");
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn verify_log(config: &Config) -> Result<ExitCode> {
    let verified = verify(&config.store, config.terminal)?;
    println!("{}", serde_json::to_string(&verified)?);
    Ok(if verified.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
