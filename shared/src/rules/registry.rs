//! What the registry says of a code: never issued, not yet imported, not in use, cancelled, of a lost pack, ended, for export, of a
//! product that the basis does not have.

use std::collections::BTreeMap;

use super::verdict::{Certainty, Verdict};
use crate::code::PackageCode;
use crate::event::{Act, ReportKind};
use crate::ids::PackId;
use crate::mismatch::Kind;
use crate::reference::{Basis, Market, Pack, Registry};
use crate::time::Timestamp;
use crate::trail::{CodeNo, Fact, Index, Package, Scan, Token};

pub(super) fn judge(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    let activated = activated(&index.others);
    let destroyed = destroyed(index);
    let exports = index.bases().any(Basis::is_ever_export);
    for (code, _) in index.packages() {
        for scan in index.own_scans(code) {
            if verdict.is_explained(scan) {
                continue;
            }
            let known =
                registered(verdict, code, scan) && !cancelled(verdict, code, scan) && !frozen(verdict, code, scan);
            if known && product_on_basis(verdict, code, scan) {
                inactive(verdict, code, scan, &activated);
                ended(verdict, code, scan, destroyed.get(&code).copied(), exports);
            }
        }
    }
}

/// When each pack was first put into use.
pub(super) fn activated<'a>(others: &[&'a Fact]) -> BTreeMap<&'a PackId, Timestamp> {
    let mut activated = BTreeMap::new();
    for fact in others {
        if let Act::PackActivated { pack } = &fact.act {
            // Facts are in order: the first one counts.
            activated.entry(pack).or_insert(fact.at);
        }
    }
    activated
}

/// Packages reported destroyed, and when first.
pub(super) fn destroyed(index: &Index<'_>) -> BTreeMap<CodeNo, Timestamp> {
    let mut destroyed = BTreeMap::new();
    for fact in &index.others {
        let Act::Report(report) = &fact.act else { continue };
        let code = report.text.as_deref().and_then(|text| index.read(text));
        if let Some(code) = code.filter(|_| report.what == ReportKind::Destroyed) {
            destroyed.entry(code).or_insert(fact.at);
        }
    }
    destroyed
}

/// Whether the scan's code may be judged further: registered, or to be registered yet.
fn registered(verdict: &mut Verdict<'_>, code: CodeNo, scan: &Scan<'_>) -> bool {
    let package = verdict.index.package(code);
    if package.record.is_some() {
        return true;
    }
    let product = package.product.map(|(product, _)| product.registry_at(scan.at));
    if product == Some(Registry::Complete) || verdict.references.is_complete_for(&package.code, scan.at) {
        verdict.explain(scan);
        verdict.raise_code(Kind::UnknownCode, code, &[scan], Certainty::Sure);
        return false;
    }
    if product.is_some() || is_opaque(&package.code) {
        verdict.raise_document(Kind::UnregisteredCode, scan, Certainty::Open);
    }
    true
}

/// The product of such a code is known from its pack alone: before that comes nothing speaks against its product.
const fn is_opaque(code: &PackageCode) -> bool {
    matches!(code, PackageCode::Opaque { .. })
}

fn cancelled(verdict: &mut Verdict<'_>, code: CodeNo, scan: &Scan<'_>) -> bool {
    let Some(end) = cancelled_at(verdict.index.package(code)) else { return false };
    let cancelled = verdict.surely(scan, |at| at >= end);
    if cancelled {
        verdict.explain(scan);
        verdict.raise_code(Kind::CancelledCode, code, &[scan], Certainty::Sure);
    }
    cancelled
}

/// When a code was cancelled, or another label took its place.
pub(super) fn cancelled_at(package: &Package<'_>) -> Option<Timestamp> {
    package.record.and_then(|record| record.cancelled_at).into_iter().chain(package.replaced_at).min()
}

/// A pack that is lost freezes its codes until it is released (traceability/2022 art. 22).
fn frozen(verdict: &mut Verdict<'_>, code: CodeNo, scan: &Scan<'_>) -> bool {
    let Some(pack) = verdict.index.package(code).pack else { return false };
    let freezes = |(lost_at, released_at): (Timestamp, Option<Timestamp>)| {
        let released = |at| released_at.is_some_and(|released| at >= released);
        !in_use_before(verdict.index, code, pack, lost_at) && verdict.surely(scan, |at| !released(at))
    };
    if !pack.freezes().any(freezes) {
        return false;
    }
    verdict.explain(scan);
    verdict.raise_code(Kind::FrozenCode, code, &[scan], Certainty::Sure);
    true
}

