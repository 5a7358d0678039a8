//! What the acts of a task ask of the session's knowledge: the one place that knows how it is kept.

use shared::ids::BasisId;
use shared::mismatch::{Mismatch, State};
use shared::reference::References;
use shared::trail::{Fact, History};

use super::Session;
use crate::store::StoreError;

impl Session {
    /// What is known to have happened under a basis.
    pub(super) fn history_of(&self, basis: &BasisId) -> Result<History, StoreError> {
        Ok(self.knowledge.history(basis, None))
    }

    /// What was pulled of contracts, documents, products and codes.
    pub(super) const fn references(&self) -> &References {
        &self.knowledge.pulled.references
    }

    /// This terminal's own facts of the open task, in order.
    pub(super) fn own_facts(&self) -> impl DoubleEndedIterator<Item = &Fact> {
        let (terminal, epoch) = (self.store.terminal(), self.store.epoch());
        self.knowledge.facts.iter().filter(move |fact| fact.by.terminal == terminal && fact.by.epoch == epoch)
    }

    /// What speaks against a basis: what this terminal finds, and what only the server can find and has told, both without what a
    /// supervisor has resolved.
    pub(super) fn judged(&self, basis: &BasisId) -> Result<Vec<Mismatch>, StoreError> {
        let told = &self.knowledge.pulled.mismatches;
        let mut judged = self.judged_here(basis);
        let servers =
            told.iter().filter(|told| told.state.is_live() && !told.mismatch.kind.info().decided.on_terminal());
        judged.extend(servers.map(|told| told.mismatch.clone()));
        let resolved = |found: &Mismatch| {
            told.iter().any(|told| {
                told.state == State::Resolved
                    && told.mismatch.kind == found.kind
                    && told.mismatch.subject == found.subject
            })
        };
        judged.retain(|found| !resolved(found));
        Ok(judged)
    }

    /// What this terminal alone finds under a basis.
    pub(super) fn judged_here(&self, basis: &BasisId) -> Vec<Mismatch> {
        self.knowledge.judge_all(basis, self.device.now())
    }
}
