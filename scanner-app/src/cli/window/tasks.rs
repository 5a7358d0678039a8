//! Tasks: the list, opening, leaving, closing, the gate.

use std::sync::Arc;

use anyhow::Result;
use shared::event::{Close, GateState, ReturnReason, Stage};
use shared::mismatch::{Kind, Severity};

use super::clerk::Clerk;
use super::faults::Fault;
use super::state::TaskRef;
use super::work::Work;
use crate::feedback::{Cue, Signal};
use crate::session::gate::facts::reasons;
use crate::session::gate::watch_shut_gates;
use crate::session::opening::return_reason_of;
use crate::session::opening::{Opening, OpeningError, Papers, Place};
use crate::session::{Closing, OpenWork, Session, overview, shut, site_name, unlisted};
use crate::store::{Store, Task};
use crate::ui::route::{Move, Page};
use crate::ui::view::{GateStateView, StripTone, TaskView};

/// What names a task on the list.
pub(super) fn key_of((stage, basis, document): &TaskRef) -> String {
    format!("{} {basis} {document}", stage.as_str())
}

impl Clerk {
    /// Reads the list anew: what is to be done, and closed tasks whose gate is shut.
    pub(super) fn refresh_tasks(&mut self) -> Result<()> {
        self.read_place()?;
        let Work::Desk(store) = std::mem::replace(&mut self.work, Work::Moving) else { return Ok(()) };
        let identity = self.identity();
        let (store, gates) = watch_shut_gates(store, &self.device, &identity)?;
        let open: Vec<String> = store.open_tasks()?.iter().map(|task| key_of(&of_task(task))).collect();
        let place = Place { member: &self.config.member, site: &self.config.site };
        let work = overview(&store, place, self.device.now())?;
        let mut tasks: Vec<(TaskView, TaskRef)> = work.into_iter().map(|work| row(work, &open)).collect();
        let closed = shut(&store, place, self.device.now(), &gates)?;
        tasks.extend(closed.into_iter().zip(&gates).map(|(work, gate)| {
            let (view, task) = row(work, &[]);
            let gate = Some((gate_state(gate.standing.state), reasons(&gate.standing)));
            (TaskView { gate, ..view }, task)
        }));
        // An open task that nobody here knows is gone on with all the same.
        let is_listed = |task: &Task| tasks.iter().any(|(known, _)| known.key == key_of(&of_task(task)));
        let further = unlisted(&store, place, self.device.now(), is_listed)?;
        tasks.extend(further.into_iter().map(|work| row(work, &open)));
        self.state.tasks = tasks;
        self.work = Work::Desk(store);
        Ok(())
    }

    /// The name of this place.
    pub(super) fn read_place(&mut self) -> Result<()> {
        if let Some(store) = self.work.store() {
            self.state.place = site_name(store, &self.config.site)?;
        }
        Ok(())
    }

    pub(super) fn task_of_key(&self, key: &str) -> Option<TaskRef> {
        self.state.tasks.iter().find(|(view, _)| view.key == key).map(|(_, task)| task.clone())
    }

    /// Opens a task of the list; a sort with every order that is open.
    pub(super) fn open_task(&mut self, task: TaskRef) -> Result<()> {
        let identity = self.identity();
        let device = Arc::clone(&self.device);
        if task.0 == Stage::Sort {
            let mut orders = vec![(task.1.clone(), task.2.clone())];
            let others = self.state.tasks.iter().filter(|(view, other)| other.0 == Stage::Sort && view.gate.is_none());
            orders.extend(
                others
                    .map(|(_, other)| (other.1.clone(), other.2.clone()))
                    .filter(|other| *other != orders[0])
                    .collect::<Vec<_>>(),
            );
            self.work.open_sort(device, identity, &orders)?;
        } else if task.0.returns() {
            // The reason was chosen before; where it was not, it is asked now.
            let known = self.work.store().map(|store| known_reason(store, &task)).transpose()?.flatten();
            let papers = Papers::Named(task.2);
            return self.begin_task(&Opening { stage: task.0, basis: task.1, papers, reason: known });
        } else if task.0 == Stage::TransferOut && task.2.is_none() {
            let opening = Opening { stage: task.0, basis: task.1, papers: Papers::Reserved, reason: None };
            return self.begin_task(&opening);
        } else {
            self.work.open(|store| Ok(Session::open(store, device, identity, task)?))?;
        }
        self.opened()
    }

