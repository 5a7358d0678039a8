//! A clerk's session: a label in, a verdict judged, an event recorded durably, and only then the feedback.

mod acceptance;
mod anchor;
pub mod cases;
mod closing;
pub mod gate;
mod handover;
mod judging;
mod known;
pub mod lists;
pub mod look_up;
pub mod note;
pub mod opening;
mod overview;
pub mod receipt;
pub mod reports;
pub mod routing;
mod said;
mod shift;
pub mod sorting;
mod standing;
mod summing;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use shared::code::PackageCode;
use shared::event::{Act, Capture, Close, Event, LabelMetadata, Movement, ReturnReason, Stage, VoidReason};
use shared::ids::{BasisId, DocumentId, EpochId, EventRef, MemberId, OperatorId, SiteId};
use shared::mismatch::{Kind, Mismatch, ScanResult, Severity};
use shared::reference::Level;
use shared::rules::{Progress, verdict_on};
use shared::time::Timestamp;

use crate::config::Config;
use crate::device::{Contact, Device};
use crate::store::{Entry, Pulled, ScanRow, Shown, Store, StoreError, Task};

pub use acceptance::Acceptance;
pub use anchor::anchor;
pub use closing::{Closing, Departure};
pub use handover::Counts;
use judging::Knowledge;
pub use overview::{OpenWork, overview, site_name};
pub use said::Said;
pub use shift::record_at_desk;
pub use standing::standing;
pub use summing::sum_up_lists;

/// Who and where: what every event says.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Whose terminal.
    pub member: MemberId,
    /// At which site.
    pub site: SiteId,
    /// Who works on it.
    pub operator: Option<OperatorId>,
}

impl Identity {
    /// As a terminal is configured.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        Self { member: config.member.clone(), site: config.site.clone(), operator: config.operator.clone() }
    }
}

/// What the clerk is told of one scan, after it is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feedback {
    /// The label's text.
    pub text: String,
    /// The package, where the text names one.
    pub code: Option<PackageCode>,
    /// The one-word answer.
    pub result: ScanResult,
    /// What speaks against it, gravest first.
    pub verdict: Vec<Mismatch>,
    /// The epoch of the event.
    pub epoch: EpochId,
    /// The event's number.
    pub seq: u64,
    /// When it was scanned.
    pub at: Timestamp,
    /// Number of the frame that it was read in: labels of one frame are answered by the worst of them.
    pub frame: u64,
    /// Whether it was undone.
    pub undone: bool,
}

/// One open task on this terminal.
pub struct Session {
    store: Store,
    device: Arc<dyn Device>,
    identity: Identity,
    knowledge: Knowledge,
    task: Task,
    /// Whether the task was open already when this session started.
    pub resumed: bool,
    /// Why goods go back, in a return.
    reason: Option<ReturnReason>,
    feedback: Vec<Feedback>,
    by_seq: HashMap<u64, usize>,
    newest_of_text: HashMap<String, usize>,
    counted: u64,
}

/// What a close answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Packages that count.
    pub scanned: u64,
    /// Packages set aside.
    pub set_aside: u64,
}

impl Session {
    /// Opens a task, or goes on with the one that is open on the same stage, basis and document.
    pub fn open(
        store: Store,
        device: Arc<dyn Device>,
        identity: Identity,
        (stage, basis, document): (Stage, BasisId, DocumentId),
    ) -> Result<Self, StoreError> {
        let knowledge = Knowledge::load(&store, &identity.member)?;
        let open = store.open_task(stage, &basis, &document)?;
        let resumed = open.is_some();
        let task = match open {
            Some(task) => task,
            None => {
                let reserved = note::is_own_number(&identity.site, store.terminal(), &document);
                Task { task: store.next_task_id()?, stage, basis, document, reserved }
            }
        };
        let start = start_of_log(&store)?;
        let mut session = Self::on(store, device, identity, (knowledge, task, resumed));
        if let Some(start) = start {
            session.record(vec![start])?;
        }
        if !resumed {
            session.record(vec![session.opened()])?;
        }
        session.recall()?;
        Ok(session)
    }

    /// A session on a task, before anything is recalled.
    fn on(
        store: Store,
        device: Arc<dyn Device>,
        identity: Identity,
        (knowledge, task, resumed): (Knowledge, Task, bool),
    ) -> Self {
        Self {
            store,
            device,
            identity,
            knowledge,
            task,
            resumed,
            reason: None,
            feedback: Vec::new(),
            by_seq: HashMap::new(),
            newest_of_text: HashMap::new(),
            counted: 0,
        }
    }

