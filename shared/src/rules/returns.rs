//! Returns: which legs they undo, what supports them, and scans that repeat a leg that went back.

use super::verdict::{Certainty, Verdict};
use crate::event::Stage;
use crate::mismatch::Kind;
use crate::reference::BasisKind;
use crate::trail::{CodeNo, Index, Scan};

pub(super) fn judge(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    for scan in &index.scans {
        let Ok(code) = scan.code else { continue };
        if !scan.stage.returns() || scan.repeat || verdict.is_explained(scan) {
            continue;
        }
        if !is_supported(index, code, scan) {
            verdict.raise_code(Kind::InvalidReturn, code, &[scan], Certainty::Sure);
        }
    }
}

/// Whether the seller took a sent package back before the scan at place `before`: a `return_in` at its sender names the leg's
/// document, or names none that the package was sent on and comes after this leg and before the next.
pub(super) fn is_returned(index: &Index<'_>, code: CodeNo, sent: &Scan<'_>, before: u32) -> bool {
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

/// What supports a return (trading/2022-trial art. 16): goods that were sent to whoever sends them back, and an approval. What
/// never was taken in needs no approval.
fn is_supported(index: &Index<'_>, code: CodeNo, scan: &Scan<'_>) -> bool {
    let Some(basis) = index.basis(scan.basis).1 else { return true };
    let sent_here = |sent: &&Scan<'_>| {
        let trade = index.basis(sent.basis).1;
        sent.stage.sends() && sent.place < scan.place && trade.is_some_and(|trade| trade.buyer == basis.buyer)
    };
    let delivered = index.trail_of(code).any(|sent| sent_here(&sent));
    let arrived = |at: &Scan<'_>| at.stage.arrives() && at.place < scan.place && *at.member == basis.buyer;
    if !delivered && !index.trail_of(code).any(arrived) {
        return false;
    }
    let never_taken_in = scan.movement.reason.is_some_and(crate::event::ReturnReason::never_taken_in);
    // The seller's side of a return that the buyer sent off was judged there.
    let sent_off = || index.trail_of(code).any(|off| off.stage == Stage::ReturnOut && off.place < scan.place);
    never_taken_in || is_approved(index, code, scan) || (scan.stage == Stage::ReturnIn && sent_off())
}

/// Whether an approval covers the return: its own basis, or one between the same members for the product.
fn is_approved(index: &Index<'_>, code: CodeNo, scan: &Scan<'_>) -> bool {
    let Some(basis) = index.basis(scan.basis).1 else { return false };
    let product = index.package(code).product.map(|(product, _)| &product.product);
    let covers = |approval: &crate::reference::Basis| {
        approval.kind == BasisKind::ReturnApproval
            && approval.seller == basis.seller
            && approval.buyer == basis.buyer
            && product.is_some_and(|product| approval.has(product))
            && approval.from.is_none_or(|from| from <= scan.at)
    };
    covers(basis) || index.references.bases.values().any(covers)
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
