//! What the registry says of a code: never issued, not yet imported, of a lost pack, of a product that the basis does not have.

use super::verdict::{Certainty, Verdict};
use crate::code::PackageCode;
use crate::mismatch::Kind;
use crate::reference::{References, Registry};
use crate::time::Timestamp;
use crate::trail::{Index, Scan};

pub(super) fn judge(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    for code in index.codes() {
        let scans: Vec<&Scan<'_>> =
            index.own_scans(code).filter(|scan| !verdict.explained.contains(&scan.by)).collect();
        if scans.is_empty() {
            continue;
        }
        if let Some((kind, certainty)) = registered(verdict.references, index, code) {
            verdict.raise_code(kind, code, &scans, certainty);
            if kind != Kind::UnregisteredCode {
                verdict.explained.extend(scans.iter().map(|scan| scan.by));
                continue;
            }
        }
        product_on_basis(verdict, code, &scans);
    }
}

fn registered(references: &References, index: &Index<'_>, code: &PackageCode) -> Option<(Kind, Certainty)> {
    let Some(record) = references.codes.get(code) else {
        let (product, _) = references.product_of(code)?;
        return Some(match product.registry {
            Registry::Complete => (Kind::UnknownCode, Certainty::Sure),
            Registry::Open => (Kind::UnregisteredCode, Certainty::Open),
        });
    };
    let (_, lost_at) = references.packs.get(&record.pack)?.loss?;
    (!in_use_before(references, index, code, lost_at)).then_some((Kind::FrozenCode, Certainty::Sure))
}

/// Only an effective association or movement before the loss takes a code out of the freeze (traceability/2022 art. 22).
fn in_use_before(references: &References, index: &Index<'_>, code: &PackageCode, lost_at: Timestamp) -> bool {
    let Some(record) = references.codes.get(code) else { return false };
    let issued_at = references.packs.get(&record.pack).map(|pack| pack.issued_at);
    let associated = record.parent.is_some() && issued_at.is_some_and(|issued| issued < lost_at);
    associated || index.own_scans(code).any(|scan| scan.at < lost_at)
}

fn product_on_basis(verdict: &mut Verdict<'_>, code: &PackageCode, scans: &[&Scan<'_>]) {
    let references = verdict.references;
    let product = references.product_of(code).map(|(product, _)| &product.product);
    let off = |scan: &&&Scan<'_>| {
        let basis = references.bases.get(&scan.movement.basis);
        basis.is_some_and(|basis| !product.is_some_and(|product| basis.has(product)))
    };
    let off: Vec<&Scan<'_>> = scans.iter().filter(off).copied().collect();
    verdict.explained.extend(off.iter().map(|scan| scan.by));
    verdict.raise_code(Kind::ProductNotOnBasis, code, &off, Certainty::Sure);
}
