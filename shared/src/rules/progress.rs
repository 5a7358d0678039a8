//! How far a task is: the big figure and the line beneath it.

use std::collections::BTreeSet;

use super::units::{Place, units};
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
    let here = Place { basis, document, stage };
    let set_aside = here.scans(&index).filter(|scan| scan.set_aside.is_some()).count() as u64;
    let Some((lines, level)) = lines(references, basis, document) else {
        let counted = here.scans(&index).filter(|scan| scan.counts() && scan.code.is_ok()).count() as u64;
        return Progress { packages_counted: counted, set_aside, ..Progress::default() };
    };
    let sent = Place { stage: stage.counterpart(), ..here };
    let sent_known = !stage.sends() && sent.scans(&index).any(Scan::counts);
    let mut progress = Progress { packages_expected: Some(0), set_aside, ..Progress::default() };
    let products: BTreeSet<&ProductId> = lines.iter().map(|line| &line.product).collect();
    for product in products {
        let said = || lines.iter().filter(|line| line.product == *product).map(|line| line.units).sum();
        let due = if sent_known { units(&index, references, sent, product, Scan::counts) } else { said() };
        let counted = units(&index, references, here, product, Scan::counts);
        let per_package = references.products.get(product).map_or(1, |found| u64::from(found.units_in(level).max(1)));
        progress.units_counted += counted;
        progress.units_expected += due;
        progress.packages_counted += counted.div_ceil(per_package);
        progress.packages_expected = progress.packages_expected.map(|sum| sum + due.div_ceil(per_package));
    }
    progress
}

/// The lines that a stage works off, and the level that they are counted in.
fn lines<'r>(references: &'r References, basis: &BasisId, document: &DocumentId) -> Option<(&'r [Line], Level)> {
    if let Some(document) = references.documents.get(document) {
        return Some((&document.lines, document.packing_level));
    }
    references.bases.get(basis).map(|basis| (basis.lines.as_slice(), Level::Unit))
}
