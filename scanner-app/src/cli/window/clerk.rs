//! The session's thread: intents and frames in, views out. It owns the store.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

use anyhow::Result;
use shared::event::{Capture, Close, LabelMetadata, Stage};
use shared::ids::{BasisId, DocumentId};
use shared::mismatch::{ScanResult, Severity};

use super::super::scan::{is_all_there, told};
use crate::capture::{
    CaptureError, CaptureSettings, Frame, Input, InputReader, LineClock, Seen, Source, SourceName, read_line,
};
use crate::config::{Config, Language};
use crate::device::Device;
use crate::feedback::{Deck, Told, plan};
use crate::session::gate::watch_shut_gates;
use crate::session::{Acceptance, Closing, Feedback, Identity, Session, overview, site_name};
use crate::store::Store;
use crate::sync::{SyncState, Worker};
use crate::ui::{
    BoxView, FrameView, Intent, Outcome, RecentView, ResultView, ScanView, SyncView, TaskView, View, ViewPage,
    WindowHandle,
};

/// How long a source rests that has nothing.
const FRAME: Duration = Duration::from_millis(33);

/// How often the list looks at what the sender fetched.
const LOOK: Duration = Duration::from_millis(500);

/// How long a lost camera rests before it is tried again.
const CAMERA_RETRY: Duration = Duration::from_secs(2);

pub(super) struct Clerk {
    config: Config,
    source: SourceName,
    device: Arc<dyn Device>,
    worker: Worker,
    window: WindowHandle,
    language: Language,
    /// Sounds and vibration.
    deck: Deck,
}

/// What a task is opened by.
type TaskRef = (Stage, BasisId, DocumentId);

/// Whether to go on after a page.
enum Next {
    List(Store),
    Task(Store, TaskRef),
    End,
}

impl Clerk {
    pub(super) fn new(
        config: Config,
        source: SourceName,
        device: Arc<dyn Device>,
        worker: Worker,
        window: WindowHandle,
    ) -> Self {
        let (language, deck) = (config.language, Deck::start(config.feedback.outputs()));
        Self { config, source, device, worker, window, language, deck }
    }

    /// Works until the window is closed. A task that was open when the app ended is open again.
    pub(super) fn work(mut self, store: Store, wanted: &Receiver<Intent>) -> Result<()> {
        let resumed = store.open_tasks()?.into_iter().next();
        let mut next = match resumed {
            Some(task) => Next::Task(store, (task.stage, task.basis, task.document)),
            None => Next::List(store),
        };
        loop {
            next = match next {
                Next::List(store) => self.list(store, wanted)?,
                Next::Task(store, task) => self.scan(store, task, wanted)?,
                Next::End => return Ok(()),
            };
        }
    }

    fn list(&mut self, mut store: Store, wanted: &Receiver<Intent>) -> Result<Next> {
        let mut pulls = None;
        let mut tasks = BTreeMap::new();
        let mut place = String::new();
        loop {
            let state = self.worker.state();
            if pulls != Some(state.pulls) {
                pulls = Some(state.pulls);
                let identity = Identity::of(&self.config);
                (store, _) = watch_shut_gates(store, &self.device, &identity)?;
                tasks = self.tasks(&store)?;
                place = site_name(&store, &self.config.site)?;
            }
            let views = tasks.values().map(|(view, _)| view.clone()).collect();
            self.show(ViewPage::Tasks(place.clone(), views), true);
            match wanted.recv_timeout(LOOK) {
                Ok(Intent::OpenTask(key)) => {
                    if let Some((_, task)) = tasks.remove(&key) {
                        return Ok(Next::Task(store, task));
                    }
                }
                Ok(Intent::SwitchLanguage) => self.switch_language(),
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(Next::End),
            }
        }
    }

    fn tasks(&self, store: &Store) -> Result<BTreeMap<String, (TaskView, TaskRef)>> {
        let work = overview(store, &self.config.member, self.device.now())?;
        let rows = work.into_iter().map(|work| {
            let key = format!("{} {} {}", work.stage.as_str(), work.basis, work.document);
            let view = TaskView {
                key: key.clone(),
                stage: work.stage,
                title: work.document.to_string(),
                counterparty: work.counterparty,
                done: work.progress.packages_counted,
                total: work.progress.packages_expected,
                level: work.level,
            };
            (key, (view, (work.stage, work.basis, work.document)))
        });
        Ok(rows.collect())
    }