    /// Opens what a document said, or what the clerk chose.
    pub(super) fn begin_task(&mut self, opening: &Opening) -> Result<()> {
        if opening.stage == Stage::Sort {
            let document = match &opening.papers {
                Papers::Named(document) => document.clone(),
                Papers::Reserved | Papers::Without => shared::ids::DocumentId::none(),
            };
            return self.open_task((Stage::Sort, opening.basis.clone(), document));
        }
        if opening.stage.returns() && opening.reason.is_none() {
            return self.ask_reason(opening.clone());
        }
        let identity = self.identity();
        let device = Arc::clone(&self.device);
        let Some(store) = std::mem::replace(&mut self.work, Work::Moving).into_store() else { return Ok(()) };
        match Session::begin(store, device, identity, opening) {
            Ok(session) => {
                self.work = Work::Task(Box::new(session));
                self.opened()
            }
            Err(OpeningError::Store(error)) => Err(error.into()),
            Err(error) => {
                // The refusal came before anything was written; the store is opened again as it was.
                let mut store = super::super::stores::open(&self.config, self.device.as_ref())?;
                store.commit_on_a_thread()?;
                self.work = Work::Desk(store);
                self.go(Move::Left);
                self.say(StripTone::Trouble, error.pair(), None);
                Ok(())
            }
        }
    }

    fn opened(&mut self) -> Result<()> {
        self.state.new_task();
        self.eye.force_single(matches!(self.work, Work::Sort(_)));
        if self.must_sign_in() {
            return self.recall_alarm();
        }
        self.go(Move::Opened);
        self.recall_alarm()?;
        let Some(session) = self.work.session() else { return Ok(()) };
        if session.resumed && session.counted() > 0 {
            let progress = session.progress()?;
            let figure = crate::ui::words::figure(progress.packages_counted, progress.packages_expected);
            let whole = progress.packages_expected.is_some_and(|due| progress.packages_counted == due);
            let (zh, en) = if whole { ("", "") } else { ("继续扫码。", " Keep scanning.") };
            let words = (format!("已恢复到 {figure}，无丢失。{zh}"), format!("Back at {figure}, nothing lost.{en}"));
            self.say(StripTone::Calm, words, None);
        } else if !session.basis_is_known() {
            let basis = session.task().basis.to_string();
            let words = (
                format!("未找到 {basis}。照常扫码记录，先核对编号并同步。"),
                format!("{basis} is not in the data here. Scans are recorded; check the number, and sync."),
            );
            self.say(StripTone::Stale, words, None);
        }
        Ok(())
    }

    /// Leaves the task open and goes back to the list.
    pub(super) fn leave(&mut self) -> Result<()> {
        self.work.leave();
        self.state.new_task();
        self.eye.force_single(false);
        self.go(Move::Left);
        self.refresh_tasks()
    }

    /// Closes the task; goods that leave then stand before the gate.
    pub(super) fn close(&mut self, close: Close) -> Result<()> {
        if let Work::Drill(training, _) = &mut self.work {
            training.close(close)?;
            return self.leave();
        }
        let Some(session) = self.work.session() else { return Ok(()) };
        let done = session.conclude(&Closing { close, carrier: None });
        let Some(departure) = self.or_full(done)? else { return Ok(()) };
        self.worker.wake();
        let is_gated = !departure.gates.is_empty();
        self.state.new_task();
        self.eye.force_single(false);
        if !is_gated {
            self.go(Move::Closed { gate: false });
            self.work.leave();
            return self.refresh_tasks();
        }
        self.tell_gate(departure.gates.iter().all(|gate| gate.standing.state == GateState::Cleared));
        (self.state.gates, self.state.gate_place) = (departure.gates, 0);
        self.work = match std::mem::replace(&mut self.work, Work::Moving) {
            Work::Task(session) => Work::Closed(session),
            Work::Sort(sorting) => Work::Closed(Box::new(sorting.into_session())),
            other => other,
        };
        self.go(Move::Closed { gate: true });
        Ok(())
    }

