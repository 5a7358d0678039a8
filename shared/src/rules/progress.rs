//! How far a task is: the big figure and the line beneath it.

use std::collections::BTreeSet;

use super::units::{SideKey, counted, units};
use crate::event::Stage;
use crate::ids::{BasisId, DocumentId, ProductId};
use crate::reference::{Level, Line, References};
use crate::trail::{History, Index, Scan};

/// How far the stage of a document is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Packages of the document's packing level that count.
    pub packages_counted: u64,
    /// Packages that should come: what the consignor sent where that is known, else what the document says. None where
    /// neither document nor basis is known.
    pub packages_expected: Option<u64>,
    /// Units (盒) that count, scanned or inferred from their case.
    pub units_counted: u64,
    /// Units that should come.
    pub units_expected: u64,
    /// Packages set aside.
    pub set_aside: u64,
}

/// How far the stage of a document (or of a basis alone) is.
#[must_use]
pub fn progress(
    history: &History,
    references: &References,
    basis: &BasisId,
    document: &DocumentId,
    stage: Stage,
) -> Progress {
    let index = Index::new(history, references);
    let here = index.key(basis, document, stage);
    let scans = || here.into_iter().flat_map(|side| index.scans_at(side));
    let set_aside = scans().filter(|scan| scan.set_aside.is_some()).count() as u64;
    let Some((lines, level)) = lines(references, basis, document) else {
        let counted = scans().filter(|scan| scan.counts() && scan.code.is_ok()).count() as u64;
        return Progress { packages_counted: counted, set_aside, ..Progress::default() };
    };
    let sent = here.map(|(basis, document, stage)| (basis, document, stage.counterpart()));
    let sent = sent.filter(|sent| !stage.sends() && index.scans_at(*sent).any(Scan::counts));
    let mut progress = Progress { packages_expected: Some(0), set_aside, ..Progress::default() };
    let products: BTreeSet<&ProductId> = lines.iter().map(|line| &line.product).collect();
    for product in products {
        let said = || {
            lines
                .iter()
                .filter(|line| line.product == *product)
                .fold(0, |sum: u64, line| sum.saturating_add(line.units))
        };
        let due = sent.map_or_else(said, |sent| units_at(&index, sent, product));
        let counted = here.map_or(0, |side| units_at(&index, side, product));
        let per_package = references.products.get(product).map_or(1, |found| u64::from(found.units_in(level).max(1)));
        progress.units_counted += counted;
        progress.units_expected = progress.units_expected.saturating_add(due);
        progress.packages_counted += counted.div_ceil(per_package);
        let packages = progress.packages_expected.unwrap_or(0).saturating_add(due.div_ceil(per_package));
        progress.packages_expected = Some(packages);
    }
    progress
}

fn units_at(index: &Index<'_>, side: SideKey, product: &ProductId) -> u64 {
    counted(index, side, Scan::counts).get(product).map_or(0, |scans| units(index, scans))
}

/// The lines that a stage works off, and the level that they are counted in.
fn lines<'r>(references: &'r References, basis: &BasisId, document: &DocumentId) -> Option<(&'r [Line], Level)> {
    if let Some(document) = references.documents.get(document) {
        return Some((&document.lines, document.packing_level));
    }
    references.bases.get(basis).map(|basis| (basis.lines.as_slice(), Level::Unit))
}
