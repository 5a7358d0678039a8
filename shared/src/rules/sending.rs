//! A package is in one place: what its sender did with it twice, and what it sent without having it.

use std::collections::BTreeSet;

use super::verdict::{Certainty, Verdict};
use crate::code::PackageCode;
use crate::event::Stage;
use crate::mismatch::Kind;
use crate::reference::BasisKind;
use crate::trail::Scan;

pub(super) fn judge(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    for code in index.codes() {
        let trail: Vec<&Scan<'_>> =
            index.trail(code).into_iter().filter(|scan| !verdict.explained.contains(&scan.by)).collect();
        for kind in [Kind::DuplicateMovement, Kind::DoubleAllocation, Kind::ClonedCode] {
            twice(verdict, code, &trail, kind);
        }
        sort_without_inbound(verdict, code, &trail);
    }
}

/// Two live legs from one seller. A scan set aside for `kind` stays its evidence.
fn twice(verdict: &mut Verdict<'_>, code: &PackageCode, trail: &[&Scan<'_>], kind: Kind) {
    let sent = trail.iter().filter(|scan| scan.stage.sends() && scan.counts_for(kind));
    let mut pairs: Vec<&Scan<'_>> = Vec::new();
    let sent: Vec<&Scan<'_>> = sent.copied().collect();
    for (place, one) in sent.iter().enumerate() {
        for other in &sent[place + 1..] {
            if one.member == other.member && two_legs(verdict, one, other) == Some(kind) {
                pairs.extend([*one, *other]);
            }
        }
    }
    // A child repeats its parent's legs: only what it did itself is its own fact.
    if pairs.iter().any(|scan| scan.code.as_ref() == Ok(code)) {
        pairs.sort_by_key(|scan| (scan.at, scan.by));
        verdict.raise_code(kind, code, &pairs, Certainty::Sure);
    }
}

/// Which kind two legs of one seller make; none when they are one leg.
fn two_legs(verdict: &Verdict<'_>, one: &Scan<'_>, other: &Scan<'_>) -> Option<Kind> {
    if one.reference() == other.reference() {
        return None;
    }
    if one.movement.basis == other.movement.basis {
        return Some(Kind::DuplicateMovement);
    }
    let kind_of = |scan: &Scan<'_>| verdict.references.bases.get(&scan.movement.basis).map(|basis| basis.kind);
    match (kind_of(one)?, kind_of(other)?) {
        (BasisKind::Order, BasisKind::Order) => Some(Kind::DoubleAllocation),
        (BasisKind::Contract, BasisKind::Contract) => Some(Kind::ClonedCode),
        (BasisKind::Order, BasisKind::Contract) | (BasisKind::Contract, BasisKind::Order) => None,
    }
}

/// Held below zero at the sorting member: provisional, since the inbound terminal may not have synced.
fn sort_without_inbound(verdict: &mut Verdict<'_>, code: &PackageCode, trail: &[&Scan<'_>]) {
    let own_sorts = trail.iter().filter(|scan| scan.stage == Stage::Sort && scan.code.as_ref() == Ok(code));
    let own_sorts: Vec<&Scan<'_>> = own_sorts.filter(|scan| scan.counts()).copied().collect();
    let arrived_at: BTreeSet<_> = trail.iter().filter(|scan| !scan.stage.sends()).map(|scan| scan.member).collect();
    let references = verdict.references;
    let pack = references.codes.get(code).and_then(|record| references.packs.get(&record.pack));
    let origin = pack.and_then(|pack| references.bases.get(&pack.basis)).map(|basis| &basis.seller);
    for scan in own_sorts {
        if origin != Some(scan.member) && !arrived_at.contains(scan.member) {
            verdict.raise_document(Kind::SortWithoutInbound, scan, Certainty::Since(scan.at));
        }
    }
}
