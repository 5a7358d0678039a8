//! Arrivals against what was sent: goods nobody announced, goods of another, goods that never came.

use super::verdict::{Certainty, Verdict};
use crate::event::Stage;
use crate::ids::MemberId;
use crate::mismatch::Kind;
use crate::trail::{CodeNo, Index, Scan};

pub(super) fn judge(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    for scan in &index.scans {
        let Ok(code) = scan.code else { continue };
        if !scan.counts() || verdict.is_explained(scan) {
            continue;
        }
        if scan.stage.arrives() {
            arrived(verdict, code, scan);
        } else if matches!(scan.stage, Stage::Outbound | Stage::TransferOut) {
            missing(verdict, code, scan);
        }
    }
}

pub(super) fn buyer<'a>(index: &Index<'a>, scan: &Scan<'_>) -> Option<&'a MemberId> {
    index.basis(scan.basis).1.map(|basis| &basis.buyer)
}

/// An arrival: on its own leg, on another leg to this member, or on none.
fn arrived(verdict: &mut Verdict<'_>, code: CodeNo, scan: &Scan<'_>) {
    let index = verdict.index;
    let sending = scan.stage.counterpart();
    let (mut on_its_leg, mut leg_here, mut leg_elsewhere) = (false, false, false);
    for_each_leg(index, code, sending, |leg| {
        on_its_leg |= leg.leg() == scan.leg();
        leg_here |= buyer(index, leg) == Some(scan.member);
        leg_elsewhere |= buyer(index, leg) != Some(scan.member);
    });
    let unnamed = scan.movement.document.is_none();
    if on_its_leg || (leg_here && unnamed) {
        return;
    }
    let is_complete = index.is_side_complete((scan.basis, scan.document, sending));
    if leg_here {
        // It arrived on its own leg; the note that was named never announced it (`settled.md` 9).
        let certainty = if is_complete { Certainty::Sure } else { Certainty::Since(scan.at) };
        verdict.raise_code(Kind::UnannouncedGoods, code, &[scan], certainty);
    } else if !is_complete {
        let kind = if scan.stage == Stage::Receipt { Kind::ReceiptWithoutSort } else { Kind::InboundWithoutOutbound };
        verdict.raise_document(kind, scan, Certainty::Since(scan.at));
    } else if leg_elsewhere {
        verdict.raise_code(Kind::WrongDestination, code, &[scan], Certainty::Sure);
    } else {
        verdict.raise_code(Kind::UnannouncedGoods, code, &[scan], Certainty::Sure);
    }
}

/// The legs of a package in a sending stage: its own and its parents'; a case counts as sent when its children were.
fn for_each_leg<'i, 'a>(index: &'i Index<'a>, code: CodeNo, sending: Stage, mut leg: impl FnMut(&'i Scan<'a>)) {
    let sent = |scan: &&Scan<'a>| scan.stage == sending && scan.counts();
    let mut any = false;
    for scan in index.trail_of(code).filter(sent) {
        any = true;
        leg(scan);
    }
    if !any {
        let children = index.package(code).children.iter();
        children.flat_map(|child| index.own_scans(*child)).filter(sent).for_each(leg);
    }
}

/// A sent package that did not arrive although the arrival side is complete. At receipt the line says it (`receipt-differs`).
fn missing(verdict: &mut Verdict<'_>, code: CodeNo, scan: &Scan<'_>) {
    let index = verdict.index;
    if !index.is_side_complete((scan.basis, scan.document, scan.stage.counterpart())) {
        return;
    }
    for absent in not_arrived(index, code, scan) {
        verdict.raise_code(Kind::MissingGoods, absent, &[scan], Certainty::Sure);
    }
}

/// The packages of one sent package that have not arrived at its buyer: none, itself, or the children not seen where it was
/// received by its children. What the seller took back is not awaited.
pub(super) fn not_arrived(index: &Index<'_>, code: CodeNo, sent: &Scan<'_>) -> Vec<CodeNo> {
    if has_arrived(index, code, sent) {
        return Vec::new();
    }
    let inside = index.inside_at(code, sent.at);
    let (seen, unseen): (Vec<CodeNo>, Vec<CodeNo>) = inside.partition(|child| has_arrived(index, *child, sent));
    if seen.is_empty() { vec![code] } else { unseen }
}

/// Whether a package arrived at the buyer of a leg, or went back on the way.
fn has_arrived(index: &Index<'_>, code: CodeNo, sent: &Scan<'_>) -> bool {
    let arriving = sent.stage.counterpart();
    let to = buyer(index, sent);
    let here = |scan: &Scan<'_>| {
        let came = scan.stage == arriving && Some(scan.member) == to && scan.counts();
        let back = scan.stage == Stage::ReturnIn && scan.member == sent.member && scan.place > sent.place;
        back || (came && (scan.leg() == sent.leg() || !is_on_another_leg(index, code, scan, sent)))
    };
    index.trail_of(code).any(here)
}

/// Whether an arrival that is not under `sent` stands under another leg of the package.
fn is_on_another_leg(index: &Index<'_>, code: CodeNo, scan: &Scan<'_>, sent: &Scan<'_>) -> bool {
    let mut another = false;
    for_each_leg(index, code, sent.stage, |leg| another |= leg.leg() == scan.leg());
    another
}
