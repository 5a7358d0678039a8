//! How far a task is: the big figure and the line beneath it.

use std::collections::BTreeSet;

use super::sums::at_side;
use crate::event::Stage;
use crate::ids::{BasisId, DocumentId, ProductId};
use crate::reference::{Level, Line, References};
use crate::trail::{History, Index, Place, PlaceSum, Sums};

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
    /// Units among them whose own label was scanned.
    pub units_scanned: u64,
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
    let mut sums = Sums::default();
    for stage in [stage, stage.counterpart()] {
        if let Some(side) = index.key(basis, document, stage) {
            sums.places.insert((basis.clone(), document.clone(), stage), at_side(&index, side));
        }
    }
    progress_of(&sums, references, &(basis.clone(), document.clone(), stage))
}

/// The same, by what stands at the place; for an arrival also by what stands at the sending end of its legs.
#[must_use]
pub fn progress_of(sums: &Sums, references: &References, place: &Place) -> Progress {
    let (basis, document, stage) = place;
    let nothing = PlaceSum::default();
    let here = sums.places.get(place).unwrap_or(&nothing);
    let set_aside = here.set_aside;
    let Some((lines, level)) = lines(references, basis, document) else {
        return Progress { packages_counted: here.packages, set_aside, ..Progress::default() };
    };
    let sent = sums.places.get(&(basis.clone(), document.clone(), stage.counterpart()));
    let sent = sent.filter(|sent| !stage.sends() && sent.packages > 0);
    let mut progress = Progress { packages_expected: Some(0), set_aside, ..Progress::default() };
    let products: BTreeSet<&ProductId> = lines.iter().map(|line| &line.product).collect();
    for product in products {
        let said = || {
            let own = lines.iter().filter(|line| line.product == *product);
            own.fold(0, |sum: u64, line| sum.saturating_add(line.units))
        };
        let of = |sum: &PlaceSum| sum.lines.get(product).copied().unwrap_or_default();
        let due = sent.map_or_else(said, |sent| of(sent).counted);
        let line = of(here);
        let per_package = references.products.get(product).map_or(1, |found| u64::from(found.units_in(level).max(1)));
        progress.units_counted = progress.units_counted.saturating_add(line.counted);
        progress.units_scanned = progress.units_scanned.saturating_add(line.verified);
        progress.units_expected = progress.units_expected.saturating_add(due);
        progress.packages_counted += line.counted.div_ceil(per_package);
        let packages = progress.packages_expected.unwrap_or(0).saturating_add(due.div_ceil(per_package));
        progress.packages_expected = Some(packages);
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
