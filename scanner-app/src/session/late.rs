//! Blocks that came late: the server found what this terminal could not know at the scan.

use std::collections::BTreeSet;

use shared::code::PackageCode;
use shared::ids::DocumentId;
use shared::mismatch::{Kind, Mismatch, ScanResult, Scope, Severity};

use super::Session;
use crate::store::StoreError;

impl Session {
    /// Packages of this task that the server blocks and that were not blocked when they were scanned: the scan's number and why,
    /// oldest first. Only an open task asks: goods that have left are beyond an alarm. What is raised about another document says
    /// nothing against goods on this one: a case that was too many there goes here by right.
    pub fn late_blocks(&self) -> Result<Vec<(u64, Kind)>, StoreError> {
        let documents: Vec<DocumentId> = self.sides()?.into_iter().map(|side| side.document).collect();
        // Whether it is about the package itself, or about what this task works on.
        let concerns = |found: &Mismatch| {
            matches!(found.scope, Scope::Code(_)) || found.document.as_ref().is_none_or(|of| documents.contains(of))
        };
        let told = self.knowledge.pulled.mismatches.iter();
        let blocks = told.filter(|told| told.state.is_live() && told.mismatch.severity == Severity::Block);
        let blocks = blocks.filter(|told| concerns(&told.mismatch));
        let blocks: Vec<(&BTreeSet<PackageCode>, Kind)> =
            blocks.map(|told| (&told.mismatch.codes, told.mismatch.kind)).collect();
        let stands = self.feedback.iter().filter(|answer| !answer.undone && answer.result != ScanResult::Blocked);
        let late = stands.filter_map(|answer| {
            let code = answer.code.as_ref()?;
            blocks.iter().find(|(codes, _)| codes.contains(code)).map(|(_, kind)| (answer.seq, *kind))
        });
        Ok(late.collect())
    }
}
