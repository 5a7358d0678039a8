//! Packages to units: a unit counts once, whatever level was scanned.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::ProductId;
use crate::reference::Level;
use crate::trail::{CodeNo, Index, Scan};

/// One (basis, document, stage), by numbers.
pub(super) type SideKey = (crate::trail::BasisNo, crate::trail::DocumentNo, crate::event::Stage);

/// A scan that counts, and the package of one product that it stands for.
pub(super) type Counted<'i, 'a> = (&'i Scan<'a>, CodeNo);

/// Scans that count on a side by product, in order. A package beside one that holds it is left out; a logistic unit stands for
/// what is in it.
pub(super) fn counted<'i, 'a>(
    index: &'i Index<'a>,
    side: SideKey,
    counts: impl Fn(&Scan<'a>) -> bool,
) -> BTreeMap<&'a ProductId, Vec<Counted<'i, 'a>>> {
    let scans = index.scans_at(side).filter(|scan| counts(scan));
    let here: Vec<Counted<'i, 'a>> = scans.filter_map(|scan| Some((scan, *scan.code.as_ref().ok()?))).collect();
    let codes: BTreeSet<CodeNo> = here.iter().map(|(_, code)| *code).collect();
    let mut by_product: BTreeMap<&ProductId, Vec<Counted<'i, 'a>>> = BTreeMap::new();
    for (scan, code) in here {
        if is_inside_any(index, code, &codes, scan) {
            continue;
        }
        for package in of_products(index, code, scan) {
            let Some((product, _)) = index.package(package).product else { continue };
            by_product.entry(&product.product).or_default().push((scan, package));
        }
    }
    by_product
}

/// Whether one of `codes` holds a package, directly or through others.
fn is_inside_any(index: &Index<'_>, code: CodeNo, codes: &BTreeSet<CodeNo>, scan: &Scan<'_>) -> bool {
    let mut inner = code;
    // A registry nests four levels at most; a loop in it ends here.
    for _ in 0..4 {
        let tokens = &index.package(inner).tokens;
        let Some(token) = tokens.iter().find(|token| token.held_at(scan.at)) else { return false };
        if codes.contains(&token.parent) {
            return true;
        }
        inner = token.parent;
    }
    false
}

/// The packages with a product that a package stands for: itself, or what is in a logistic unit.
fn of_products(index: &Index<'_>, code: CodeNo, scan: &Scan<'_>) -> Vec<CodeNo> {
    let package = index.package(code);
    if package.product.is_some() || !package.is_parent_level() {
        return vec![code];
    }
    index.inside_at(code, scan.at).collect()
}

/// Units of counted scans.
pub(super) fn units(index: &Index<'_>, counted: &[Counted<'_, '_>]) -> u64 {
    counted.iter().fold(0, |sum: u64, (scan, code)| sum.saturating_add(index.units_at(*code, scan.at)))
}

/// Units among them whose own label was scanned, not inferred from their case.
pub(super) fn verified(index: &Index<'_>, counted: &[Counted<'_, '_>]) -> u64 {
    let is_unit = |code: CodeNo| index.package(code).product.is_some_and(|(_, level)| level.level == Level::Unit);
    counted.iter().filter(|(_, code)| is_unit(*code)).count() as u64
}