    fn opened(&self) -> Act {
        let Task { task, stage, basis, document, reserved } = self.task.clone();
        Act::TaskOpened { task, stage, basis, document, reserved }
    }

    /// The open task.
    #[must_use]
    pub const fn task(&self) -> &Task {
        &self.task
    }

    /// What was pulled.
    #[must_use]
    pub const fn pulled(&self) -> &Pulled {
        &self.knowledge.pulled
    }

    /// Whether the basis is known here; an unknown one is recorded all the same.
    #[must_use]
    pub fn basis_is_known(&self) -> bool {
        self.knowledge.pulled.references.bases.contains_key(&self.task.basis)
    }

    /// Everything scanned in this task, oldest first.
    #[must_use]
    pub fn feedback(&self) -> &[Feedback] {
        &self.feedback
    }

    /// Takes in what a pull brought.
    pub fn reload(&mut self) -> Result<(), StoreError> {
        self.knowledge = Knowledge::load(&self.store, &self.identity.member)?;
        Ok(())
    }

    /// Records the labels of one frame together, each judged with the ones before it. Answers after the commit.
    pub fn scan(
        &mut self,
        readings: &[(String, Option<LabelMetadata>)],
        how: Capture,
    ) -> Result<Vec<Feedback>, StoreError> {
        if readings.is_empty() {
            return Ok(Vec::new());
        }
        let first_seq = self.store.next_seq()?;
        let mut entries: Vec<Entry> = Vec::new();
        let mut answers = Vec::new();
        for (text, label) in readings {
            let seq = first_seq + entries.len() as u64;
            // The number of a frame's first event names the frame: unique in the log, whatever the task.
            let event = self.event(seq, self.movement(text, label.clone(), (how, first_seq)));
            let answer = match self.judge(&event, first_seq, &mut entries) {
                Ok(answer) => answer,
                Err(error) => return Err(self.unrecorded(error)),
            };
            answers.push(answer);
        }
        if let Err(error) = self.store.append_shown(entries, |_| Ok(())) {
            return Err(self.unrecorded(error));
        }
        self.knowledge.committed();
        answers.iter().cloned().for_each(|answer| self.remember(answer));
        Ok(answers)
    }

    /// Judges one scan and puts it, and what follows from it, behind the entries of its frame.
    fn judge(&mut self, event: &Event, frame: u64, entries: &mut Vec<Entry>) -> Result<Feedback, StoreError> {
        let Some((_, movement)) = event.act.movement() else { return Err(StoreError::Corrupt("no scan to judge")) };
        let now = self.device.now();
        let fact = self.knowledge.fact(event.clone());
        let mut judged = self.knowledge.judge(&self.store, &fact, now)?;
        let code = self.knowledge.read(&movement.text);
        let answer = feedback(&movement.text, code, std::mem::take(&mut judged.verdict), (event, frame));
        let shown = Shown { result: answer.result, verdict: answer.verdict.clone() };
        entries.push(Entry { event: event.clone(), shown: Some(shown) });
        if let Some(act) = self.set_aside(&answer) {
            let aside = self.event(event.seq + 1, act);
            self.knowledge.set_aside(judged, self.knowledge.fact(aside.clone()), now);
            entries.push(Entry { event: aside, shown: None });
        }
        Ok(answer)
    }

    /// Nothing of the frame was recorded: what was judged is forgotten.
    fn unrecorded(&mut self, error: StoreError) -> StoreError {
        self.knowledge.forget_sums();
        error
    }

    /// Undoes the newest scan of this task that is not undone. Answers which, or none.
    pub fn undo_last(&mut self) -> Result<Option<Feedback>, StoreError> {
        let newest = self.feedback.iter().rev().find(|answer| !answer.undone).map(|answer| answer.seq);
        newest.map_or(Ok(None), |seq| self.undo(seq))
    }