    fn tell_gate(&self, cleared: bool) {
        let signal = if cleared { Signal::GateCleared } else { Signal::GateHeld };
        self.deck.give(Cue::of(signal, self.prefs.manner()));
    }

    /// Looks at the gate of a closed task.
    pub(super) fn open_gate(&mut self, key: &str) -> Result<()> {
        let Some(task) = self.task_of_key(key) else { return Ok(()) };
        let Some(store) = self.work.store() else { return Ok(()) };
        let known =
            Session::shut_gates(store)?.into_iter().rev().find(|known| known.stage == task.0 && known.basis == task.1);
        let Some(known) = known else { return Ok(()) };
        let (device, identity) = (Arc::clone(&self.device), self.identity());
        let Some(store) = std::mem::replace(&mut self.work, Work::Moving).into_store() else { return Ok(()) };
        let mut session = Session::revisit(store, device, identity, known)?;
        self.state.gates = session.watch_gates()?;
        let place = self.state.gates.iter().position(|gate| gate.side.document == task.2);
        self.state.gate_place = place.unwrap_or(0);
        self.work = Work::Closed(Box::new(session));
        self.go(Move::To(Page::Gate));
        Ok(())
    }

    /// Goes on scanning the task whose gate is held.
    pub(super) fn go_on(&mut self) -> Result<()> {
        let Work::Closed(session) = &self.work else { return Ok(()) };
        let task = of_task(session.task());
        self.work.leave();
        self.open_task(task)
    }

    /// Notes of the open task: which kinds, and how many of each.
    pub(super) fn notes(&self) -> Vec<(Kind, usize)> {
        let mut notes: Vec<(Kind, usize)> = Vec::new();
        for answer in self.work.feedback().iter().filter(|answer| !answer.undone) {
            for found in answer.verdict.iter().filter(|found| found.severity == Severity::Warn) {
                match notes.iter_mut().find(|(kind, _)| *kind == found.kind) {
                    Some((_, count)) => *count += 1,
                    None => notes.push((found.kind, 1)),
                }
            }
        }
        notes
    }

    /// The notes were seen, by whoever is signed in.
    pub(super) fn notes_seen(&mut self) -> Result<()> {
        if self.state.notes_seen {
            return Ok(());
        }
        let kinds = self.notes().into_iter().map(|(kind, _)| kind).collect();
        if let Some(session) = self.work.session() {
            session.acknowledge(kinds)?;
        }
        self.state.notes_seen = true;
        self.worker.wake();
        Ok(())
    }
}

/// The reason that a return here was opened for before.
fn known_reason(store: &Store, (stage, basis, document): &TaskRef) -> Result<Option<ReturnReason>> {
    let open = store.open_task(*stage, basis, document)?;
    Ok(open.map(|task| return_reason_of(store, &task)).transpose()?.flatten())
}

fn row(work: OpenWork, open: &[String]) -> (TaskView, TaskRef) {
    let task = (work.stage, work.basis, work.document);
    let key = key_of(&task);
    let view = TaskView {
        is_open: open.contains(&key),
        key,
        stage: task.0,
        title: title(&task),
        counterparty: work.counterparty,
        done: work.progress.packages_counted,
        total: work.progress.packages_expected,
        level: work.level,
        gate: None,
        due: work.due,
        blocks: work.blocks,
    };
    (view, task)
}

pub(super) fn of_task(task: &Task) -> TaskRef {
    (task.stage, task.basis.clone(), task.document.clone())
}

/// The number that a task is called by.
pub(super) fn title((_, basis, document): &TaskRef) -> String {
    if document.is_none() { basis.to_string() } else { document.to_string() }
}

pub(super) const fn gate_state(state: GateState) -> GateStateView {
    match state {
        GateState::Cleared => GateStateView::Cleared,
        GateState::Waiting => GateStateView::Waiting,
        GateState::Held => GateStateView::Held,
    }
}
