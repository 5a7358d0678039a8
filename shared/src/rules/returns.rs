//! Returns: which legs they undo, what supports them, and scans that repeat a leg that went back.

use std::collections::{BTreeMap, BTreeSet};

use super::verdict::{Certainty, Verdict};
use crate::event::{Act, ReportKind, Stage};
use crate::ids::{MemberId, ProductId};
use crate::mismatch::Kind;
use crate::reference::BasisKind;
use crate::trail::{CodeNo, Index, Scan};

pub(super) fn judge(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    if !index.has_returns {
        return;
    }
    let refused = refused(index);
    let mut approvals = Approvals::default();
    for scan in &index.scans {
        let Ok(code) = scan.code else { continue };
        if !scan.stage.returns() || scan.repeat || verdict.is_explained(scan) {
            continue;
        }
        if !needs_approval(index, code, scan, &refused) || approvals.cover(index, code, scan) {
            continue;
        }
        verdict.raise_code(Kind::InvalidReturn, code, &[scan], Certainty::Sure);
    }
}

/// Whether the seller took a sent package back before the scan at place `before`: a `return_in` at its sender names the leg's
/// document, or names none that the package was sent on and comes after this leg and before the next.
pub(super) fn is_returned(index: &Index<'_>, code: CodeNo, sent: &Scan<'_>, before: u32) -> bool {
    if !index.has_returns {
        return false;
    }
    let trail = index.trail_of(code).filter(|scan| scan.place < before);
    let back = trail.clone().filter(|scan| scan.stage == Stage::ReturnIn && scan.member == sent.member);
    back.filter(|scan| scan.place > sent.place).any(|back| {
        if back.document == sent.document {
            return true;
        }
        let sends = trail.clone().filter(|scan| {
            scan.stage.sends() && scan.counts() && scan.place < back.place && scan.member == sent.member
        });
        let named = sends.clone().any(|scan| scan.document == back.document);
        !named && sends.max_by_key(|scan| scan.place).is_some_and(|latest| latest.place == sent.place)
    })
}

/// Whether a return needs an approval (trading/2022-trial art. 16: the buyer applies for it on the platform). What was refused or
/// could not be delivered never was the buyer's; the seller's side of a return was judged where it was sent off.
fn needs_approval(index: &Index<'_>, code: CodeNo, scan: &Scan<'_>, refused: &BTreeSet<CodeNo>) -> bool {
    let never_taken_in = scan.movement.reason.is_some_and(crate::event::ReturnReason::never_taken_in);
    let sent_off = || index.trail_of(code).any(|off| off.stage == Stage::ReturnOut && off.place < scan.place);
    let known_basis = index.basis(scan.basis).1.is_some();
    let second_side = scan.stage == Stage::ReturnIn && sent_off();
    known_basis && !never_taken_in && !refused.contains(&code) && !second_side
}

/// Packages that somebody reported refused.
fn refused(index: &Index<'_>) -> BTreeSet<CodeNo> {
    let reports = index.others.iter().filter_map(|fact| match &fact.act {
        Act::Report(report) if report.what == ReportKind::Refused => report.text.as_deref(),
        _ => None,
    });
    reports.filter_map(|text| index.read(text)).collect()
}

/// Units that went back under approvals so far, by seller, buyer and product.
#[derive(Default)]
struct Approvals<'a> {
    used: BTreeMap<(&'a MemberId, &'a MemberId, &'a ProductId), u64>,
}

impl<'a> Approvals<'a> {
    /// Whether approvals between the two members still cover the package; then its units are used up.
    fn cover(&mut self, index: &Index<'a>, code: CodeNo, scan: &Scan<'_>) -> bool {
        let Some(basis) = index.basis(scan.basis).1 else { return false };
        let Some((product, _)) = index.package(code).product else { return false };
        let between = index.references.bases.values().filter(|approval| {
            let parties = approval.seller == basis.seller && approval.buyer == basis.buyer;
            let given = approval.from.is_none_or(|from| from <= scan.at);
            approval.kind == BasisKind::ReturnApproval && parties && given
        });
        let approved = between.fold(0_u64, |sum, approval| sum.saturating_add(approval.units_of(&product.product)));
        let used = self.used.entry((&basis.seller, &basis.buyer, &product.product)).or_default();
        let with_this = used.saturating_add(index.units_at(code, scan.at));
        let covered = with_this <= approved;
        if covered {
            *used = with_this;
        }
        covered
    }
}

/// The same code, stage and document again: counted once. Sent again on the document of a leg that went back, it is a second
/// movement: that needs a new document.
pub(super) fn repeated(verdict: &mut Verdict<'_>, scan: &Scan<'_>) {
    let Ok(code) = scan.code else { return };
    verdict.explain(scan);
    let index = verdict.index;
    let same = |other: &&Scan<'_>| !other.repeat && other.stage == scan.stage && other.leg() == scan.leg();
    let first = index.own_scans(code).find(same).filter(|first| first.stage.sends());
    let went_back =
        |first: &&Scan<'_>| first.movement.task != scan.movement.task && is_returned(index, code, first, scan.place);
    if let Some(first) = first.filter(went_back) {
        verdict.raise_code(Kind::DuplicateMovement, code, &[first, scan], Certainty::Sure);
        return;
    }
    verdict.raise_document(Kind::RepeatedScan, scan, Certainty::Sure);
}
