//! Arrivals against what was sent: goods nobody announced, goods of another, goods that never came.

use super::verdict::{Certainty, Verdict};
use crate::code::PackageCode;
use crate::event::Stage;
use crate::ids::MemberId;
use crate::mismatch::Kind;
use crate::trail::{Index, Scan};

pub(super) fn judge(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    for code in index.codes() {
        let own: Vec<&Scan<'_>> =
            index.own_scans(code).filter(|scan| scan.counts() && !verdict.explained.contains(&scan.by)).collect();
        for scan in own {
            if scan.stage.sends() {
                missing(verdict, code, scan);
            } else {
                arrived(verdict, code, scan);
            }
        }
    }
}

fn buyer<'v>(verdict: &Verdict<'v>, scan: &Scan<'_>) -> Option<&'v MemberId> {
    verdict.references.bases.get(&scan.movement.basis).map(|basis| &basis.buyer)
}

/// An arrival: on its own leg, on another leg to this member, or on none.
fn arrived(verdict: &mut Verdict<'_>, code: &PackageCode, scan: &Scan<'_>) {
    let sending = scan.stage.counterpart();
    let legs = legs(verdict.index, code, sending);
    if legs.iter().any(|leg| leg.reference() == scan.reference()) {
        return;
    }
    let (basis, document) = scan.reference();
    let leg_here = legs.iter().any(|leg| buyer(verdict, leg) == Some(scan.member));
    if leg_here && document.is_none() {
        return;
    }
    if !verdict.index.is_complete(basis, document, sending) {
        let kind = if scan.stage == Stage::Inbound { Kind::InboundWithoutOutbound } else { Kind::ReceiptWithoutSort };
        verdict.raise_document(kind, scan, Certainty::Since(scan.at));
    } else if leg_here || legs.is_empty() {
        verdict.raise_code(Kind::UnannouncedGoods, code, &[scan], Certainty::Sure);
    } else {
        verdict.raise_code(Kind::WrongDestination, code, &[scan], Certainty::Sure);
    }
}

/// The legs of a package in a sending stage: its own and its parents'; a case counts as sent when its children were.
fn legs<'i, 'a>(index: &'i Index<'a>, code: &PackageCode, sending: Stage) -> Vec<&'i Scan<'a>> {
    let sent = |scan: &&Scan<'a>| scan.stage == sending && scan.counts();
    let legs: Vec<_> = index.trail(code).into_iter().filter(sent).collect();
    if !legs.is_empty() {
        return legs;
    }
    let children = index.children(code);
    children.flat_map(|child| index.own_scans(child)).filter(sent).collect()
}

/// A sent package that did not arrive although the arrival side is complete. At receipt the line says it (`receipt-differs`).
fn missing(verdict: &mut Verdict<'_>, code: &PackageCode, scan: &Scan<'_>) {
    let (basis, document) = scan.reference();
    if scan.stage != Stage::Outbound || !verdict.index.is_complete(basis, document, Stage::Inbound) {
        return;
    }
    for absent in not_arrived(verdict.index, code, scan, buyer(verdict, scan)) {
        verdict.raise_code(Kind::MissingGoods, &absent, &[scan], Certainty::Sure);
    }
}

/// The packages of one sent package that have not arrived at its buyer: none, itself, or the children not seen where it was
/// received by its children.
pub(super) fn not_arrived(
    index: &Index<'_>,
    code: &PackageCode,
    sent: &Scan<'_>,
    buyer: Option<&MemberId>,
) -> Vec<PackageCode> {
    let arriving = sent.stage.counterpart();
    let here = |code: &PackageCode| {
        let legs = legs(index, code, sent.stage);
        index.trail(code).into_iter().any(|scan| {
            let another_leg = legs.iter().any(|leg| leg.reference() == scan.reference() && leg.by != sent.by);
            scan.stage == arriving && Some(scan.member) == buyer && scan.counts() && !another_leg
        })
    };
    if here(code) {
        return Vec::new();
    }
    let (seen, unseen): (Vec<&PackageCode>, Vec<&PackageCode>) = index.children(code).partition(|child| here(child));
    if seen.is_empty() { vec![code.clone()] } else { unseen.into_iter().cloned().collect() }
}
