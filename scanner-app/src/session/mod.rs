//! A clerk's session: a label in, a verdict judged, an event recorded durably, and only then the feedback.

mod acceptance;
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
pub mod sorting;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use shared::code::PackageCode;
use shared::event::{Act, Capture, Close, Event, LabelMetadata, Movement, ReturnReason, Stage, VoidReason};
use shared::ids::{BasisId, DocumentId, EventRef, MemberId, OperatorId, SiteId};
use shared::mismatch::{Kind, Mismatch, ScanResult, Severity};
use shared::reference::Level;
use shared::rules::{Progress, progress, verdict_on};
use shared::time::Timestamp;
use shared::trail::Fact;

use crate::device::Device;
use crate::store::{Pulled, Store, StoreError, Task, close_task, insert_task};

pub use acceptance::Acceptance;
pub use closing::{Closing, Departure};
pub use handover::Counts;
use judging::Knowledge;
pub use overview::{OpenWork, overview, site_name};
pub use said::Said;

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
    frames: u64,
    feedback: Vec<Feedback>,
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
            None => Task { task: store.next_task_id()?, stage, basis, document },
        };
        let first = store.next_seq()? == 1;
        let (frames, feedback) = (0, Vec::new());
        let mut session = Self { store, device, identity, knowledge, task, resumed, reason: None, frames, feedback };
        if first {
            session.record(vec![Act::EpochStarted { previous: None }], |_| Ok(()))?;
        }
        if !resumed {
            let task = session.task.clone();
            let opened = Act::TaskOpened {
                task: task.task.clone(),
                stage: task.stage,
                basis: task.basis.clone(),
                document: task.document.clone(),
                reserved: note::is_own_number(&session.identity.site, session.store.terminal(), &task.document),
            };
            session.record(vec![opened], |conn| insert_task(conn, &task))?;
        }
        session.recall();
        Ok(session)
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
        self.frames += 1;
        let mut acts = Vec::new();
        let mut answers = Vec::new();
        let first_seq = self.store.next_seq()?;
        let facts_before = self.knowledge.facts.len();
        for (text, label) in readings {
            let seq = first_seq + acts.len() as u64;
            let act = self.movement(text, label.clone(), how);
            let by = EventRef { terminal: self.store.terminal(), epoch: self.store.epoch(), seq };
            let fact = Fact { by, ..Fact::of(self.event(seq, act.clone()), self.identity.member.clone()) };
            let verdict = self.knowledge.judge(&fact, self.device.now());
            let answer = feedback(text, verdict, seq, (self.device.now(), self.frames));
            acts.push(act);
            if let Some(aside) = self.set_aside(&answer) {
                acts.push(aside);
            }
            answers.push(answer);
        }
        // The facts of the judged events are replaced by those of the recorded ones.
        self.knowledge.facts.truncate(facts_before);
        self.record(acts, |_| Ok(()))?;
        self.feedback.extend(answers.iter().cloned());
        Ok(answers)
    }

    /// Undoes the newest scan of this task that is not undone. Answers which, or none.
    pub fn undo_last(&mut self) -> Result<Option<Feedback>, StoreError> {
        let newest = self.feedback.iter().rev().find(|answer| !answer.undone).map(|answer| answer.seq);
        newest.map_or(Ok(None), |seq| self.undo(seq))
    }

    /// Undoes the scan of this number. Answers it, or none where this task has no such scan, or it is undone already.
    pub fn undo(&mut self, seq: u64) -> Result<Option<Feedback>, StoreError> {
        let found = self.feedback.iter().position(|answer| answer.seq == seq && !answer.undone);
        let Some(place) = found else { return Ok(None) };
        let voids = EventRef { terminal: self.store.terminal(), epoch: self.store.epoch(), seq };
        self.record(vec![Act::Void { voids, reason: VoidReason::DidNotOccur }], |_| Ok(()))?;
        self.feedback[place].undone = true;
        Ok(Some(self.feedback[place].clone()))
    }

    /// Closes the task: partial goes on later, final says that the (document, stage) is done. Never refused.
    pub fn close(&mut self, close: Close) -> Result<Closed, StoreError> {
        let progress = self.progress();
        let closed = Closed { scanned: self.counted(), set_aside: progress.set_aside };
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
        self.record(vec![act], |conn| close_task(conn, &task.task, close))?;
        Ok(closed)
    }

    /// How far the task is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let task = &self.task;
        let history = self.knowledge.history(&task.basis, None);
        progress(&history, &self.knowledge.pulled.references, &task.basis, &task.document, task.stage)
    }

    /// Packages that count in this task, by this terminal.
    #[must_use]
    pub fn counted(&self) -> u64 {
        let counts = |answer: &&Feedback| !answer.undone && answer.counts(self.task.stage);
        self.feedback.iter().filter(counts).count() as u64
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

    fn movement(&self, text: &str, label: Option<LabelMetadata>, how: Capture) -> Act {
        let movement = Movement {
            task: self.task.task.clone(),
            basis: self.task.basis.clone(),
            document: self.task.document.clone(),
            text: text.to_owned(),
            how,
            label,
            frame: Some(self.frames),
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

    fn record(
        &mut self,
        acts: Vec<Act>,
        beside: impl FnOnce(&rusqlite::Connection) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let first_seq = self.store.next_seq()?;
        let events: Vec<Event> = (first_seq..).zip(acts).map(|(seq, act)| self.event(seq, act)).collect();
        self.store.append(&events, beside)?;
        let member = &self.identity.member;
        self.knowledge.facts.extend(events.into_iter().map(|event| Fact::of(event, member.clone())));
        Ok(())
    }

    fn event(&self, seq: u64, act: Act) -> Event {
        Event {
            terminal: self.store.terminal(),
            epoch: self.store.epoch(),
            seq,
            event_id: self.device.event_id(),
            at: self.device.now(),
            mono_ms: self.device.mono_ms(),
            boot: self.device.boot(),
            operator: self.identity.operator.clone(),
            site: self.identity.site.clone(),
            app: env!("CARGO_PKG_VERSION").to_owned(),
            data_as_of: self.knowledge.position,
            act,
        }
    }

    /// Brings back what this task had shown before a restart, judged again with what is known now.
    fn recall(&mut self) {
        let own: Vec<Fact> = self.knowledge.facts.iter().filter(|fact| self.is_own_scan(fact)).cloned().collect();
        let voided = self.knowledge.voided();
        let verdicts = self.knowledge.judge_all(&self.task.basis, self.device.now());
        for fact in own {
            let Some((_, movement)) = fact.act.movement() else { continue };
            let code = shared::code::parse(&movement.text).ok();
            let verdict = verdict_on(&fact, code.as_ref(), &verdicts);
            let frame = movement.frame.unwrap_or(0);
            self.frames = self.frames.max(frame);
            let mut answer = feedback(&movement.text, verdict, fact.by.seq, (fact.at, frame));
            answer.undone = voided.contains(&fact.by);
            self.feedback.push(answer);
        }
    }

    fn is_own_scan(&self, fact: &Fact) -> bool {
        let of_task = fact.act.movement().is_some_and(|(_, movement)| movement.task == self.task.task);
        of_task && fact.by.terminal == self.store.terminal() && fact.by.epoch == self.store.epoch()
    }
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

fn feedback(text: &str, mut verdict: Vec<Mismatch>, seq: u64, (at, frame): (Timestamp, u64)) -> Feedback {
    verdict.sort_by_key(|mismatch| std::cmp::Reverse(mismatch.severity));
    Feedback {
        text: text.to_owned(),
        code: shared::code::parse(text).ok(),
        result: ScanResult::of(&verdict),
        verdict,
        seq,
        at,
        frame,
        undone: false,
    }
}