    fn scan(&mut self, store: Store, task: TaskRef, wanted: &Receiver<Intent>) -> Result<Next> {
        let identity = Identity::of(&self.config);
        let mut session = Session::open(store, Arc::clone(&self.device), identity, task.clone())?;
        let mut eye = Eye::new(self.source.clone(), self.config.capture.clone());
        let mut undone = None;
        let SyncState { mut pulls, epochs_closed, .. } = self.worker.state();
        let mut contact = None;
        loop {
            let mut answers = match eye.look() {
                Some((frame, how)) => {
                    let new = eye.acceptance.accept(frame.readings.clone(), frame.at_ms);
                    let answers = session.scan(&new, how)?;
                    eye.seen = Some(frame);
                    answers
                }
                None => Vec::new(),
            };
            if !answers.is_empty() {
                undone = None;
                self.worker.wake();
                self.tell(&mut session, &answers)?;
            }
            loop {
                match wanted.try_recv() {
                    Ok(Intent::Back) => return Ok(Next::List(session.into_store())),
                    Ok(Intent::Undo(seq)) => undone = session.undo(seq)?.or(undone),
                    Ok(Intent::ClosePartial) => return self.close(session, Close::Partial),
                    Ok(Intent::CloseFinal) => return self.close(session, Close::Final),
                    Ok(Intent::SwitchLanguage) => self.switch_language(),
                    Ok(Intent::Line(text)) => {
                        let new = eye.line(text);
                        let told = session.scan(&new, Capture::Wedge)?;
                        self.tell(&mut session, &told)?;
                        answers.extend(told);
                        undone = None;
                        self.worker.wake();
                    }
                    Ok(Intent::OpenTask(_)) => {}
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return Ok(Next::End),
                }
            }
            let state = self.worker.state();
            if state.epochs_closed != epochs_closed {
                // The server takes nothing more under these numbers: the same task goes on under new ones.
                return Ok(Next::Task(session.into_store(), task));
            }
            if state.pulls != pulls {
                pulls = state.pulls;
                session.reload()?;
            }
            if state.contact != contact {
                contact = state.contact;
                contact.map_or(Ok(()), |contact| session.contact(&contact))?;
            }
            self.show(ViewPage::Scan(Box::new(scan_view(&mut session, &eye, undone.as_ref())?)), !answers.is_empty());
        }
    }

    fn close(&self, mut session: Session, close: Close) -> Result<Next> {
        session.conclude(&Closing { close, carrier: None })?;
        self.worker.wake();
        Ok(Next::List(session.into_store()))
    }

    /// What is heard and felt of the labels of one frame: the worst of them.
    fn tell(&self, session: &mut Session, answers: &[Feedback]) -> Result<()> {
        let told: Vec<Told> = answers.iter().map(told).collect();
        if let Some(cue) = plan(&told, is_all_there(session, answers)?, self.config.feedback.manner()) {
            self.deck.give(cue.once());
        }
        Ok(())
    }

    const fn switch_language(&mut self) {
        self.language = match self.language {
            Language::Zh => Language::En,
            Language::En => Language::Zh,
        };
    }

    fn show(&self, page: ViewPage, must: bool) {
        let mut state = self.worker.state();
        let notice = (!state.notices.is_empty()).then(|| state.notices.swap_remove(0));
        let notice = notice.map(|notice| if self.language == Language::Zh { notice.zh } else { notice.en });
        let sync = SyncView {
            online: state.online,
            pending: state.pending,
            last_sync: state.last_sync,
            data_as_of: state.data_as_of,
            trouble: state.trouble.or(notice),
        };
        self.window.show(View { sync, page }, self.language, must);
    }
}

/// The camera, tried again while it is away.
struct Eye {
    name: SourceName,
    source: Option<(Box<dyn Source>, InputReader)>,
    settings: CaptureSettings,
    trouble: Option<(String, String)>,
    rests_until: Instant,
    acceptance: Acceptance,
    seen: Option<Frame>,
    /// Of lines that a hand scanner types into the window.
    line_clock: LineClock,
    lines: Acceptance,
    line_trouble: Option<(String, String)>,
}

impl Eye {
    fn new(name: SourceName, settings: CaptureSettings) -> Self {
        Self {
            name: name.paced(),
            settings,
            source: None,
            trouble: None,
            rests_until: Instant::now(),
            acceptance: Acceptance::default(),
            seen: None,
            line_clock: LineClock::default(),
            lines: Acceptance::default(),
            line_trouble: None,
        }
    }

    /// The next frame, or none within a frame's time.
    fn look(&mut self) -> Option<(Frame, Capture)> {
        if self.source.is_none() && Instant::now() >= self.rests_until {
            match self.name.open(&self.settings) {
                Ok(source) => {
                    let reader = InputReader::new(source.as_ref(), self.settings.aim);
                    self.source = Some((source, reader));
                    self.trouble = None;
                }
                Err(error) => self.rest(&error),
            }
        }
        let Some((source, reader)) = &mut self.source else {
            std::thread::sleep(FRAME);
            return None;
        };
        let how = source.how();
        let next = match source.next() {
            // A silent moment of the source; it has looked after its waiting itself.
            Some(Ok(Input { seen: Seen::Nothing, .. })) => return None,
            next => next.map(|input| input.and_then(|input| reader.read(input))),
        };
        self.take(next, how)
    }

