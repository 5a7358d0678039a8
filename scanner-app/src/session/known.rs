//! What the acts of a task ask of the session's knowledge: the one place that knows how it is kept.

use std::collections::BTreeSet;

use shared::code::PackageCode;
use shared::event::Act;
use shared::ids::{BasisId, EventRef};
use shared::mismatch::{Mismatch, State};
use shared::reference::References;
use shared::trail::{Fact, History};

use super::Session;
use crate::store::StoreError;

impl Session {
    /// What is known to have happened under a basis, with all that was sent there. Of codes the references then hold those that
    /// are named in it.
    pub(super) fn history_of(&mut self, basis: &BasisId) -> Result<History, StoreError> {
        let sent = self.store.sent_under(basis)?;
        self.knowledge.whole(&self.store, basis, sent)
    }

    /// What is known around some packages; the references then hold their registrations.
    pub(super) fn history_around(
        &mut self,
        codes: impl IntoIterator<Item = PackageCode>,
    ) -> Result<History, StoreError> {
        self.knowledge.around(&self.store, codes)
    }

    /// What was pulled of contracts, documents and products, and of codes those around the last question.
    pub(super) const fn references(&self) -> &References {
        &self.knowledge.pulled.references
    }

    /// This terminal's own facts of a history, in the order of the log, without those that were taken back.
    pub(super) fn own_facts<'h>(&self, history: &'h History) -> Vec<&'h Fact> {
        let voids = history.facts.iter().filter_map(|fact| match fact.act {
            Act::Void { voids, .. } => Some(voids),
            _ => None,
        });
        let voided: BTreeSet<EventRef> = voids.collect();
        let terminal = self.store.terminal();
        let is_own = |fact: &&Fact| fact.by.terminal == terminal && !voided.contains(&fact.by);
        let mut own: Vec<&Fact> = history.facts.iter().filter(is_own).collect();
        // Of two lives of the log the later one happened later.
        own.sort_by_key(|fact| (fact.at, fact.by.epoch != self.store.epoch(), fact.by.seq));
        own
    }

    /// What speaks against a basis: what this terminal finds, and what only the server can find and has told, both without what a
    /// supervisor has resolved.
    pub(super) fn judged(&mut self, basis: &BasisId) -> Result<Vec<Mismatch>, StoreError> {
        let mut judged = self.knowledge.judge_all(&self.store, basis, self.device.now())?;
        let told = &self.knowledge.pulled.mismatches;
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
}