    /// Undoes the scan of this number. Answers it, or none where this task has no such scan, or it is undone already.
    pub fn undo(&mut self, seq: u64) -> Result<Option<Feedback>, StoreError> {
        let found = self.by_seq.get(&seq).copied().filter(|place| !self.feedback[*place].undone);
        let Some(place) = found else { return Ok(None) };
        let voids = EventRef { terminal: self.store.terminal(), epoch: self.feedback[place].epoch, seq };
        let void = self.event(self.store.next_seq()?, Act::Void { voids, reason: VoidReason::DidNotOccur });
        let scan = self.store.event(voids)?.map(|event| self.knowledge.fact(event));
        if let Some(scan) = scan {
            let fact = self.knowledge.fact(void.clone());
            let now = self.device.now();
            self.knowledge.undo(&self.store, &scan, fact, now)?;
        }
        if let Err(error) = self.store.append(&[void], |_| Ok(())) {
            return Err(self.unrecorded(error));
        }
        self.knowledge.load_aims(&self.store)?;
        self.feedback[place].undone = true;
        self.counted -= u64::from(self.feedback[place].counts(self.task.stage));
        Ok(Some(self.feedback[place].clone()))
    }

    /// Closes the task: partial goes on later, final says that the (document, stage) is done. Never refused.
    pub fn close(&mut self, close: Close) -> Result<Closed, StoreError> {
        let closed = Closed { scanned: self.counted(), set_aside: self.progress()?.set_aside };
        let task = self.task.clone();
        let act = Act::TaskClosed {
            task: task.task.clone(),
            stage: task.stage,
            basis: task.basis.clone(),
            document: task.document.clone(),
            close,
            counted: closed.scanned,
            carrier: None,
        };
        self.record(vec![act])?;
        Ok(closed)
    }

    /// How far the task is.
    pub fn progress(&mut self) -> Result<Progress, StoreError> {
        let task = &self.task;
        let place = (task.basis.clone(), task.document.clone(), task.stage);
        self.knowledge.progress(&self.store, &place, self.device.now())
    }

    /// Packages that count in this task, by this terminal.
    #[must_use]
    pub const fn counted(&self) -> u64 {
        self.counted
    }

    /// What was last told of a label in this task.
    #[must_use]
    pub fn told_of(&self, text: &str) -> Option<&Feedback> {
        let newest = self.newest_of_text.get(text).map(|place| &self.feedback[*place]);
        newest.filter(|answer| !answer.undone)
    }

    /// How many events wait for the server.
    pub fn pending(&self) -> Result<u64, StoreError> {
        Ok(self.store.pending()?.0)
    }

    /// Leaves the task open and gives the store back.
    #[must_use]
    pub fn into_store(self) -> Store {
        self.store
    }

    /// The level that the big figure counts in.
    #[must_use]
    pub fn level(&self) -> Level {
        let document = self.knowledge.pulled.references.documents.get(&self.task.document);
        document.map_or(Level::Unit, |document| document.packing_level)
    }

    /// The other party's name.
    #[must_use]
    pub fn counterparty(&self) -> String {
        let references = &self.knowledge.pulled.references;
        let basis = references.bases.get(&self.task.basis);
        let party = basis.map(|basis| if self.task.stage.sends() { &basis.buyer } else { &basis.seller });
        party.map(|party| references.member_name(party).to_owned()).unwrap_or_default()
    }

    fn movement(&self, text: &str, label: Option<LabelMetadata>, (how, frame): (Capture, u64)) -> Act {
        let movement = Movement {
            task: self.task.task.clone(),
            basis: self.task.basis.clone(),
            document: self.task.document.clone(),
            text: text.to_owned(),
            how,
            label,
            frame: Some(frame),
            reason: self.reason,
        };
        Act::scan(self.task.stage, movement)
    }

    /// A hold or a block at a sending stage takes the package out of the flow, in the commit of its scan.
    fn set_aside(&self, answer: &Feedback) -> Option<Act> {
        let grave = |mismatch: &&Mismatch| mismatch.severity >= Severity::Hold;
        let kinds: Vec<Kind> = answer.verdict.iter().filter(grave).map(|mismatch| mismatch.kind).collect();
        let repeats = answer.verdict.iter().any(|found| found.kind == Kind::RepeatedScan);
        let aside = self.task.stage.sends() && !kinds.is_empty() && !repeats;
        aside.then(|| Act::SetAside { task: self.task.task.clone(), scan_seq: answer.seq, kinds })
    }

    /// Records acts that are no scans.
    fn record(&mut self, acts: Vec<Act>) -> Result<(), StoreError> {
        self.record_beside(acts, |_| Ok(()))
    }

