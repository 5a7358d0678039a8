//! A scan against members, products, places and carriers, as they were when it happened.

use super::verdict::{Certainty, Verdict};
use crate::mismatch::Kind;
use crate::reference::{GoodsClass, Listing, Market, Member, MemberStatus, Role};
use crate::trail::{CodeNo, Scan};

pub(super) fn judge(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    for scan in &index.scans {
        let Ok(code) = scan.code else { continue };
        // Returns to the seller and reports are never blocked; a repeat says nothing new.
        if scan.repeat || scan.stage.returns() {
            continue;
        }
        members(verdict, scan, code);
        product(verdict, scan, code);
        region(verdict, scan, code);
        carrier(verdict, scan);
    }
}

/// Who acts must be active and licensed; who sends must send to one that is. At arrival the sender may have changed since.
fn members(verdict: &mut Verdict<'_>, scan: &Scan<'_>, code: CodeNo) {
    let class = verdict.index.package(code).product.map_or(GoodsClass::Product, |(product, _)| product.class);
    if let Some(member) = scan.member_record {
        member_in_order(verdict, scan, code, member, Some(class));
    }
    if !scan.stage.sends() {
        return;
    }
    let buyer = verdict.index.parties(scan.basis).buyer;
    if let Some(buyer) = buyer.filter(|buyer| buyer.member != *scan.member) {
        member_in_order(verdict, scan, code, buyer, None);
    }
}

fn member_in_order(
    verdict: &mut Verdict<'_>,
    scan: &Scan<'_>,
    code: CodeNo,
    member: &Member,
    acts_with: Option<GoodsClass>,
) {
    if !member.statuses.is_empty() && verdict.surely(scan, |at| member.status(at) != MemberStatus::Active) {
        verdict.raise_code(Kind::MemberNotActive, code, &[scan], Certainty::Sure);
    }
    if member.licence.is_none() && member.earlier.is_empty() {
        return;
    }
    let stage = scan.stage;
    let invalid = verdict.surely(scan, |at| match (member.licence_at(at), acts_with) {
        (None, _) => false,
        (Some(licence), Some(class)) => !licence.allows(stage, class, at),
        // Of the one who is sent to only the term is known to matter: what it may do is judged when it acts.
        (Some(licence), None) => {
            licence.until.is_some_and(|until| at >= until) || licence.from.is_some_and(|from| at < from)
        }
    });
    if invalid {
        verdict.raise_code(Kind::LicenceInvalid, code, &[scan], Certainty::Sure);
    }
}

/// The catalogue and what was stopped (trading/2022-trial art. 7, 12). Export goods are not listed here.
fn product(verdict: &mut Verdict<'_>, scan: &Scan<'_>, code: CodeNo) {
    let Some((product, _)) = verdict.index.package(code).product else { return };
    let export = verdict.index.basis(scan.basis).1.is_some_and(|basis| basis.market_at(scan.at) == Market::Export);
    if product.listings.is_empty() || export {
        return;
    }
    if verdict.surely(scan, |at| product.listing(at) == Listing::Unlisted) {
        verdict.raise_code(Kind::ProductNotListed, code, &[scan], Certainty::Sure);
    }
    if verdict.surely(scan, |at| matches!(product.listing(at), Listing::Suspended | Listing::Ended)) {
        verdict.raise_code(Kind::ProductSuspended, code, &[scan], Certainty::Sure);
    }
}

/// A wholesaler sells in its own region (logistics/2022 art. 11). Regions compare by prefix.
fn region(verdict: &mut Verdict<'_>, scan: &Scan<'_>, code: CodeNo) {
    let Some(basis) = verdict.index.basis(scan.basis).1.filter(|basis| basis.market_at(scan.at) != Market::Export)
    else {
        return;
    };
    let Some(seller) = verdict.index.parties(scan.basis).seller else { return };
    let territory = seller.region_at(scan.at);
    if territory.is_empty() || !seller.has_role(Role::Wholesaler, scan.at) {
        return;
    }
    let document = verdict.index.document(scan.document).1;
    let consignee = document.map_or(&basis.buyer, |document| &document.consignee);
    let Some(consignee) = verdict.references.members.get(consignee) else { return };
    let place = consignee.region_at(scan.at);
    if !place.is_empty() && !place.starts_with(territory) {
        verdict.raise_code(Kind::CrossRegion, code, &[scan], Certainty::Sure);
    }
}

/// The carrier on the document must be known and its papers valid (logistics/2022 art. 9, 16); who came must be the carrier.
fn carrier(verdict: &mut Verdict<'_>, scan: &Scan<'_>) {
    let index = verdict.index;
    let Some(document) = index.document(scan.document).1.filter(|document| !document.carrier.is_empty()) else {
        return;
    };
    if !scan.stage.sends() {
        return;
    }
    let carriers = &verdict.references.carriers;
    let known = carriers.get(&document.carrier);
    let invalid = |at| known.is_none_or(|known| !known.is_valid(at));
    let registered = !carriers.is_empty();
    if registered && verdict.surely(scan, invalid) {
        verdict.raise_document(Kind::CarrierInvalid, scan, Certainty::Sure);
    }
    let came = index.side((scan.basis, scan.document, scan.stage)).map_or(&[][..], |side| &side.carriers);
    if came.iter().any(|(carrier, _)| *carrier != document.carrier) {
        verdict.raise_document(Kind::CarrierInvalid, scan, Certainty::Sure);
    }
}
