//! `scanner-app run`: the window, with the session on a thread of its own and the sender on another.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use anyhow::{Context, Result};
use slint::ComponentHandle;

use super::{Form, configured, stores};
use crate::capture::SourceName;
use crate::config::Config;
use crate::device::{Device, Machine};
use crate::keys;
use crate::session::sum_up_lists;
use crate::store::Store;
use crate::sync::{AfterPull, Worker};
use crate::ui::{Intent, WindowHandle, window};
use clerk::{Clerk, Tools};

mod acts;
mod alarm;
mod begin;
mod beside;
mod casing;
mod clerk;
mod desk;
mod enrolling;
mod eye;
mod faults;
mod gaze;
mod goods;
mod nearby;
mod papers;
mod preferences;
mod printing;
mod reading;
mod reporting;
mod returning;
mod show;
mod state;
mod tasks;
mod work;

/// Opens the window. A terminal that has no configuration yet is enrolled first.
pub(super) fn run(path: &Path, source: &SourceName, form: Form) -> Result<ExitCode> {
    let (intents, wanted) = channel();
    let is_enrolled = path.exists();
    let tools = if is_enrolled { Some(tools(configured(path)?)?) } else { None };
    let (scanner, functions) =
        tools.as_ref().map(|tools| (tools.config.capture.keys.clone(), tools.config.keys.clone())).unwrap_or_default();
    let window = window(form == Form::Tablet, (&scanner, &functions), &intents)?;
    let handle = WindowHandle::of(&window);
    let (source, path, tablet) = (source.clone(), path.to_owned(), form == Form::Tablet);
    let work = move || session(tools, &path, (source, tablet), (handle, &wanted));
    let session = std::thread::Builder::new().name("session".to_owned());
    let session = session.spawn(work).context("the session's thread cannot be started")?;
    window.run()?;
    // The window is gone: the session sees its intents end and stops.
    drop(intents);
    drop(window);
    match session.join() {
        Ok(result) => result.map(|()| ExitCode::SUCCESS),
        Err(_) => {
            anyhow::bail!("the session stopped unexpectedly; all that was confirmed is safe, start the app again")
        }
    }
}

fn session(
    enrolled: Option<Tools>,
    path: &Path,
    (source, tablet): (SourceName, bool),
    (handle, wanted): (WindowHandle, &Receiver<Intent>),
) -> Result<()> {
    let tools = match enrolled {
        Some(tools) => tools,
        None if enrolling::enrol(path, &source, &handle, wanted)? => tools(configured(path)?)?,
        None => return Ok(()),
    };
    let done = Clerk::new(tools, source, handle, tablet).and_then(|clerk| clerk.work(wanted));
    if done.is_err() {
        // A window without its session would look alive and record nothing.
        let _ = slint::quit_event_loop();
    }
    done
}

fn tools(config: Config) -> Result<Tools> {
    let device: Arc<dyn Device> = Arc::new(Machine::new());
    let mut store = stores::open(&config, device.as_ref())?;
    if !store.commit_on_a_thread()? {
        tracing::info!("the commit thread runs with the usual priority: raising it needs CAP_SYS_NICE or RLIMIT_NICE");
    }
    let sender_store = Store::open_beside(&config.store, config.terminal, device.epoch())?;
    let after_pull: AfterPull = Box::new(sum_up_lists);
    let transport = stores::transport(&config, &sender_store)?;
    let worker = Worker::start(sender_store, transport, Arc::clone(&device), config.sync, after_pull);
    let key = Arc::new(keys::open(&config.key)?);
    Ok(Tools { config, device, worker, key, store })
}
