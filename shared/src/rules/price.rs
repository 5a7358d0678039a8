//! Prices against what the platform publishes (trading/2022-trial art. 9, 11). Only products of the domestic market have published
//! prices: aerosol and nicotine are left to the market (art. 10).

use super::verdict::Verdict;
use crate::mismatch::Kind;
use crate::reference::{Basis, BasisKind, GoodsClass, Line, Market};

/// Notice of a change comes at least this many months before it (trading/2022-trial art. 11).
const NOTICE_MONTHS: u32 = 3;

pub(super) fn judge(verdict: &mut Verdict<'_>) {
    let references = verdict.references;
    for basis in references.bases.values() {
        let trade = matches!(basis.kind, BasisKind::Contract | BasisKind::Order);
        let published = basis.class == GoodsClass::Product && basis.market != Market::Export;
        if trade && published {
            for line in &basis.lines {
                judge_line(verdict, basis, line);
            }
        }
    }
}

fn judge_line(verdict: &mut Verdict<'_>, basis: &Basis, line: &Line) {
    let Some(product) = verdict.references.products.get(&line.product) else { return };
    let Some(price) = basis
        .signed_at
        .filter(|signed| *signed <= verdict.now)
        .and_then(|signed| product.price(basis.price_kind(), signed))
    else {
        return;
    };
    if line.fen.is_some_and(|fen| fen != price.fen) {
        verdict.raise_basis_line(Kind::PriceDiffers, &basis.basis, &line.product, 1);
    }
    if price.announced.is_some_and(|announced| price.from < announced.plus_months(NOTICE_MONTHS)) {
        verdict.raise_basis_line(Kind::PriceChangeUnannounced, &basis.basis, &line.product, 1);
    }
}
