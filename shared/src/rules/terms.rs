//! A scan against its basis: is there one, is it in force, are these its parties and products, is the trade permitted, paid, filed.

use super::verdict::{Certainty, Verdict};
use crate::mismatch::{Kind, Severity};
use crate::reference::Unpaid;
use crate::reference::{Basis, BasisKind, GoodsClass, Market, Role};
use crate::time::Timestamp;
use crate::trail::{CodeNo, Parties, Scan};

pub(super) fn judge(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    for scan in &index.scans {
        let Ok(code) = scan.code else { continue };
        if verdict.is_explained(scan) {
            continue;
        }
        let Some(basis) = index.basis(scan.basis).1 else {
            verdict.explain(scan);
            verdict.raise_code(Kind::NoBasis, code, &[scan], Certainty::Sure);
            continue;
        };
        if basis.off_platform {
            verdict.raise_code(Kind::NoBasis, code, &[scan], Certainty::Sure);
        }
        parties(verdict, scan, code, basis);
        changed(verdict, scan, code, basis);
        if !scan.stage.returns() {
            in_force(verdict, scan, code, basis);
            trade(verdict, scan, code, basis);
            papers(verdict, scan, code, basis);
        }
    }
    forbidden_trades(verdict);
}

/// Whether the acting member is the one that the stage asks of a basis.
fn is_party(basis: &Basis, scan: &Scan<'_>) -> bool {
    use crate::event::Stage;
    let acts = match scan.stage {
        Stage::Outbound | Stage::Sort | Stage::TransferOut | Stage::TransferIn | Stage::ReturnIn => &basis.seller,
        Stage::Inbound | Stage::Receipt | Stage::ReturnOut => &basis.buyer,
    };
    acts == scan.member
}

/// The acting member against the basis (logistics/2022 art. 7, 8), and the document's parties against it (art. 30).
fn parties(verdict: &mut Verdict<'_>, scan: &Scan<'_>, code: CodeNo, basis: &Basis) {
    let version = basis.version(scan.at, u64::MAX);
    if !is_party(&version, scan) {
        verdict.explain(scan);
        verdict.raise_code(Kind::WrongParty, code, &[scan], Certainty::Sure);
        return;
    }
    // A return names the document of the leg it undoes, which may be another basis's.
    let Some(document) = verdict.index.document(scan.document).1.filter(|_| !scan.stage.returns()) else { return };
    let other_consignor = !document.consignor.as_str().is_empty() && document.consignor != version.seller;
    let other_consignee = !document.consignee.as_str().is_empty() && document.consignee != version.buyer;
    if document.basis != basis.basis || other_consignor || other_consignee {
        verdict.raise_code(Kind::WrongParty, code, &[scan], Certainty::Sure);
    }
}

/// The performance period (trading/2022-trial art. 13), as amended.
fn is_in_force(basis: &Basis, at: Timestamp) -> bool {
    let begun = basis.from.is_none_or(|from| from <= at);
    let ended = basis.until.is_some_and(|until| at >= until) || basis.cancelled_at.is_some_and(|end| at >= end);
    begun && !ended
}

fn in_force(verdict: &mut Verdict<'_>, scan: &Scan<'_>, code: CodeNo, basis: &Basis) {
    if verdict.surely(scan, |at| !is_in_force(&basis.version(at, u64::MAX), at)) {
        verdict.raise_code(Kind::BasisNotInForce, code, &[scan], Certainty::Sure);
    }
}

/// Whether the version that the terminal knew and the one in force answer differently. Quantities are compared in `line`.
fn changed(verdict: &mut Verdict<'_>, scan: &Scan<'_>, code: CodeNo, basis: &Basis) {
    if basis.amendments.is_empty() {
        return;
    }
    let product = verdict.index.package(code).product.map(|(product, _)| &product.product);
    let answers = |version: &Basis| {
        let has = product.is_some_and(|product| version.has(product));
        (is_party(version, scan), is_in_force(version, scan.at), has)
    };
    let known = answers(&basis.version(scan.at, scan.data_as_of));
    if known != answers(&basis.version(scan.at, u64::MAX)) {
        verdict.raise_code(Kind::BasisChanged, code, &[scan], Certainty::Sure);
    }
}

