//! What is open on the terminal, and the store beneath it.

use std::sync::Arc;

use anyhow::Result;
use shared::event::{Capture, LabelMetadata, Stage, VoidReason};
use shared::ids::OperatorId;

use crate::device::Device;
use crate::session::sorting::{OrderKey, Sorted, Sorting};
use crate::session::{Feedback, Identity, Session};
use crate::store::{Store, StoreError, Task};
use crate::training::{Practised, Training};

/// What is open.
pub(super) enum Work {
    /// Nothing: the list of tasks.
    Desk(Store),
    /// A task.
    Task(Box<Session>),
    /// A sort over several orders.
    Sort(Box<Sorting>),
    /// A task that was closed, while its gate is looked at.
    Closed(Box<Session>),
    /// Practice; the real store waits beside it.
    Drill(Box<Training>, Store),
    /// On its way from one to another.
    Moving,
}

/// What a scan answered.
pub(super) enum Answered {
    /// Recorded, label by label.
    Scans(Vec<Feedback>),
    /// A sort's answer.
    Sorted(Sorted),
    /// Practice met real labels only.
    RealLabel,
}

impl Work {
    /// The store; none only while it moves, or in practice's own log.
    pub(super) fn store(&self) -> Option<&Store> {
        match self {
            Self::Desk(store) | Self::Drill(_, store) => Some(store),
            Self::Task(session) | Self::Closed(session) => Some(session.store()),
            Self::Sort(sorting) => Some(sorting.session_ref().store()),
            Self::Moving => None,
        }
    }

    pub(super) fn store_mut(&mut self) -> Option<&mut Store> {
        match self {
            Self::Desk(store) | Self::Drill(_, store) => Some(store),
            Self::Task(session) | Self::Closed(session) => Some(session.store_mut()),
            Self::Sort(sorting) => Some(sorting.session().store_mut()),
            Self::Moving => None,
        }
    }

    /// The open task's session, where it is no practice.
    pub(super) fn session(&mut self) -> Option<&mut Session> {
        match self {
            Self::Task(session) => Some(session),
            Self::Sort(sorting) => Some(sorting.session()),
            _ => None,
        }
    }

    pub(super) fn session_ref(&self) -> Option<&Session> {
        match self {
            Self::Task(session) => Some(session),
            Self::Sort(sorting) => Some(sorting.session_ref()),
            _ => None,
        }
    }

    /// The open task.
    pub(super) fn task(&self) -> Option<Task> {
        match self {
            Self::Drill(training, _) => Some(training.task().clone()),
            other => other.session_ref().map(|session| session.task().clone()),
        }
    }

    pub(super) const fn is_drill(&self) -> bool {
        matches!(self, Self::Drill(..))
    }

    /// Everything scanned in the open task, oldest first.
    pub(super) fn feedback(&self) -> &[Feedback] {
        match self {
            Self::Drill(training, _) => training.feedback(),
            other => other.session_ref().map(Session::feedback).unwrap_or_default(),
        }
    }

    /// What was last told of a label in the open task.
    pub(super) fn told_of(&self, text: &str) -> Option<&Feedback> {
        match self {
            Self::Drill(..) => self.feedback().iter().rev().find(|told| told.text == text).filter(|told| !told.undone),
            other => other.session_ref().and_then(|session| session.told_of(text)),
        }
    }

    /// Takes the store out: the task stays open.
    pub(super) fn into_store(self) -> Option<Store> {
        match self {
            Self::Desk(store) | Self::Drill(_, store) => Some(store),
            Self::Task(session) | Self::Closed(session) => Some(session.into_store()),
            Self::Sort(sorting) => Some(sorting.into_session().into_store()),
            Self::Moving => None,
        }
    }

    /// Leaves what is open and stands at the desk.
    pub(super) fn leave(&mut self) {
        if let Some(store) = std::mem::replace(self, Self::Moving).into_store() {
            *self = Self::Desk(store);
        }
    }

    /// Opens a task in place of what is open.
    pub(super) fn open(&mut self, open: impl FnOnce(Store) -> Result<Session>) -> Result<()> {
        if let Some(store) = std::mem::replace(self, Self::Moving).into_store() {
            *self = Self::Task(Box::new(open(store)?));
        }
        Ok(())
    }

    /// Opens a sort over these orders.
    pub(super) fn open_sort(&mut self, device: Arc<dyn Device>, identity: Identity, orders: &[OrderKey]) -> Result<()> {
        if let Some(store) = std::mem::replace(self, Self::Moving).into_store() {
            *self = Self::Sort(Box::new(Sorting::open(store, device, identity, orders)?));
        }
        Ok(())
    }

    /// Records labels in the open task; none where nothing is open.
    pub(super) fn scan(
        &mut self,
        readings: &[(String, Option<LabelMetadata>)],
        how: Capture,
    ) -> Result<Option<Answered>, StoreError> {
        match self {
            Self::Task(session) => session.scan(readings, how).map(|answers| Some(Answered::Scans(answers))),
            Self::Sort(sorting) => {
                let Some((text, label)) = readings.first() else { return Ok(None) };
                sorting.scan(text, label.clone(), how, None).map(|sorted| Some(Answered::Sorted(sorted)))
            }
            Self::Drill(training, _) => {
                let practised = training.scan(readings, how).map_err(drilled)?;
                let scans: Vec<Feedback> = practised
                    .into_iter()
                    .filter_map(|one| match one {
                        Practised::Scanned(answer) => Some(answer),
                        Practised::Real { .. } => None,
                    })
                    .collect();
                Ok(Some(if scans.is_empty() { Answered::RealLabel } else { Answered::Scans(scans) }))
            }
            Self::Desk(_) | Self::Closed(_) | Self::Moving => Ok(None),
        }
    }

    /// Undoes a scan of the open task.
    pub(super) fn undo(&mut self, seq: u64, reason: VoidReason) -> Result<Option<Feedback>, StoreError> {
        match self {
            Self::Task(session) => session.undo_because(seq, reason),
            Self::Sort(sorting) => {
                let undone = sorting.session().undo_because(seq, reason)?;
                sorting.refresh()?;
                Ok(undone)
            }
            Self::Drill(training, _) => {
                // Practice takes back its newest scan alone.
                let newest = training.feedback().iter().rev().find(|told| !told.undone).map(|told| told.seq);
                if newest == Some(seq) { training.undo_last().map_err(drilled) } else { Ok(None) }
            }
            Self::Desk(_) | Self::Closed(_) | Self::Moving => Ok(None),
        }
    }

    /// Another person works from now on.
    pub(super) fn sign_in(&mut self, operator: OperatorId) -> Result<(), StoreError> {
        self.session().map_or(Ok(()), |session| session.sign_in(operator))
    }

    pub(super) fn stage(&self) -> Option<Stage> {
        self.task().map(|task| task.stage)
    }
}

/// A store's error keeps its kind: a full disk is told as one.
fn drilled(error: crate::training::TrainingError) -> StoreError {
    match error {
        crate::training::TrainingError::Store(error) => error,
        crate::training::TrainingError::Stage => StoreError::Corrupt("practice of a stage that has none"),
    }
}
