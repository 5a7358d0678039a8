//! Goods on their way longer than agreed (trading/2022-trial art. 15, logistics/2022 art. 24).

use std::collections::BTreeSet;

use super::arrival::not_arrived;
use super::verdict::{Certainty, Verdict};
use crate::event::{Act, ReportKind};
use crate::ids::{BasisId, DocumentId};
use crate::mismatch::Kind;
use crate::reference::Limits;
use crate::time::Timestamp;
use crate::trail::{Index, Scan};

pub(super) fn judge(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    let delayed: BTreeSet<&DocumentId> = index
        .others
        .iter()
        .filter_map(|fact| match &fact.act {
            Act::Report(report) if report.what == ReportKind::Delayed => Some(&report.document),
            _ => None,
        })
        .collect();
    for scan in &index.scans {
        let is_late = due(index, scan, &verdict.limits).is_some_and(|due| due < verdict.now);
        if is_late
            && !verdict.is_explained(scan)
            && !delayed.contains(&scan.movement.document)
            && is_on_its_way(index, scan)
        {
            verdict.raise_document(Kind::OverdueInTransit, scan, Certainty::Sure);
        }
    }
}

/// By when a leg is to have arrived; none where nothing is agreed.
fn due(index: &Index<'_>, scan: &Scan<'_>, limits: &Limits) -> Option<Timestamp> {
    let sent = scan.code.is_ok() && scan.stage.sends() && scan.counts();
    let agreed = || index.basis(scan.basis).1.and_then(|basis| basis.transit_ms_at(scan.at)).or(limits.transit_ms);
    sent.then(agreed).flatten().map(|transit_ms| scan.bounds().1.plus_ms(transit_ms))
}

/// Whether something of a leg has not arrived. Once the arrival side is complete, what did not come is missing, not late.
fn is_on_its_way(index: &Index<'_>, scan: &Scan<'_>) -> bool {
    let Ok(code) = scan.code else { return false };
    !index.is_side_complete((scan.basis, scan.document, scan.stage.counterpart()))
        && !not_arrived(index, code, scan).is_empty()
}

/// From when on each leg that is on its way is late, with its basis.
pub(super) fn late_from<'v>(
    index: &'v Index<'v>,
    limits: &'v Limits,
) -> impl Iterator<Item = (&'v BasisId, Timestamp)> + use<'v> {
    let legs = index.scans.iter().filter_map(move |scan| Some((scan, due(index, scan, limits)?)));
    let on_their_way = legs.filter(move |(scan, _)| is_on_its_way(index, scan));
    on_their_way.map(|(scan, due)| (&scan.movement.basis, due.plus_ms(1)))
}
