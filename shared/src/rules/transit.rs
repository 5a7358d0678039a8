//! Goods on their way longer than agreed (trading/2022-trial art. 15, logistics/2022 art. 24).

use std::collections::BTreeSet;

use super::arrival::not_arrived;
use super::verdict::{Certainty, Verdict};
use crate::event::{Act, ReportKind};
use crate::ids::DocumentId;
use crate::mismatch::Kind;

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
        let Ok(code) = scan.code else { continue };
        if !scan.stage.sends() || !scan.counts() || verdict.is_explained(scan) {
            continue;
        }
        let agreed = index.basis(scan.basis).1.and_then(|basis| basis.transit_ms).or(verdict.limits.transit_ms);
        let Some(transit_ms) = agreed else { continue };
        let late = scan.bounds().1.plus_ms(transit_ms) < verdict.now;
        // Once the arrival side is complete, what did not come is missing, not late.
        let arrived = index.is_side_complete((scan.basis, scan.document, scan.stage.counterpart()));
        if late && !arrived && !delayed.contains(&scan.movement.document) && !not_arrived(index, code, scan).is_empty()
        {
            verdict.raise_document(Kind::OverdueInTransit, scan, Certainty::Sure);
        }
    }
}
