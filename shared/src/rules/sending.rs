//! A package is in one place: what its sender did with it twice, what it sent without having it, where it was too soon.

use super::returns::is_returned;
use super::verdict::{Certainty, Verdict};
use crate::event::Stage;
use crate::ids::MemberId;
use crate::mismatch::Kind;
use crate::reference::BasisKind;
use crate::trail::{CodeNo, Index, Scan};

pub(super) fn judge(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    let mut trail: Vec<&Scan<'_>> = Vec::new();
    for (code, _) in index.packages() {
        if index.own_scans(code).next().is_none() {
            continue;
        }
        trail.clear();
        trail.extend(index.trail_of(code).filter(|scan| !verdict.is_explained(scan)));
        let paired = twice(verdict, code, &trail);
        sort_without_inbound(verdict, code, &trail);
        if trail.len() > 1 {
            too_soon(verdict, code, &trail);
            after_receipt(verdict, code, &trail, &paired);
        }
    }
}

/// Two live legs from one seller. A scan set aside for a kind stays its evidence. Answers the scans concerned.
fn twice(verdict: &mut Verdict<'_>, code: CodeNo, trail: &[&Scan<'_>]) -> Vec<u32> {
    let mut paired = Vec::new();
    let sends = trail.iter().filter(|scan| scan.stage.sends());
    if sends.count() < 2 {
        return paired;
    }
    for kind in [Kind::DuplicateMovement, Kind::DoubleAllocation, Kind::ClonedCode] {
        let live = |scan: &&&Scan<'_>| {
            scan.stage.sends() && scan.counts_for(kind) && !is_returned(verdict.index, code, scan, u32::MAX)
        };
        let sent: Vec<&Scan<'_>> = trail.iter().filter(live).copied().collect();
        let mut pairs: Vec<&Scan<'_>> = Vec::new();
        for (place, one) in sent.iter().enumerate() {
            let others = sent[place + 1..].iter().filter(|other| one.member == other.member);
            for other in others.filter(|other| two_legs(verdict.index, one, other) == Some(kind)) {
                pairs.extend([*one, *other]);
            }
        }
        // A child repeats its parent's legs: only what it did itself is its own fact.
        if pairs.iter().any(|scan| scan.code == Ok(code)) {
            pairs.sort_by_key(|scan| scan.place);
            pairs.dedup_by_key(|scan| scan.place);
            verdict.raise_code(kind, code, &pairs, Certainty::Sure);
            paired.extend(pairs.iter().map(|scan| scan.place));
            // One fact raises one kind: what was sent a second time is not too much on its line as well.
            pairs.iter().skip(1).filter(|scan| scan.code == Ok(code)).for_each(|scan| verdict.explain(scan));
        }
    }
    paired
}

/// Which kind two legs of one seller make; none when they are one leg, or follow one another from site to site.
fn two_legs(index: &Index<'_>, one: &Scan<'_>, other: &Scan<'_>) -> Option<Kind> {
    if one.leg() == other.leg() {
        return None;
    }
    if one.basis == other.basis {
        return Some(Kind::DuplicateMovement);
    }
    let kind_of = |scan: &Scan<'_>| index.basis(scan.basis).1.map(|basis| basis.kind);
    match (kind_of(one)?, kind_of(other)?) {
        (BasisKind::Order, BasisKind::Order) => Some(Kind::DoubleAllocation),
        (BasisKind::Contract, BasisKind::Contract) => Some(Kind::ClonedCode),
        _ => None,
    }
}

/// Held below zero at the sorting member: provisional, since the inbound terminal may not have synced. Where goods move between
/// sites, each site holds only what arrived there and did not leave it.
fn sort_without_inbound(verdict: &mut Verdict<'_>, code: CodeNo, trail: &[&Scan<'_>]) {
    let index = verdict.index;
    for scan in trail.iter().filter(|scan| scan.stage == Stage::Sort && scan.code == Ok(code) && scan.counts()) {
        let own = || trail.iter().filter(|other| other.member == scan.member && other.counts());
        let transfers = || own().filter(|other| other.stage == Stage::TransferOut);
        let moved = transfers().next().is_some();
        let arrived = own().filter(|other| other.stage.arrives() && (!moved || other.site == scan.site)).count();
        let given_away = transfers().filter(|other| other.site == scan.site).count();
        let began_here = origin(index, code) == Some(scan.member) && transfers().all(|other| other.site == scan.site);
        if arrived + usize::from(began_here) <= given_away {
            verdict.raise_document(Kind::SortWithoutInbound, scan, Certainty::Since(scan.at));
        }
    }
}

/// Who has a package from the beginning: the seller of the contract line that its pack was issued for (`settled.md` 17).
pub(super) fn origin<'a>(index: &Index<'a>, code: CodeNo) -> Option<&'a MemberId> {
    let pack = index.package(code).pack?;
    index.references.bases.get(&pack.basis).map(|basis| &basis.seller)
}

/// At two sites sooner than travel allows, both times sure.
fn too_soon(verdict: &mut Verdict<'_>, code: CodeNo, trail: &[&Scan<'_>]) {
    let own: Vec<&Scan<'_>> =
        trail.iter().filter(|scan| scan.code == Ok(code) && scan.window.is_none()).copied().collect();
    for pair in own.windows(2) {
        let [one, other] = pair else { continue };
        let soon = other.at.as_ms().saturating_sub(one.at.as_ms()) < verdict.limits.travel_ms;
        if soon && are_apart(verdict.index, one, other) {
            verdict.raise_code(Kind::ClonedCode, code, &[one, other], Certainty::Sure);
        }
    }
}

/// Whether two scans were made at sites that do not lie in one region. A consignor's list says no site.
fn are_apart(index: &Index<'_>, one: &Scan<'_>, other: &Scan<'_>) -> bool {
    if one.site == other.site || one.site.as_str().is_empty() || other.site.as_str().is_empty() {
        return false;
    }
    let region = |scan: &Scan<'_>| index.references.sites.get(scan.site).map_or("", |site| site.region_at(scan.at));
    let (here, there) = (region(one), region(other));
    here.is_empty() || there.is_empty() || here != there
}

/// Goods that a retailer took in do not move again without a return.
fn after_receipt(verdict: &mut Verdict<'_>, code: CodeNo, trail: &[&Scan<'_>], paired: &[u32]) {
    let Some(receipt) = trail.iter().find(|scan| scan.stage == Stage::Receipt && scan.counts()) else { return };
    let returned =
        |until: u32| trail.iter().any(|scan| scan.stage.returns() && (receipt.place..until).contains(&scan.place));
    let again = trail.iter().filter(|scan| scan.place > receipt.place && scan.code == Ok(code) && scan.counts());
    for scan in again.filter(|scan| !matches!(scan.stage, Stage::Receipt) && !scan.stage.returns()) {
        let past = receipt.bounds().1;
        if !paired.contains(&scan.place) && !returned(scan.place) && verdict.surely(scan, |at| at > past) {
            verdict.raise_code(Kind::ClonedCode, code, &[receipt, scan], Certainty::Sure);
        }
    }
}
