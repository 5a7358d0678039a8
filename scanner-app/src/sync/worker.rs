//! The sender beside the window: a thread of its own with its own connection to the store; wakes on new events and on a timer.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use shared::time::Timestamp;

use super::{Action, Link, SyncError, Transport, TransportError, plan, sync_once};
use crate::device::{Contact, Device};
use crate::store::{Store, StoreError};

/// What the calm line on every screen says.
#[derive(Clone, Debug, Default)]
pub struct SyncState {
    /// Whether the last attempt reached the server.
    pub online: bool,
    /// Events that wait.
    pub pending: u64,
    /// When the last attempt succeeded.
    pub last_sync: Option<Timestamp>,
    /// How old the references are.
    pub data_as_of: Option<Timestamp>,
    /// Counts pulls that brought something: the session reloads when it moves.
    pub pulls: u64,
    /// What the server's clock said at the last contact.
    pub contact: Option<Contact>,
    /// How far the wall clock was ahead of the server's then, in milliseconds.
    pub clock_skew_ms: Option<i64>,
    /// What only a person can mend.
    pub trouble: Option<String>,
}

/// What is done on the sender's thread after a pull, with its store.
pub type AfterPull = Box<dyn FnMut(&mut Store) -> Result<(), StoreError> + Send>;

/// The running sender; stops and joins when dropped.
pub struct Worker {
    wake: Option<Sender<()>>,
    state: Arc<Mutex<SyncState>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts it. `after_pull` is done on its thread when a pull brought something.
    #[must_use]
    pub fn start(store: Store, transport: Transport, device: Arc<dyn Device>, after_pull: AfterPull) -> Self {
        let (wake, woken) = channel();
        let state = Arc::new(Mutex::new(SyncState::default()));
        let shown = Arc::clone(&state);
        let work = move || {
            let mut sender = Sending { store, transport, device, after_pull };
            sender.run(&woken, &shown);
        };
        let thread = std::thread::Builder::new().name("sync".to_owned()).spawn(work).ok();
        Self { wake: Some(wake), state, thread }
    }

    /// An event was recorded.
    pub fn wake(&self) {
        if let Some(wake) = &self.wake {
            // A stopped sender needs no waking.
            let _ = wake.send(());
        }
    }

    /// How it stands.
    #[must_use]
    pub fn state(&self) -> SyncState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            // A sender that panicked has nothing left to lose: the log is the truth.
            let _ = thread.join();
        }
    }
}

/// The sender on its thread.
struct Sending {
    store: Store,
    transport: Transport,
    device: Arc<dyn Device>,
    after_pull: AfterPull,
}

impl Sending {
    fn run(&mut self, woken: &Receiver<()>, shown: &Mutex<SyncState>) {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        let mut link = Link::Up { since_ms: u64::MAX };
        let mut succeeded = Instant::now();
        loop {
            let pending = self.store.pending().map_or(0, |(pending, _)| pending);
            if let Link::Up { since_ms } = &mut link
                && *since_ms != u64::MAX
            {
                *since_ms = u64::try_from(succeeded.elapsed().as_millis()).unwrap_or(u64::MAX);
            }
            show(shown, |state| state.pending = pending);
            match plan(pending, link, self.device.jitter()) {
                Action::Sync => {
                    link = self.attempt(&runtime, shown, link);
                    succeeded = Instant::now();
                }
                Action::Idle(ms) => match woken.recv_timeout(Duration::from_millis(ms)) {
                    Ok(()) => {}
                    Err(RecvTimeoutError::Timeout) => self.tidy(),
                    Err(RecvTimeoutError::Disconnected) => return,
                },
                Action::Wait(ms) => {
                    if !wait(woken, Duration::from_millis(ms)) {
                        return;
                    }
                    // The wait is over: the next plan is to try.
                    if let Link::Down { .. } = link {
                        link = self.attempt(&runtime, shown, link);
                    }
                    succeeded = Instant::now();
                }
            }
        }
    }

    /// Nothing was to do for a while: what has been with the server for long leaves, a little at a time.
    fn tidy(&mut self) {
        if let Err(error) = self.store.tidy(self.device.now()) {
            tracing::warn!("old events could not leave the store: {error}");
        }
    }

    fn attempt(&mut self, runtime: &tokio::runtime::Runtime, shown: &Mutex<SyncState>, link: Link) -> Link {
        let result = runtime.block_on(sync_once(&mut self.store, &self.transport, self.device.as_ref()));
        if result.as_ref().is_ok_and(|synced| synced.pulled > 0)
            && let Err(error) = (self.after_pull)(&mut self.store)
        {
            // What was pulled is kept; the lists are counted after the next pull.
            tracing::warn!("{error}");
        }
        tell(shown, &result, &self.store, self.device.now());
        after(&result, link)
    }
}

/// Waits the whole time whatever wakes it. Answers whether to go on.
fn wait(woken: &Receiver<()>, wait: Duration) -> bool {
    let end = Instant::now() + wait;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return true;
        }
        if let Err(RecvTimeoutError::Disconnected) = woken.recv_timeout(left) {
            return false;
        }
    }
}

fn after(result: &Result<super::Synced, SyncError>, before: Link) -> Link {
    let failures = match before {
        Link::Up { .. } => 0,
        Link::Down { failures, .. } => failures,
    };
    match result {
        Ok(_) => Link::Up { since_ms: 0 },
        Err(SyncError::Transport(TransportError::Busy { retry_after_ms })) => {
            Link::Down { failures: failures + 1, retry_after_ms: *retry_after_ms }
        }
        Err(_) => Link::Down { failures: failures + 1, retry_after_ms: None },
    }
}

fn tell(shown: &Mutex<SyncState>, result: &Result<super::Synced, SyncError>, store: &Store, now: Timestamp) {
    let pending = store.pending().map_or(0, |(pending, _)| pending);
    let data_as_of = store.data_as_of().ok().flatten();
    show(shown, |state| {
        state.pending = pending;
        state.data_as_of = data_as_of;
        match result {
            Ok(synced) => {
                state.online = true;
                state.last_sync = Some(now);
                state.contact = synced.contact.or(state.contact);
                state.clock_skew_ms = synced.clock_skew_ms.or(state.clock_skew_ms);
                state.trouble = None;
                state.pulls += u64::from(synced.pulled > 0);
            }
            Err(error) => {
                let offline = matches!(error, SyncError::Transport(error) if !error.is_permanent());
                state.online = false;
                state.trouble = (!offline).then(|| error.to_string());
            }
        }
    });
}

fn show(shown: &Mutex<SyncState>, change: impl FnOnce(&mut SyncState)) {
    change(&mut shown.lock().unwrap_or_else(PoisonError::into_inner));
}
