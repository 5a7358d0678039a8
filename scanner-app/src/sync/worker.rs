//! The sender beside the window: a thread of its own with its own connection to the store. It wakes on new events and on a timer:
//! what failed is tried again by the timer, whether or not anything is scanned.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender as Channel, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use shared::code::PackageCode;
use shared::time::Timestamp;
use tokio::sync::Notify;

use super::look_up::{self, Looked};
use super::notice;
use super::sender::{Round, Sender};
use super::{
    Action, Fetching, Link, Notice, Reach, Since, SyncError, SyncPolicy, Synced, Transport, TransportError, notices,
    plan,
};
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
    /// Counts epochs that the server closed: the session begins anew when it moves.
    pub epochs_closed: u64,
    /// Whether the server has more to fetch than came so far.
    pub is_pulling: bool,
    /// How far a long pull has come, where the server tells: what a first sync shows as percent.
    pub fetching: Option<Fetching>,
    /// What was done since the start.
    pub done: Synced,
    /// What the server's clock said at the last contact.
    pub contact: Option<Contact>,
    /// How far the wall clock was ahead of the server's then, in milliseconds.
    pub clock_skew_ms: Option<i64>,
    /// What only a person can mend, for logs and programs.
    pub trouble: Option<String>,
    /// The same for a screen.
    pub said: Option<Notice>,
    /// What a person should hear of what was sent, gravest first.
    pub notices: Vec<Notice>,
    /// The code that was looked up last where it was not known here, and what came of it.
    pub looked: Option<(PackageCode, Looked)>,
    /// Counts answers to that: the page is shown anew when it moves.
    pub looks: u64,
}

/// What is done on the sender's thread after a pull, with its store.
pub type AfterPull = Box<dyn FnMut(&mut Store) -> Result<(), StoreError> + Send>;

/// The running sender; stops and joins when dropped, in the middle of a request if need be.
pub struct Worker {
    wake: Option<Channel<()>>,
    stop: Arc<Notify>,
    state: Arc<Mutex<SyncState>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts it. `after_pull` is done on its thread when a pull brought something.
    #[must_use]
    pub fn start(
        store: Store,
        transport: Transport,
        device: Arc<dyn Device>,
        policy: SyncPolicy,
        after_pull: AfterPull,
    ) -> Self {
        let (wake, woken) = channel();
        let state = Arc::new(Mutex::new(SyncState::default()));
        let stop = Arc::new(Notify::new());
        let (shown, stopped) = (Arc::clone(&state), Arc::clone(&stop));
        let work = move || {
            let heard_ms = device.mono_ms();
            let sender = Sender::new(policy);
            let mut loops = Loop {
                store,
                transport,
                device,
                policy,
                after_pull,
                shown,
                stopped,
                sender,
                heard_ms,
                pulled_ms: None,
                reach: Reach::Open,
                failures: 0,
            };
            loops.run(&woken);
        };
        let thread = std::thread::Builder::new().name("sync".to_owned()).spawn(work).ok();
        Self { wake: Some(wake), stop, state, thread }
    }

    /// An event was recorded.
    pub fn wake(&self) {
        if let Some(wake) = &self.wake {
            // A stopped sender needs no waking.
            let _ = wake.send(());
        }
    }

    /// What the server says of a code. Another code than before is asked for in the background.
    #[must_use]
    pub fn look_up(&self, code: &PackageCode) -> Looked {
        let (looked, must_ask) = look_up::begin(&self.state, code);
        if must_ask {
            self.wake();
        }
        looked
    }

    /// Whoever looks the same code up again wants to know it as it is then.
    pub fn forget_look_up(&self) {
        show(&self.state, |state| state.looked = None);
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
        self.stop.notify_one();
        if let Some(thread) = self.thread.take() {
            // A sender that panicked has nothing left to lose: the log is the truth.
            let _ = thread.join();
        }
    }
}

