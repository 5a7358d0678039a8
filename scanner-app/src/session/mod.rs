//! A clerk's session: a label in, a verdict judged, an event recorded durably, and only then the feedback.

mod acceptance;
mod anchor;
pub mod cases;
mod closing;
pub mod gate;
mod handover;
mod knowledge;
mod known;
mod late;
mod lines;
pub mod lists;
pub mod look_up;
pub mod note;
pub mod opening;
mod overview;
pub mod papers;
pub mod receipt;
mod recording;
pub mod reports;
pub mod returning;
pub mod routing;
mod said;
mod scanning;
mod shift;
mod sides;
pub mod sorting;
mod standing;
mod summing;
#[cfg(test)]
mod tests;
mod told;

use std::collections::HashMap;
use std::sync::Arc;

use shared::event::{Act, Close, ReturnReason, Stage};
use shared::ids::{BasisId, DocumentId, MemberId, OperatorId, SiteId};
use shared::reference::Level;

use crate::config::Config;
use crate::device::Device;
use crate::store::{Pulled, Store, StoreError, Task};

pub use acceptance::Acceptance;
pub use anchor::anchor;
pub use closing::{Closing, Departure};
pub use handover::Counts;
use knowledge::Knowledge;
pub use lines::OrderedLine;
pub use overview::{OpenWork, overview, shut, site_name, unlisted};
use recording::{event, start_of_log};
pub use said::Said;
pub use shift::record_at_desk;
pub use standing::standing;
pub use summing::sum_up_lists;
pub use told::Feedback;

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
        mut store: Store,
        device: Arc<dyn Device>,
        identity: Identity,
        (stage, basis, document): (Stage, BasisId, DocumentId),
    ) -> Result<Self, StoreError> {
        let start = start_of_log(&mut store, device.as_ref())?;
        let knowledge = Knowledge::load(&store, &identity.member)?;
        let open = store.open_task(stage, &basis, &document)?;
        let resumed = open.is_some();
        let task = if let Some(task) = open {
            task
        } else {
            let reserved = note::is_own_number(&identity.site, store.terminal(), &document);
            Task { task: store.next_task_id()?, stage, basis, document, reserved }
        };
        let mut session = Self::of(store, device, identity, knowledge, task);
        session.resumed = resumed;
        if let Some(start) = start {
            session.record(vec![start], |_| Ok(()))?;
        }
        if !resumed {
            session.record(vec![session.opened()], |_| Ok(()))?;
        }
        session.recall()?;
        Ok(session)
    }

    fn of(store: Store, device: Arc<dyn Device>, identity: Identity, knowledge: Knowledge, task: Task) -> Self {
        Self {
            store,
            device,
            identity,
            knowledge,
            task,
            resumed: true,
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
        self.record(vec![act], |_| Ok(()))?;
        Ok(closed)
    }

    /// Packages that count in this task, by this terminal.
    #[must_use]
    pub const fn counted(&self) -> u64 {
        self.counted
    }

    /// How many events wait for the server.
    pub fn pending(&self) -> Result<u64, StoreError> {
        Ok(self.store.pending()?.0)
    }

    /// The store beneath: what waits, who is signed in.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The same, to sign somebody in or to keep a photo; events of the task are recorded by the session alone.
    pub const fn store_mut(&mut self) -> &mut Store {
        &mut self.store
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
}
