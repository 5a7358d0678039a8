//! Packages to units: a unit counts once, whatever level was scanned.

use std::collections::BTreeSet;

use crate::code::PackageCode;
use crate::event::Stage;
use crate::ids::{BasisId, DocumentId, ProductId};
use crate::reference::References;
use crate::trail::{Index, Scan};

/// One stage of one document (or of a basis alone).
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    pub(super) basis: &'p BasisId,
    pub(super) document: &'p DocumentId,
    pub(super) stage: Stage,
}

impl<'p> Place<'p> {
    /// Every effective scan there, in order.
    pub(super) fn scans<'i, 'a>(self, index: &'i Index<'a>) -> impl Iterator<Item = &'i Scan<'a>> + use<'i, 'a, 'p> {
        let here = move |scan: &&Scan<'a>| scan.stage == self.stage && scan.reference() == (self.basis, self.document);
        index.scans.iter().filter(here)
    }
}

/// Scans of one product that count at a place, in order; a child beside its parent is left out.
pub(super) fn counted<'i, 'a>(
    index: &'i Index<'a>,
    references: &References,
    place: Place<'_>,
    product: &ProductId,
    counts: impl Fn(&Scan<'a>) -> bool,
) -> Vec<(&'i Scan<'a>, &'i PackageCode)> {
    let is_it = |code: &PackageCode| references.product_of(code).is_some_and(|(found, _)| found.product == *product);
    let scans = place.scans(index).filter(|scan| counts(scan));
    let scans = scans.filter_map(|scan| scan.code.as_ref().ok().map(|code| (scan, code)));
    let here: Vec<_> = scans.filter(|(_, code)| is_it(code)).collect();
    let codes: BTreeSet<&PackageCode> = here.iter().map(|(_, code)| *code).collect();
    here.into_iter().filter(|(_, code)| index.parent(code).is_none_or(|parent| !codes.contains(parent))).collect()
}

/// Units of one product that count at a place.
pub(super) fn units<'a>(
    index: &Index<'a>,
    references: &References,
    place: Place<'_>,
    product: &ProductId,
    counts: impl Fn(&Scan<'a>) -> bool,
) -> u64 {
    let scans = counted(index, references, place, product, counts);
    scans.iter().map(|(scan, code)| index.units_at(code, scan.at)).sum()
}