    fn take(&mut self, next: Option<Result<Frame, CaptureError>>, how: Capture) -> Option<(Frame, Capture)> {
        match next {
            Some(Ok(frame)) => {
                self.trouble = unrestored(&frame);
                Some((frame, how))
            }
            Some(Err(error)) if error.is_passing() => {
                tracing::warn!("{error}");
                self.trouble = Some(error.words());
                None
            }
            Some(Err(error)) => {
                self.rest(&error);
                None
            }
            None => {
                // Pictures have ended: the last one stays in view.
                std::thread::sleep(FRAME);
                None
            }
        }
    }

    /// A line that a hand scanner typed into the window: what is new in it.
    fn line(&mut self, text: String) -> Vec<(String, Option<LabelMetadata>)> {
        let frame = read_line(self.line_clock.tick(), text);
        self.line_trouble = unrestored(&frame);
        self.lines.accept(frame.readings, frame.at_ms)
    }

    fn rest(&mut self, error: &CaptureError) {
        tracing::warn!("{error}");
        self.trouble = Some(error.words());
        self.source = None;
        self.rests_until = Instant::now() + CAMERA_RETRY;
    }
}

/// What the clerk is to do about a scanner whose text could not be restored.
fn unrestored(frame: &Frame) -> Option<(String, String)> {
    let fault = frame.fault.as_ref().filter(|fault| fault.restored.is_none())?;
    let (zh, en) = fault.words();
    Some((format!("{zh}。"), format!("{en}.")))
}

fn outcome(answer: &Feedback) -> Outcome {
    let warned = answer.verdict.iter().any(|found| found.severity == Severity::Warn);
    Outcome { result: answer.result, note: warned && answer.result == ScanResult::Accepted }
}

fn tail(answer: &Feedback) -> String {
    answer.code.as_ref().map_or_else(|| "?".to_owned(), |code| code.tail().to_owned())
}

fn scan_view(session: &mut Session, eye: &Eye, undone: Option<&Feedback>) -> Result<ScanView> {
    let progress = session.progress()?;
    let task = session.task();
    let standing: Vec<&Feedback> = session.feedback().iter().rev().filter(|answer| !answer.undone).take(3).collect();
    let shown = undone.or_else(|| worst_of_last_frame(session));
    Ok(ScanView {
        stage: task.stage,
        title: if task.document.is_none() { task.basis.to_string() } else { task.document.to_string() },
        counterparty: session.counterparty(),
        done: progress.packages_counted,
        total: progress.packages_expected,
        level: session.level(),
        units: (progress.units_counted, progress.units_expected),
        set_aside: progress.set_aside,
        result: shown.map(|answer| ResultView {
            outcome: outcome(answer),
            tail: tail(answer),
            kinds: answer.verdict.iter().map(|found| found.kind).collect(),
            seq: answer.seq,
            undone: answer.undone,
        }),
        recent: standing.iter().map(|answer| RecentView { outcome: outcome(answer), tail: tail(answer) }).collect(),
        boxes: boxes(session, eye),
        frame: eye.seen.as_ref().and_then(picture),
        camera_trouble: eye.line_trouble.clone().or_else(|| eye.trouble.clone()),
    })
}

/// Labels of one frame are answered together, by the worst of them.
fn worst_of_last_frame(session: &Session) -> Option<&Feedback> {
    let standing = || session.feedback().iter().filter(|answer| !answer.undone);
    let last = standing().next_back()?.frame;
    standing().filter(|answer| answer.frame == last).max_by_key(|answer| (answer.result, answer.seq))
}

fn boxes(session: &Session, eye: &Eye) -> Vec<BoxView> {
    let symbols = eye.seen.iter().flat_map(|frame| &frame.symbols);
    let unread = eye.seen.iter().flat_map(|frame| &frame.unread);
    let marked = symbols.map(|symbol| {
        let answer = session.told_of(&symbol.text);
        BoxView {
            corners: symbol.corners,
            outcome: answer.map(outcome),
            kind: answer.and_then(|answer| answer.verdict.first()).map(|found| found.kind),
        }
    });
    marked.chain(unread.map(|corners| BoxView { corners: *corners, outcome: None, kind: None })).collect()
}

fn picture(frame: &Frame) -> Option<FrameView> {
    let picture = frame.picture.as_ref()?;
    let view = picture.view();
    let rows = (0..view.height()).flat_map(|y| view.row(y).iter().copied());
    Some(FrameView {
        width: u32::try_from(view.width()).ok()?,
        height: u32::try_from(view.height()).ok()?,
        luma: rows.collect(),
    })
}