/// The loop on its thread. Times are of the monotonic clock: a wall clock that jumps changes nothing here.
struct Loop {
    store: Store,
    transport: Transport,
    device: Arc<dyn Device>,
    policy: SyncPolicy,
    after_pull: AfterPull,
    shown: Arc<Mutex<SyncState>>,
    stopped: Arc<Notify>,
    sender: Sender,
    /// When the server last took a batch or a heartbeat.
    heard_ms: u64,
    /// When the last pull was complete; none = one is due.
    pulled_ms: Option<u64>,
    reach: Reach,
    failures: u32,
}

impl Loop {
    fn run(&mut self, woken: &Receiver<()>) {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        loop {
            if !runtime.block_on(self.look_up()) {
                return;
            }
            match self.next() {
                Action::Idle(ms) => match woken.recv_timeout(Duration::from_millis(ms)) {
                    Ok(()) => {}
                    Err(RecvTimeoutError::Timeout) => self.tidy(),
                    Err(RecvTimeoutError::Disconnected) => return,
                },
                Action::Wait(ms) => {
                    if !self.wait(woken, ms) {
                        return;
                    }
                    self.reach = Reach::Open;
                }
                action => {
                    let mut synced = Synced::default();
                    let Some(result) = runtime.block_on(self.stoppable(action, &mut synced)) else { return };
                    self.took(action, &result, &synced);
                }
            }
        }
    }

    /// Asks for the code that somebody looks up, where somebody does. Answers whether to go on.
    async fn look_up(&self) -> bool {
        let Some(code) = look_up::waiting(&self.shown) else { return true };
        let answer = tokio::select! {
            answer = self.transport.look_up(&code) => answer,
            () = self.stopped.notified() => return false,
        };
        let looked = answer.map_or_else(
            |error| {
                tracing::info!("a code could not be looked up on the server: {error}");
                Looked::Unreachable
            },
            |answer| Looked::Answered(Box::new(answer)),
        );
        look_up::answered(&self.shown, &code, looked);
        true
    }

    fn next(&self) -> Action {
        let now_ms = self.device.mono_ms();
        let since = |at_ms: u64| Some(now_ms.saturating_sub(at_ms));
        let since = Since { pull_ms: self.pulled_ms.and_then(since), heard_ms: since(self.heard_ms) };
        let waiting = match self.sender.waiting(&self.store, now_ms) {
            Ok(waiting) => waiting,
            Err(error) => {
                // The store may answer again (a full disk, a lock held long): look again, not in a hot loop.
                tracing::warn!("what waits cannot be counted: {error}");
                return Action::Idle(self.policy.retry_ms_min);
            }
        };
        show(&self.shown, |state| state.pending = waiting.pending);
        let link = Link { reach: self.reach, batch_events: self.sender.batch_events() };
        match plan(waiting, link, since, &self.policy, self.device.jitter()) {
            Action::Idle(ms) => Action::Idle(self.sender.wakes_in_ms(now_ms).map_or(ms, |wakes| ms.min(wakes.max(1)))),
            action => action,
        }
    }

    /// Does one thing; none = the app ends, and the request with it.
    async fn stoppable(&mut self, action: Action, synced: &mut Synced) -> Option<Result<bool, SyncError>> {
        let Self { store, transport, device, sender, stopped, .. } = self;
        let mut round = Round { store, transport, device: device.as_ref(), synced };
        let work = async {
            match action {
                Action::Send(at_most) => sender.batch(&mut round, at_most).await.map(|()| false),
                Action::Pull => sender.page(&mut round).await,
                Action::Question => sender.question(&mut round).await.map(|()| false),
                Action::Photo => sender.photo(&mut round).await.map(|()| false),
                Action::Leftover => sender.leftover(&mut round).await.map(|()| false),
                Action::Parcel => sender.parcel(&mut round).await.map(|()| false),
                Action::Heartbeat => sender.heartbeat(&mut round).await.map(|()| false),
                Action::Idle(_) | Action::Wait(_) => Ok(false),
            }
        };
        tokio::select! {
            result = work => Some(result),
            () = stopped.notified() => None,
        }
    }

