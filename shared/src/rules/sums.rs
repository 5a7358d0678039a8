//! Sums over a history: what stands on every line. A terminal keeps them, so that each scan is judged from a slice of its log.

use std::collections::BTreeSet;

use super::basis_line::within_document;
use super::line::{attempted_by_product, place};
use super::units::{SideKey, counted, units, verified};
use super::verdict::Verdict;
use crate::code::PackageCode;
use crate::event::Capture;
use crate::reference::References;
use crate::trail::{History, Index, Place, PlaceSum, Scan, Sums};

/// The sums of what was judged. In a slice they are those of its own facts, without what stands beside them.
pub(super) fn of(verdict: &Verdict<'_>) -> Sums {
    let index = verdict.index;
    let mut sums = Sums { is_over: verdict.is_over, ..Sums::default() };
    for (side, _) in index.sides() {
        let mut sum = at_side(index, side);
        if side.2.sends() {
            tried(verdict, side, &mut sum);
        }
        sums.places.insert(place(index, side), sum);
    }
    for scan in &index.scans {
        let rate = sums.typed.entry((scan.movement.basis.clone(), scan.operator.cloned())).or_default();
        rate.0 += u64::from(scan.how == Capture::Manual);
        rate.1 += 1;
    }
    sums
}

/// What some packages sum up to at a place: of a list that is too long to be judged at once, part by part.
#[must_use]
pub fn sum_at(
    history: &History,
    references: &References,
    (basis, document, stage): &Place,
    packages: &BTreeSet<PackageCode>,
) -> PlaceSum {
    let index = Index::new(history, references);
    let Some(side) = index.key(basis, document, *stage) else { return PlaceSum::default() };
    counting(&index, side, |scan| scan.code.is_ok_and(|code| packages.contains(&index.package(code).code)))
}

/// What counts on a side.
pub(super) fn at_side(index: &Index<'_>, side: SideKey) -> PlaceSum {
    counting(index, side, |_| true)
}

fn counting<'a>(index: &Index<'a>, side: SideKey, wanted: impl Fn(&Scan<'a>) -> bool) -> PlaceSum {
    let mut sum = PlaceSum::default();
    for scan in index.scans_at(side).filter(|scan| wanted(scan)) {
        sum.packages += u64::from(scan.counts() && scan.code.is_ok());
        sum.set_aside += u64::from(scan.set_aside.is_some());
    }
    for (product, mut scans) in counted(index, side, Scan::counts) {
        scans.retain(|(scan, _)| wanted(scan));
        let line = sum.lines.entry(product.clone()).or_default();
        line.counted = units(index, &scans);
        line.verified = verified(index, &scans);
    }
    sum
}

fn tried(verdict: &Verdict<'_>, side: SideKey, sum: &mut PlaceSum) {
    let index = verdict.index;
    for (product, scans) in attempted_by_product(verdict, side) {
        let line = sum.lines.entry(product.clone()).or_default();
        line.attempted = units(index, &scans);
        line.within = units(index, &within_document(index, side, product, scans));
    }
}
