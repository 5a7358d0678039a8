//! What the acts of a task ask of the session's knowledge: the one place that knows how it is kept.

use std::collections::HashSet;

use shared::code::PackageCode;
use shared::ids::BasisId;
use shared::mismatch::{Mismatch, State};
use shared::reference::References;
use shared::trail::{Fact, History};

use super::Session;
use crate::store::StoreError;

/// Scans that a screen may tell of at once: those of one picture, and the last few.
const SHOWN: usize = 40;

impl Session {
    /// What is known to have happened under a basis. Registrations of the packages concerned are among the references then, until
    /// the next question.
    pub(super) fn history_of(&mut self, basis: &BasisId) -> Result<History, StoreError> {
        self.knowledge.whole_with_lists(&self.store, basis)
    }

    /// What is known around some packages; their registrations are among the references then, until the next question.
    pub(super) fn around(&mut self, codes: impl IntoIterator<Item = PackageCode>) -> Result<History, StoreError> {
        self.knowledge.around(&self.store, &self.task.basis, codes)
    }

    /// Lets the registrations go that the last question brought, but for those of the newest scans, which the screen tells of. The next
    /// question brings its own.
    pub fn rest(&mut self) {
        let shown = self.feedback.iter().rev().take(SHOWN).filter_map(|answer| answer.code.as_ref());
        let shown: HashSet<&PackageCode> = shown.collect();
        let references = &mut self.knowledge.pulled.references;
        references.codes.retain(|code, _| shown.contains(code));
        references.codes.shrink_to_fit();
        references.children.retain(|code, _| shown.contains(code));
        references.children.shrink_to_fit();
    }

    /// What was pulled of contracts, documents and products; of codes those of the last question.
    pub(super) const fn references(&self) -> &References {
        &self.knowledge.pulled.references
    }

    /// This terminal's own facts under a basis that no void takes back, in order.
    pub(super) fn own_facts(&self, basis: &BasisId) -> Result<Vec<Fact>, StoreError> {
        self.knowledge.own_facts(&self.store, basis)
    }

    /// What speaks against a basis: what this terminal finds, and what only the server can find and has told, both without what a
    /// supervisor has resolved.
    pub(super) fn judged(&mut self, basis: &BasisId) -> Result<Vec<Mismatch>, StoreError> {
        let mut judged = self.judged_here(basis)?;
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

    /// What this terminal alone finds under a basis.
    pub(super) fn judged_here(&mut self, basis: &BasisId) -> Result<Vec<Mismatch>, StoreError> {
        self.knowledge.judge_all(&self.store, basis, self.device.now())
    }
}