/// What the trade itself asks: a permitted pairing, and settlement before a retail order moves.
fn trade(verdict: &mut Verdict<'_>, scan: &Scan<'_>, code: CodeNo, basis: &Basis) {
    if is_forbidden(basis, verdict.index.parties(scan.basis), scan.at) {
        verdict.raise_code(Kind::ForbiddenPairing, code, &[scan], Certainty::Sure);
    }
    let unpaid = |at| basis.unpaid && basis.paid_at.is_none_or(|paid| at < paid);
    if basis.kind == BasisKind::Order && scan.stage.sends() && verdict.surely(scan, unpaid) {
        match verdict.limits.unpaid {
            Unpaid::Warn => verdict.raise_document(Kind::UnpaidOrder, scan, Certainty::Sure),
            Unpaid::Block => {
                let block = Some(Severity::Block);
                verdict.raise_code_as(Kind::UnpaidOrder, code, &[scan], Certainty::Sure, block);
            }
        }
    }
}

/// What import and export ask: filing before the goods move (trading/2022-trial art. 5, logistics/2022 art. 22), customs papers
/// with them (art. 20, 22).
fn papers(verdict: &mut Verdict<'_>, scan: &Scan<'_>, code: CodeNo, basis: &Basis) {
    let imports =
        verdict.index.parties(scan.basis).seller.is_some_and(|seller| seller.has_role(Role::Importer, scan.at));
    if basis.market_at(scan.at) == Market::Domestic && !imports {
        return;
    }
    if basis.unfiled {
        verdict.raise_code(Kind::FilingMissing, code, &[scan], Certainty::Sure);
    }
    if basis.without_papers {
        verdict.raise_code(Kind::CustomsPapersMissing, code, &[scan], Certainty::Sure);
    }
}

/// Contracts of forbidden pairings under which nothing was scanned: goods without codes are reconciled by papers alone.
fn forbidden_trades(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    for (id, basis) in &verdict.references.bases {
        let signed = basis.signed_at.unwrap_or(verdict.now);
        let known = |party| verdict.references.members.get(party);
        let parties = Parties { seller: known(&basis.seller), buyer: known(&basis.buyer) };
        if !is_forbidden(basis, parties, signed) || index.has_scans(id) {
            continue;
        }
        let scope = crate::mismatch::Scope::Basis(id.clone());
        let mut raised = super::verdict::Raised::new(Kind::ForbiddenPairing, id.to_string(), scope, signed);
        raised.basis = Some(id.clone());
        verdict.raise(raised);
    }
}

/// Whether a contract or order pairs members that may not trade its goods (trading/2022-trial art. 6). A party that is not on
/// record is not judged.
fn is_forbidden(basis: &Basis, parties: Parties<'_>, at: Timestamp) -> bool {
    if !matches!(basis.kind, BasisKind::Contract | BasisKind::Order) {
        return false;
    }
    let (Some(seller), Some(buyer)) = (parties.seller, parties.buyer) else { return false };
    let sells = |roles: &[Role]| roles.iter().any(|role| seller.has_role(*role, at));
    let buys = |roles: &[Role]| roles.iter().any(|role| buyer.has_role(*role, at));
    !PERMITTED.iter().any(|(class, from, to)| *class == basis.class && sells(from) && buys(to))
}

/// The seven permitted trades of trading/2022-trial art. 6, by number; the sixth has a row for each goods class.
const PERMITTED: &[(GoodsClass, &[Role], &[Role])] = &[
    (GoodsClass::Leaf, &[Role::LeafDealer], &[Role::Maker, Role::Brand, Role::AerosolMaker, Role::NicotineMaker]),
    (GoodsClass::Nicotine, &[Role::NicotineMaker], &[Role::Maker, Role::Brand, Role::AerosolMaker]),
    (GoodsClass::Aerosol, &[Role::AerosolMaker], &[Role::Maker, Role::Brand]),
    (GoodsClass::Product, &[Role::ContractMaker], &[Role::Maker, Role::Brand]),
    (GoodsClass::Product, &[Role::Maker, Role::Brand], &[Role::Wholesaler]),
    (GoodsClass::Nicotine, &[Role::Importer], &[Role::Wholesaler, Role::Maker, Role::Brand]),
    (GoodsClass::Aerosol, &[Role::Importer], &[Role::Wholesaler, Role::Maker, Role::Brand]),
    (GoodsClass::Product, &[Role::Importer], &[Role::Wholesaler, Role::Maker, Role::Brand]),
    (GoodsClass::Product, &[Role::Wholesaler], &[Role::Retailer]),
];