    /// The same, with what is written in their transaction.
    fn record_beside(
        &mut self,
        acts: Vec<Act>,
        beside: impl Fn(&rusqlite::Connection) -> Result<(), StoreError> + Send + Sync + 'static,
    ) -> Result<(), StoreError> {
        let first_seq = self.store.next_seq()?;
        let bears_on_sums = acts.iter().any(bears_on_sums);
        let events: Vec<Event> = (first_seq..).zip(acts).map(|(seq, act)| self.event(seq, act)).collect();
        self.store.append(&events, beside)?;
        if bears_on_sums {
            self.knowledge.forget_sums();
        }
        Ok(())
    }

    fn event(&self, seq: u64, act: Act) -> Event {
        event(&self.store, self.device.as_ref(), &self.identity, self.knowledge.position, (seq, act))
    }

    /// Writes a clock anchor, if a contact with the server gives cause.
    pub fn contact(&mut self, contact: &Contact) -> Result<(), StoreError> {
        if anchor(&mut self.store, self.device.as_ref(), &self.identity, contact)? {
            self.knowledge.load_log(&self.store)?;
        }
        Ok(())
    }

    /// Brings back what this task had shown before a restart. What is not known any more is judged again.
    fn recall(&mut self) -> Result<(), StoreError> {
        let rows = self.store.scans_of(&self.task.task)?;
        let verdicts = if rows.iter().any(|row| row.shown.is_none()) {
            self.knowledge.judge_all(&self.store, &self.task.basis, self.device.now())?
        } else {
            Vec::new()
        };
        for ScanRow { event, shown, voided } in rows {
            let Some((_, movement)) = event.act.movement() else { continue };
            let code = self.knowledge.read(&movement.text);
            let verdict = match shown {
                Some((_, verdict)) => verdict,
                None => verdict_on(&self.knowledge.fact(event.clone()), code.as_ref(), &verdicts),
            };
            let mut answer = feedback(&movement.text, code, verdict, (&event, movement.frame.unwrap_or(event.seq)));
            answer.undone = voided;
            self.remember(answer);
        }
        Ok(())
    }

    fn remember(&mut self, answer: Feedback) {
        let place = self.feedback.len();
        self.counted += u64::from(!answer.undone && answer.counts(self.task.stage));
        self.by_seq.insert(answer.seq, place);
        self.newest_of_text.insert(answer.text.clone(), place);
        self.feedback.push(answer);
    }
}

/// The first event of an epoch, while it has none.
fn start_of_log(store: &Store) -> Result<Option<Act>, StoreError> {
    let is_new = store.next_seq()? == 1;
    if is_new { Ok(Some(Act::EpochStarted { previous: store.previous_epoch()? })) } else { Ok(None) }
}

/// An event of this terminal, made now.
fn event(store: &Store, device: &dyn Device, identity: &Identity, data_as_of: u64, (seq, act): (u64, Act)) -> Event {
    Event {
        terminal: store.terminal(),
        epoch: store.epoch(),
        seq,
        event_id: device.event_id(),
        at: device.now(),
        mono_ms: device.mono_ms(),
        boot: device.boot(),
        operator: identity.operator.clone(),
        site: identity.site.clone(),
        app: env!("CARGO_PKG_VERSION").to_owned(),
        data_as_of,
        act,
    }
}

/// Whether an act changes what stands on a line.
const fn bears_on_sums(act: &Act) -> bool {
    matches!(
        act,
        Act::Associate { .. }
            | Act::Dissociate { .. }
            | Act::Void { .. }
            | Act::SetAside { .. }
            | Act::Released { .. }
            | Act::Relabel { .. }
            | Act::DocumentDrafted { .. }
            | Act::Report(_)
    )
}

impl Feedback {
    /// Whether the package counts: it went on, or it arrived.
    #[must_use]
    pub fn counts(&self, stage: Stage) -> bool {
        match self.result {
            ScanResult::Accepted => true,
            ScanResult::Duplicate => false,
            ScanResult::Wrong | ScanResult::Blocked => !stage.sends() && self.code.is_some(),
        }
    }
}

fn feedback(
    text: &str,
    code: Option<PackageCode>,
    mut verdict: Vec<Mismatch>,
    (event, frame): (&Event, u64),
) -> Feedback {
    verdict.sort_by_key(|mismatch| std::cmp::Reverse(mismatch.severity));
    Feedback {
        text: text.to_owned(),
        code,
        result: ScanResult::of(&verdict),
        verdict,
        epoch: event.epoch,
        seq: event.seq,
        at: event.at,
        frame,
        undone: false,
    }
}
