//! The session's thread: intents and frames in, views out. It owns the store.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::Duration;

use anyhow::Result;
use ring::signature::Ed25519KeyPair;

use super::eye::Eye;
use super::gaze::{Gaze, is_picture_only};
use super::preferences::Preferences;
use super::state::State;
use super::work::Work;
use crate::capture::SourceName;
use crate::config::{Config, Language};
use crate::device::Device;
use crate::feedback::Deck;
use crate::memory;
use crate::operators::{Cover, Desk, IdleLock, Moment, Rights, Stir};
use crate::session::Identity;
use crate::store::{Store, StoreError};
use crate::sync::{SyncState, Worker};
use crate::ui::route::{Move, Page, Route};
use crate::ui::view::{Pair, Strip, StripTone};
use crate::ui::{Intent, View, WindowHandle};
use shared::ids::OperatorId;
use shared::reference::Limits;

/// How often a page without pictures looks at the clock, and at what the sender fetched.
const LOOK: Duration = Duration::from_millis(100);

/// How often the person's presence is written down.
const PRESENCE_MS: u64 = 60_000;

/// From so many scans on a task takes much memory while it is opened and judged.
const MANY_SCANS: usize = 1_000;

/// Who works.
pub(super) struct Person {
    pub(super) operator: OperatorId,
    pub(super) name: String,
    pub(super) rights: Option<Rights>,
}

pub(super) struct Clerk {
    pub(super) config: Config,
    pub(super) device: Arc<dyn Device>,
    pub(super) worker: Worker,
    pub(super) window: WindowHandle,
    pub(super) key: Arc<Ed25519KeyPair>,
    pub(super) prefs: Preferences,
    /// Sounds and vibration.
    pub(super) deck: Deck,
    pub(super) eye: Eye,
    pub(super) work: Work,
    pub(super) route: Route,
    pub(super) desk: Desk,
    pub(super) person: Option<Person>,
    pub(super) lock: IdleLock,
    pub(super) gaze: Gaze,
    /// Thresholds of the policy that was pulled.
    pub(super) limits: Limits,
    pub(super) state: State,
    pub(super) tablet: bool,
    pulls: u64,
    /// Events sent since the start: the answer to a gate comes with them.
    sent: u64,
    epochs_closed: u64,
    contact: Option<crate::device::Contact>,
    shown: Option<(View, Language)>,
    /// The last touch that was written down, and when it was.
    present_ms: u64,
    noted_ms: u64,
    /// Whether something was done since memory was given back.
    acted: bool,
}

/// What a clerk's work needs.
pub(super) struct Tools {
    pub(super) config: Config,
    pub(super) device: Arc<dyn Device>,
    pub(super) worker: Worker,
    pub(super) key: Arc<Ed25519KeyPair>,
    pub(super) store: Store,
}

impl Clerk {
    pub(super) fn new(tools: Tools, source: SourceName, window: WindowHandle, tablet: bool) -> Result<Self> {
        let Tools { config, device, worker, key, store } = tools;
        let desk = super::desk::load(&config, &key, &store)?;
        let prefs = Preferences::of(&config);
        Ok(Self {
            deck: Deck::start(config.feedback.outputs()),
            eye: Eye::new(source, config.capture.clone()),
            lock: IdleLock::new(config.operators.idle_ms()),
            gaze: Gaze::new(config.capture.sleep_s),
            limits: Limits::default(),
            work: Work::Desk(store),
            route: Route::at(Page::Tasks),
            person: None,
            state: State::default(),
            pulls: 0,
            sent: 0,
            epochs_closed: 0,
            contact: None,
            shown: None,
            present_ms: 0,
            noted_ms: 0,
            acted: true,
            config,
            device,
            worker,
            window,
            key,
            prefs,
            desk,
            tablet,
        })
    }

