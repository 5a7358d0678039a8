//! `sync` without `--once`: the window's sender without a window, for fixed readers and tests. A line whenever something changes.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::stores;
use crate::config::Config;
use crate::device::{Device, Machine};
use crate::session::gate::watch_shut_gates;
use crate::session::{Identity, anchor, sum_up_lists};
use crate::store::Store;
use crate::sync::{SyncState, Worker};

/// How often the sender's state is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// Syncs until the process is ended: it may be killed at any moment.
pub(super) fn run(config: &Config, as_json: bool) -> Result<ExitCode> {
    let device: Arc<dyn Device> = Arc::new(Machine::new());
    let mut store = stores::open(config, device.as_ref())?;
    let sender_store = Store::open_beside(&config.store, config.terminal, device.epoch())?;
    let transport = stores::transport(config, &sender_store)?;
    let worker = Worker::start(sender_store, transport, Arc::clone(&device), config.sync, Box::new(sum_up_lists));
    let identity = Identity::of(config);
    let (mut told, mut brought, mut contact) = (Value::Null, (0, 0), None);
    loop {
        let state = worker.state();
        let line = line(&state);
        if line != told {
            tell(&line, &state, as_json)?;
            told = line;
        }
        if (state.pulls, state.done.gates_answered) != brought {
            brought = (state.pulls, state.done.gates_answered);
            (store, _) = watch_shut_gates(store, &device, &identity)?;
            // Nothing is recorded where nothing changed, and then there is nothing to send.
            worker.wake();
        }
        if state.contact != contact
            && let Some(new) = state.contact
        {
            contact = Some(new);
            // An anchor never wakes the sender: it goes with what comes next.
            anchor(&mut store, device.as_ref(), &identity, &new)?;
        }
        std::thread::sleep(LOOK);
    }
}

fn line(state: &SyncState) -> Value {
    json!({ "online": state.online, "pending": state.pending, "done": state.done, "trouble": state.trouble,
        "notices": state.notices.iter().map(|notice| &notice.en).collect::<Vec<_>>() })
}

fn tell(line: &Value, state: &SyncState, as_json: bool) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let written = if as_json {
        writeln!(out, "{line}")
    } else {
        let reached = if state.online { "online" } else { "offline" };
        let trouble = state.trouble.as_deref().map(|why| format!("; {why}")).unwrap_or_default();
        writeln!(out, "{reached}, {}, {} sent{trouble}", stores::waiting(state.pending), state.done.sent)
    };
    written.and_then(|()| out.flush()).context("stdout cannot be written")
}
