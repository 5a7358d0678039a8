//! Lines of bases over all their documents: too much in some version in force, too little when the period is over.

use std::collections::{BTreeMap, BTreeSet};

use super::line::{Shortfalls, attempted, beyond_document, excess, excess_beside, raised};
use super::tally::units_of;
use super::units::{Counted, SideKey};
use super::verdict::{Certainty, Verdict};
use crate::event::Stage;
use crate::ids::{BasisId, DocumentId, EventRef, ProductId};
use crate::mismatch::Kind;
use crate::reference::{Basis, BasisKind};
use crate::time::Timestamp;
use crate::trail::{Beside, Index, Scan};

type Sides<'a> = BTreeMap<(&'a BasisId, Stage), Vec<SideKey>>;

pub(super) fn judge(verdict: &mut Verdict<'_>, shortfalls: &Shortfalls<'_>) {
    let index = verdict.index;
    let mut sides: Sides<'_> = BTreeMap::new();
    for (side, _) in index.sides() {
        if side.2.sends() {
            sides.entry((index.basis(side.0).0, side.2)).or_default().push(side);
        }
    }
    for ((id, stage), sides) in &sides {
        if let Some(basis) = verdict.references.bases.get(*id) {
            for product in products(basis) {
                over(verdict, basis, *stage, sides, product);
            }
        }
    }
    let references = verdict.references;
    for basis in references.bases.values() {
        let none = Vec::new();
        let stage = sending_stage(basis);
        let sides = stage.map(|stage| (stage, sides.get(&(&basis.basis, stage)).unwrap_or(&none)));
        if let Some((stage, sides)) = sides {
            short_at_end(verdict, basis, stage, sides, shortfalls);
        }
    }
}

/// The stage that executes a basis.
const fn sending_stage(basis: &Basis) -> Option<Stage> {
    match basis.kind {
        BasisKind::Contract => Some(Stage::Outbound),
        BasisKind::Order => Some(Stage::Sort),
        BasisKind::Transfer => Some(Stage::TransferOut),
        BasisKind::ReturnApproval => None,
    }
}

/// Every product that some version names.
fn products(basis: &Basis) -> BTreeSet<&ProductId> {
    let amended = basis.amendments.iter().filter_map(|change| change.lines.as_ref());
    amended.chain([&basis.lines]).flatten().map(|line| &line.product).collect()
}

/// What was tried under a basis, less what its documents' own excesses explain, in order.
fn within_documents<'v>(verdict: &Verdict<'v>, sides: &[SideKey], product: &ProductId) -> Vec<Counted<'v, 'v>> {
    let tried =
        sides.iter().map(|side| within_document(verdict.index, *side, product, attempted(verdict, *side, product)));
    let mut within: Vec<_> = tried.flatten().collect();
    within.sort_by_key(|(scan, _)| scan.place);
    within
}

/// What was tried on a side, less what is too much on its document.
pub(super) fn within_document<'v>(
    index: &Index<'v>,
    side: SideKey,
    product: &ProductId,
    mut scans: Vec<Counted<'v, 'v>>,
) -> Vec<Counted<'v, 'v>> {
    if let Some((beyond, _)) = beyond_document(index, side, product, &scans) {
        let beyond: BTreeSet<EventRef> = beyond.iter().map(|scan| scan.by).collect();
        scans.retain(|(scan, _)| !beyond.contains(&scan.by));
    }
    scans
}