    /// Works until the window is closed. A task that was open when the app ended is open again.
    pub(super) fn work(mut self, wanted: &Receiver<Intent>) -> Result<()> {
        let SyncState { pulls, epochs_closed, .. } = self.worker.state();
        (self.pulls, self.epochs_closed) = (pulls, epochs_closed);
        self.begin()?;
        loop {
            let mut must = self.watch()?;
            if self.looks() && !self.gaze.is_asleep(self.device.mono_ms()) {
                let now = self.device.now();
                if let Some((new, how)) = self.eye.look(now)
                    && !new.is_empty()
                {
                    must = true;
                    self.read(new, how)?;
                }
            } else {
                if !self.looks() {
                    self.eye.rest();
                }
                match wanted.recv_timeout(LOOK) {
                    Ok(intent) => {
                        must = true;
                        self.acted |= is_act(&intent);
                        self.want(intent)?;
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return Ok(()),
                }
            }
            loop {
                match wanted.try_recv() {
                    Ok(intent) => {
                        must = true;
                        self.acted |= is_act(&intent);
                        self.want(intent)?;
                    }
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return Ok(()),
                }
            }
            self.show(must)?;
            if std::mem::take(&mut self.acted) && self.work.feedback().len() > MANY_SCANS {
                self.give_back();
            }
        }
    }

    /// What a large task took beyond what it holds goes back to the system.
    fn give_back(&mut self) {
        // On the other pages rows are still made of what is registered.
        if matches!(self.route.page(), Page::Work | Page::History)
            && let Some(session) = self.work.session()
        {
            session.rest();
        }
        memory::give_back();
    }

    /// Whether somebody looks through the camera: on this page, or with the trigger.
    fn looks(&self) -> bool {
        if self.gaze.is_pulled(self.device.mono_ms()) {
            return true;
        }
        match self.route.page() {
            Page::Work | Page::Lists(_) | Page::History | Page::Case => true,
            Page::SignIn
            | Page::Tasks
            | Page::Package(_)
            | Page::Report
            | Page::Health
            | Page::Papers
            | Page::Differs
            | Page::Returns
            | Page::Nearby
            | Page::Search
            | Page::Shift => self.eye.is_live() || (*self.route.page() == Page::Health),
            _ => false,
        }
    }

    /// What changed by itself: what the sender brought, who went away. Answers whether it must be shown.
    fn watch(&mut self) -> Result<bool> {
        let state = self.worker.state();
        let now_ms = self.device.mono_ms();
        let mut must = self.watch_person(now_ms)?;
        must |= self.watch_nearby()?;
        must |= self.watch_printing();
        if state.epochs_closed != self.epochs_closed {
            // The server takes nothing more under these numbers: the same task goes on under new ones.
            self.epochs_closed = state.epochs_closed;
            if let Some(task) = self.work.task().filter(|_| !self.work.is_drill()) {
                self.work.leave();
                self.open_task((task.stage, task.basis, task.document))?;
            }
            must = true;
        }
        if state.pulls != self.pulls {
            self.pulls = state.pulls;
            self.fetched()?;
            must = true;
        }
        let sent = state.done.sent + state.done.gates_answered;
        if sent != self.sent {
            self.sent = sent;
            self.ask_gates()?;
            must = true;
        }
        must |= std::mem::replace(&mut self.state.looks, state.looks) != state.looks;
        if state.contact != self.contact {
            self.contact = state.contact;
            if let (Some(contact), Some(session)) = (state.contact, self.work.session()) {
                session.contact(&contact)?;
            }
        }
        self.tick_carry(now_ms);
        let over = |until: Option<u64>| until.is_some_and(|until| now_ms >= until);
        if over(self.state.strip.as_ref().map(|(_, until)| *until)) {
            self.state.strip = None;
        }
        if over(self.state.edge.as_ref().map(|(_, until)| *until)) {
            self.state.edge = None;
        }
        if over(self.state.receipt.confirmed.map(|(_, until)| until)) {
            self.state.receipt.confirmed = None;
        }
        Ok(must)
    }

    fn watch_person(&mut self, now_ms: u64) -> Result<bool> {
        if self.person.is_none() {
            return Ok(false);
        }
        let before = self.lock.cover();
        self.lock = self.lock.after(Stir::Tick, now_ms);
        if before == Cover::Open && !self.lock.is_open() {
            self.cover();
            return Ok(true);
        }
        // The last touch is what counts, not that the app ran on.
        let touched_ms = self.lock.touched_ms();
        if touched_ms > self.present_ms && now_ms.saturating_sub(self.noted_ms) > PRESENCE_MS && self.lock.is_open() {
            (self.present_ms, self.noted_ms) = (touched_ms, now_ms);
            let then = Moment { mono_ms: touched_ms, ..Moment::of(self.device.as_ref()) };
            if let Some(store) = self.work.store_mut() {
                crate::operators::keep_active(store, then)?;
            }
        }
        Ok(false)
    }

    /// Takes in what a pull brought.
    fn fetched(&mut self) -> Result<()> {
        self.acted = true;
        if let Some(store) = self.work.store() {
            self.desk = super::desk::load(&self.config, &self.key, store)?;
        }
        if let Some(session) = self.work.session() {
            session.reload()?;
        }
        if let Work::Sort(sorting) = &mut self.work {
            sorting.refresh()?;
        }
        if let Work::Closed(session) = &mut self.work {
            session.reload()?;
        }
        self.read_agreed()?;
        self.state.stale();
        self.raise_late_blocks()?;
        self.ask_gates()
    }

    /// Looks at the gates that are shut, on their page or on the list of tasks.
    fn ask_gates(&mut self) -> Result<()> {
        if let Work::Closed(session) = &mut self.work {
            self.state.gates = session.watch_gates()?;
        }
        if matches!(self.work, Work::Desk(_)) {
            self.refresh_tasks()?;
        }
        Ok(())
    }

    /// Who and where, for events.
    pub(super) fn identity(&self) -> Identity {
        let operator = self.person.as_ref().map(|person| person.operator.clone());
        Identity { operator: operator.or_else(|| self.config.operator.clone()), ..Identity::of(&self.config) }
    }

    /// Says something beneath the calm line for some seconds.
    pub(super) fn say(&mut self, tone: StripTone, words: Pair, tap: Option<Intent>) {
        const SHOWN_MS: u64 = 8_000;
        let until = self.device.mono_ms() + SHOWN_MS;
        self.state.strip = Some((Strip { tone, words, tap }, until));
    }

    /// A disk that is full stops new scans and nothing else; any other fault of the store ends the work.
    pub(super) fn or_full<T>(&mut self, done: Result<T, StoreError>) -> Result<Option<T>> {
        match done {
            Ok(done) => {
                self.state.full = None;
                Ok(Some(done))
            }
            Err(StoreError::Full { recorded }) => {
                self.state.full = Some(crate::store::full_words(recorded));
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn go(&mut self, how: Move) -> bool {
        let was_at_work = *self.route.page() == Page::Work;
        let leaves = self.route.go(how);
        if was_at_work && *self.route.page() != Page::Work {
            self.state.hush();
        }
        leaves
    }

    pub(super) fn store_path(&self) -> &Path {
        &self.config.store
    }

    fn show(&mut self, must: bool) -> Result<()> {
        let view = self.view()?;
        let language = self.prefs.language;
        if self.shown.as_ref() == Some(&(view.clone(), language)) {
            return Ok(());
        }
        // What changed beside the picture is seen whatever happens; a mere picture may be left out.
        let must = must
            || !self.shown.as_ref().is_some_and(|(shown, known)| *known == language && is_picture_only(shown, &view));
        if self.window.show(view.clone(), language, must) {
            self.shown = Some((view, language));
        }
        Ok(())
    }
}

/// Whether somebody wants something other than a label read.
const fn is_act(intent: &Intent) -> bool {
    !matches!(intent, Intent::Line(_))
}