    /// What the next plan must know, and what is shown.
    fn took(&mut self, action: Action, result: &Result<bool, SyncError>, synced: &Synced) {
        let now_ms = self.device.mono_ms();
        match result {
            Ok(more) => {
                (self.failures, self.reach) = (0, Reach::Open);
                if action == Action::Pull {
                    let fetching = self.sender.fetching();
                    show(&self.shown, |state| (state.is_pulling, state.fetching) = (*more, fetching));
                }
                match action {
                    // What was sent may have changed what is to be fetched: verdicts, gates.
                    Action::Send(_) if synced.sent > 0 => (self.heard_ms, self.pulled_ms) = (now_ms, None),
                    Action::Heartbeat => self.heard_ms = now_ms,
                    Action::Pull if !more => self.pulled_ms = Some(now_ms),
                    _ => {}
                }
            }
            Err(error) => {
                self.failures = self.failures.saturating_add(1);
                let retry_after_ms = match error {
                    SyncError::Transport(TransportError::Busy { retry_after_ms }) => *retry_after_ms,
                    _ => None,
                };
                self.reach = Reach::Down { failures: self.failures, retry_after_ms };
            }
        }
        if synced.pulled > 0
            && let Err(error) = (self.after_pull)(&mut self.store)
        {
            // What was pulled is kept; the lists are counted after the next pull.
            tracing::warn!("{error}");
        }
        self.tell(result.as_ref().err(), synced);
    }

    /// Nothing was to do for a while: what has been with the server for long leaves, a little at a time.
    fn tidy(&mut self) {
        if let Err(error) = self.store.tidy(self.device.now()) {
            tracing::warn!("old events could not leave the store: {error}");
        }
    }

    /// Waits the whole time whatever wakes it. Answers whether to go on.
    fn wait(&self, woken: &Receiver<()>, ms: u64) -> bool {
        let end_ms = self.device.mono_ms().saturating_add(ms);
        loop {
            let left_ms = end_ms.saturating_sub(self.device.mono_ms());
            if left_ms == 0 {
                return true;
            }
            match woken.recv_timeout(Duration::from_millis(left_ms)) {
                Ok(()) => {
                    // Scanning goes on while the server is away.
                    let pending = self.store.pending().map_or(0, |(pending, _)| pending);
                    show(&self.shown, |state| {
                        state.pending = pending;
                        state.give_look_up_up();
                    });
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
    }

    fn tell(&self, error: Option<&SyncError>, synced: &Synced) {
        let pending = self.store.pending().map_or(0, |(pending, _)| pending);
        let data_as_of = self.store.data_as_of().ok().flatten();
        let notices = notices(&self.store).unwrap_or_default();
        let refused = self.sender.problem().map(|problem| problem.message.clone());
        let now = self.device.now();
        show(&self.shown, |state| {
            state.pending = pending;
            state.data_as_of = data_as_of;
            state.notices = notices;
            state.contact = synced.contact.or(state.contact);
            state.clock_skew_ms = synced.clock_skew_ms.or(state.clock_skew_ms);
            state.done.add(synced);
            state.pulls += u64::from(synced.pulled > 0);
            state.epochs_closed += synced.epochs_closed;
            if !state.online && error.is_none() {
                state.take_look_up_up();
            }
            state.online = error.is_none();
            if error.is_some() {
                state.give_look_up_up();
            }
            (state.trouble, state.said) = match error {
                None => {
                    state.last_sync = Some(now);
                    let told = |why| {
                        format!("the server would not take some events: {why}. They are kept here, and offered again")
                    };
                    (refused.clone().map(told), refused.map(|_| notice::not_taken()))
                }
                Some(SyncError::Transport(error)) if !error.is_permanent() => (None, None),
                Some(error) => (Some(error.to_string()), Some(notice::stopped(error))),
            };
        });
    }
}

fn show(shown: &Mutex<SyncState>, change: impl FnOnce(&mut SyncState)) {
    change(&mut shown.lock().unwrap_or_else(PoisonError::into_inner));
}