/// A line is over in a version when some unit moved while it was in force and the units before its end exceed its quantity.
fn over(verdict: &mut Verdict<'_>, basis: &Basis, stage: Stage, sides: &[SideKey], product: &ProductId) {
    let index = verdict.index;
    let scans = within_documents(verdict, sides, product);
    if let Some(beside) = index.beside {
        over_beside(verdict, (basis, stage, product), &scans, beside);
        return;
    }
    let mut starts: Vec<Timestamp> = basis.amendments.iter().map(|change| change.valid_from).collect();
    starts.push(Timestamp::from_ms(i64::MIN));
    starts.sort_unstable();
    starts.dedup();
    let (mut beyond, mut units): (Vec<&Scan<'_>>, u64) = (Vec::new(), 0);
    for (place, from) in starts.iter().enumerate() {
        let until = starts.get(place + 1).copied().unwrap_or(Timestamp::from_ms(i64::MAX));
        let quantity = basis.version(*from, u64::MAX).units_of(product);
        let before = scans.partition_point(|(scan, _)| scan.at < until);
        let (excess, over) = excess(index, &scans[..before], quantity);
        let moved: Vec<&Scan<'_>> = excess.into_iter().filter(|scan| scan.at >= *from).collect();
        if !moved.is_empty() {
            units = units.max(over);
            beyond.extend(moved);
        }
    }
    if units == 0 {
        return;
    }
    changed(verdict, basis, (&scans, 0), &beyond, product);
    raise_over(verdict, (basis, stage, product), units, &beyond);
}

/// The same in a slice: only the version in force at the newest scan is asked.
fn over_beside(
    verdict: &mut Verdict<'_>,
    (basis, stage, product): (&Basis, Stage, &ProductId),
    scans: &[Counted<'_, '_>],
    beside: &Beside,
) {
    let index = verdict.index;
    let newest = scans.iter().map(|(scan, _)| scan).find(|scan| beside.focus == Some(scan.by));
    let at = newest.map_or(verdict.now, |scan| scan.at);
    let quantity = basis.version(at, u64::MAX).units_of(product);
    let before = beside.sums.lines_of(&basis.basis, stage, product);
    let before = before.fold(0, |sum: u64, line| sum.saturating_add(line.within));
    let (beyond, over) = excess_beside(index, scans, quantity, (beside.focus, before));
    if over > 0 && !beyond.is_empty() {
        changed(verdict, basis, (scans, before), &beyond, product);
        raise_over(verdict, (basis, stage, product), over, &beyond);
    }
}

fn raise_over(
    verdict: &mut Verdict<'_>,
    (basis, stage, product): (&Basis, Stage, &ProductId),
    units: u64,
    beyond: &[&Scan<'_>],
) {
    verdict.is_over = true;
    let whole = DocumentId::none();
    verdict.raise(raised(Kind::OverQuantity, (&basis.basis, &whole, stage), product, units, beyond, verdict.now));
}

/// Packages that are too many by the version in force and were not by the one that the terminal knew.
fn changed(
    verdict: &mut Verdict<'_>,
    basis: &Basis,
    (scans, before): (&[Counted<'_, '_>], u64),
    beyond: &[&Scan<'_>],
    product: &ProductId,
) {
    if basis.amendments.is_empty() {
        return;
    }
    let beyond: BTreeSet<EventRef> = beyond.iter().map(|scan| scan.by).collect();
    let mut total = before;
    for (scan, code) in scans {
        total = total.saturating_add(verdict.index.units_at(*code, scan.at));
        let known = basis.version(scan.at, scan.data_as_of).units_of(product);
        if beyond.contains(&scan.by) && total <= known {
            verdict.raise_code(Kind::BasisChanged, *code, &[*scan], Certainty::Sure);
        }
    }
}

/// The performance period is over with less than the line, beyond what its documents are short of.
fn short_at_end(
    verdict: &mut Verdict<'_>,
    basis: &Basis,
    stage: Stage,
    sides: &[SideKey],
    shortfalls: &Shortfalls<'_>,
) {
    let version = basis.version(verdict.now, u64::MAX);
    let Some(end) = version.until.filter(|end| verdict.now >= *end && basis.cancelled_at.is_none()) else { return };
    let index: &Index<'_> = verdict.index;
    let products: BTreeSet<&ProductId> = version.lines.iter().map(|line| &line.product).collect();
    for product in products {
        let sent = sides.iter().map(|side| units_of(index, *side, product, Scan::counts));
        let sent = sent.fold(0_u64, u64::saturating_add);
        let told = shortfalls.get(&(&basis.basis, stage, product)).copied().unwrap_or(0);
        let short = version.units_of(product).saturating_sub(sent).saturating_sub(told);
        if short > 0 {
            let place = (&basis.basis, &DocumentId::none(), stage);
            verdict.raise(raised(Kind::ShortQuantity, place, product, short, &[], end));
        }
    }
}
