//! `scanner-app run`: the window, with the session on a thread of its own and the sender on another.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::channel;

use anyhow::{Context, Result};
use slint::ComponentHandle;

use super::{Form, stores};
use crate::capture::SourceName;
use crate::config::Config;
use crate::device::{Device, Machine};
use crate::session::sum_up_lists;
use crate::store::Store;
use crate::sync::{AfterPull, Worker};
use crate::ui::{WindowHandle, window};

mod clerk;

pub(super) fn run(config: &Config, source: &SourceName, form: Form) -> Result<ExitCode> {
    let device: Arc<dyn Device> = Arc::new(Machine::new());
    let mut store = stores::open(config, device.as_ref())?;
    if !store.commit_on_a_thread()? {
        tracing::info!("the commit thread runs with the usual priority: raising it needs CAP_SYS_NICE or RLIMIT_NICE");
    }
    let sender_store = Store::open_beside(&config.store, config.terminal, device.epoch())?;
    let after_pull: AfterPull = Box::new(sum_up_lists);
    let transport = stores::transport(config, &sender_store)?;
    let worker = Worker::start(sender_store, transport, Arc::clone(&device), config.sync, after_pull);
    let (intents, wanted) = channel();
    let window = window(form == Form::Tablet, &config.capture.keys, &intents)?;
    let clerk = clerk::Clerk::new(config.clone(), source.clone(), device, worker, WindowHandle::of(&window));
    let session = std::thread::Builder::new().name("session".to_owned());
    let session =
        session.spawn(move || clerk.work(store, &wanted)).context("the session's thread cannot be started")?;
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
