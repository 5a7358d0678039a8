//! What stands on a line: units by stage, each counted once, and how many of them were seen themselves.

use super::returns::is_returned;
use super::units::{SideKey, counted, units, verified};
use crate::event::Stage;
use crate::ids::{BasisId, DocumentId, ProductId};
use crate::reference::References;
use crate::trail::{History, Index, Scan};

/// One stage of one line of a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tally {
    /// The basis.
    pub basis: BasisId,
    /// The document, or `none`.
    pub document: DocumentId,
    /// The stage.
    pub stage: Stage,
    /// The product.
    pub product: ProductId,
    /// Units (盒) that count; a unit comes off when the seller has it back.
    pub units: u64,
    /// Units among them whose own label was scanned; the others are inferred from their case.
    pub verified_units: u64,
}

/// Every line that some scan counts on, sorted.
#[must_use]
pub fn tallies(history: &History, references: &References) -> Vec<Tally> {
    let index = Index::new(history, references);
    let mut tallies = Vec::new();
    for (side, _) in index.sides() {
        for (product, scans) in counted(&index, side, |scan| is_live(&index, scan)) {
            let (basis, document, stage) = side;
            tallies.push(Tally {
                basis: index.basis(basis).0.clone(),
                document: index.document(document).0.clone(),
                stage,
                product: product.clone(),
                units: units(&index, &scans),
                verified_units: verified(&index, &scans),
            });
        }
    }
    tallies.sort();
    tallies
}

/// Whether a scan counts and, if it sent a leg, that leg did not go back.
pub(super) fn is_live(index: &Index<'_>, scan: &Scan<'_>) -> bool {
    let Ok(code) = scan.code else { return false };
    scan.counts() && !(scan.stage.sends() && is_returned(index, code, scan, u32::MAX))
}

/// Units of a product that count on a side.
pub(super) fn units_of<'a>(
    index: &Index<'a>,
    side: SideKey,
    product: &ProductId,
    counts: impl Fn(&Scan<'a>) -> bool,
) -> u64 {
    counted(index, side, counts).get(product).map_or(0, |scans| units(index, scans))
}