/// Only an effective association or movement before the loss takes a code out of the freeze (`settled.md` 5).
pub(super) fn in_use_before(index: &Index<'_>, code: CodeNo, pack: &Pack, lost_at: Timestamp) -> bool {
    let package = index.package(code);
    // What the registry associates has no event: it holds from when the registry learned of it.
    let registered_at = package.record.and_then(|record| record.associated_at).unwrap_or(pack.issued_at);
    let from = |token: &Token| if token.by.is_some() { token.from } else { registered_at };
    package.tokens.iter().any(|token| from(token) < lost_at) || index.own_scans(code).any(|scan| scan.at < lost_at)
}

/// A code of a pack that must be put into use first was neither (traceability/2022 art. 18).
fn inactive(verdict: &mut Verdict<'_>, code: CodeNo, scan: &Scan<'_>, activated: &BTreeMap<&PackId, Timestamp>) {
    let Some(pack) = verdict.index.package(code).pack.filter(|pack| pack.inactive) else { return };
    let Some(first) = put_into_use(verdict.index, code, pack, activated) else {
        verdict.raise_code(Kind::InactiveCode, code, &[scan], Certainty::Sure);
        return;
    };
    if verdict.surely(scan, |at| at < first) {
        verdict.raise_code(Kind::InactiveCode, code, &[scan], Certainty::Sure);
    }
}

/// When a code of such a pack was put into use: with its pack, or by an association.
pub(super) fn put_into_use(
    index: &Index<'_>,
    code: CodeNo,
    pack: &Pack,
    activated: &BTreeMap<&PackId, Timestamp>,
) -> Option<Timestamp> {
    let package = index.package(code);
    let in_use = activated.get(&pack.pack).copied();
    let associated = package.tokens.iter().map(|token| token.from).min();
    let held = package.children.iter().flat_map(|child| &index.package(*child).tokens);
    let filled = held.filter(|token| token.parent == code).map(|token| token.from).min();
    [in_use, pack.activated_at, associated, filled].into_iter().flatten().min()
}

/// A package that was destroyed or left the country moves no more; one meant for export stays out of domestic stages
/// (logistics/2022 art. 21).
fn ended(verdict: &mut Verdict<'_>, code: CodeNo, scan: &Scan<'_>, destroyed: Option<Timestamp>, exports: bool) {
    let index = verdict.index;
    let is_export =
        |scan: &Scan<'_>| index.basis(scan.basis).1.is_some_and(|basis| basis.market_at(scan.at) == Market::Export);
    let left = |sent: &&Scan<'_>| sent.stage.sends() && sent.counts() && is_export(sent);
    let exported = if exports { index.own_scans(code).find(left) } else { None };
    let exported = exported.filter(|sent| sent.basis != scan.basis).map(|sent| sent.at);
    let end = destroyed.into_iter().chain(exported).min();
    if end.is_some_and(|end| verdict.surely(scan, |at| at > end)) {
        verdict.raise_code(Kind::MovementAfterEnd, code, &[scan], Certainty::Sure);
        return;
    }
    let package = index.package(code);
    let issued_for = package.pack.and_then(|pack| {
        let basis = index.references.bases.get(&pack.basis)?;
        Some(basis.market_at(pack.issued_at))
    });
    let meant = package.product.is_some_and(|(product, _)| product.market == Market::Export);
    if (meant || issued_for == Some(Market::Export)) && !is_export(scan) && !scan.stage.returns() {
        verdict.raise_code(Kind::ExportDiverted, code, &[scan], Certainty::Sure);
    }
}

/// Whether the basis has the product of the code. What it does not have is no part of its lines.
fn product_on_basis(verdict: &mut Verdict<'_>, code: CodeNo, scan: &Scan<'_>) -> bool {
    let index = verdict.index;
    let Some(basis) = index.basis(scan.basis).1 else { return true };
    let package = index.package(code);
    let basis = basis.version(scan.at, u64::MAX);
    let has = match package.product {
        Some((product, _)) => basis.has(&product.product),
        // A logistic unit has no product of its own: what is inside it counts.
        None if package.is_parent_level() => package
            .children
            .iter()
            .all(|child| index.package(*child).product.is_none_or(|(product, _)| basis.has(&product.product))),
        None => package.record.is_none() && is_opaque(&package.code),
    };
    if !has {
        verdict.explain(scan);
        verdict.raise_code(Kind::ProductNotOnBasis, code, &[scan], Certainty::Sure);
    }
    has
}
