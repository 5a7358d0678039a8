//! Lines of documents: too much, too little, other than delivered. A unit counts once, whatever level was scanned.

use std::collections::{BTreeMap, BTreeSet};

use super::arrival::not_arrived;
use super::tally::is_live;
use super::units::{Counted, SideKey, counted, units};
use super::verdict::{Certainty, Raised, Verdict};
use crate::event::{Act, ReportKind, Stage};
use crate::ids::{BasisId, DocumentId, EventRef, ProductId};
use crate::mismatch::Kind;
use crate::reference::Line;
use crate::time::Timestamp;
use crate::trail::{CodeNo, Index, Place, Scan};

/// Units that documents are already short of, by (basis, stage, product): the basis is not short of them again.
pub(super) type Shortfalls<'a> = BTreeMap<(&'a BasisId, Stage, &'a ProductId), u64>;

pub(super) fn judge<'a>(verdict: &mut Verdict<'a>) -> Shortfalls<'a> {
    let index = verdict.index;
    let mut shortfalls = Shortfalls::new();
    for (side, _) in index.sides() {
        for product in products(index, side) {
            match side.2 {
                Stage::Outbound | Stage::Sort | Stage::TransferOut => {
                    over_document(verdict, side, product);
                    let short = short_sent(verdict, side, product);
                    *shortfalls.entry((index.basis(side.0).0, side.2, product)).or_default() += short;
                }
                Stage::Inbound | Stage::TransferIn => short_arrived(verdict, side, product),
                Stage::Receipt => receipt_differs(verdict, side, product),
                Stage::ReturnOut | Stage::ReturnIn => {}
            }
        }
    }
    refused(verdict);
    shortfalls
}

/// The lines that a side works off: the document's, else the basis's.
fn lines<'a>(index: &Index<'a>, (basis, document, _): SideKey) -> Option<&'a [Line]> {
    let document = index.document(document).1.map(|document| document.lines.as_slice());
    document.or_else(|| index.basis(basis).1.map(|basis| basis.lines.as_slice()))
}

fn products<'a>(index: &Index<'a>, side: SideKey) -> BTreeSet<&'a ProductId> {
    lines(index, side).into_iter().flatten().map(|line| &line.product).collect()
}

/// What the document says of a product; the basis where there is no document.
fn said(index: &Index<'_>, side: SideKey, product: &ProductId) -> u64 {
    let own = lines(index, side).into_iter().flatten().filter(|line| line.product == *product);
    own.fold(0, |sum, line| sum.saturating_add(line.units))
}

/// A mismatch on one stage of one line, of a document where it is known, else of its basis.
pub(super) fn raised(
    kind: Kind,
    (basis, document, stage): (&BasisId, &DocumentId, Stage),
    product: &ProductId,
    count: u64,
    scans: &[&Scan<'_>],
    now: Timestamp,
) -> Raised {
    let of = if document.is_none() { basis.as_str() } else { document.as_str() };
    let at = scans.iter().map(|scan| scan.at).max().unwrap_or(now);
    let mut raised = Raised::under(kind, format!("{of}/{product} {}", stage.as_str()), (basis, document), at);
    raised.count = count;
    raised.codes = scans.iter().filter_map(|scan| scan.code.as_ref().ok().copied()).collect();
    raised.events = scans.iter().map(|scan| scan.by).collect();
    raised
}

fn raise(
    verdict: &mut Verdict<'_>,
    kind: Kind,
    side: SideKey,
    product: &ProductId,
    count: u64,
    (scans, codes): (&[&Scan<'_>], Option<Vec<CodeNo>>),
) {
    let index = verdict.index;
    let place = (index.basis(side.0).0, index.document(side.1).0, side.2);
    let closed_at = index.side(side).and_then(|side| side.final_close).unwrap_or(verdict.now);
    let mut raised = raised(kind, place, product, count, scans, closed_at);
    raised.codes = codes.unwrap_or(raised.codes);
    verdict.raise(raised);
}

/// The scans that exceed `quantity`, in order of time, and the excess in units.
pub(super) fn excess<'i, 'a>(index: &Index<'a>, scans: &[Counted<'i, 'a>], quantity: u64) -> (Vec<&'i Scan<'a>>, u64) {
    let mut total: u64 = 0;
    let mut beyond = Vec::new();
    for (scan, code) in scans {
        total = total.saturating_add(index.units_at(*code, scan.at));
        if total > quantity {
            beyond.push(*scan);
        }
    }
    (beyond, total.saturating_sub(quantity))
}

/// The same in a slice, where `before` units stand on the line beside it: only the newest scan can be the one too much.
pub(super) fn excess_beside<'i, 'a>(
    index: &Index<'a>,
    scans: &[Counted<'i, 'a>],
    quantity: u64,
    (focus, before): (Option<EventRef>, u64),
) -> (Vec<&'i Scan<'a>>, u64) {
    let total = before.saturating_add(units(index, scans));
    let over = total.saturating_sub(quantity);
    let is_beyond = |scan: &&Scan<'_>| over > 0 && focus == Some(scan.by);
    (scans.iter().map(|(scan, _)| *scan).filter(is_beyond).collect(), over)
}

/// The scans that are too much on their document, and by how many units.
pub(super) fn beyond_document<'i, 'a>(
    index: &Index<'a>,
    side: SideKey,
    product: &ProductId,
    scans: &[Counted<'i, 'a>],
) -> Option<(Vec<&'i Scan<'a>>, u64)> {
    let quantity = index.document(side.1).1?.units_of(product);
    let Some(beside) = index.beside else { return Some(excess(index, scans, quantity)) };
    let before = beside.sums.line(&place(index, side), product).attempted;
    Some(excess_beside(index, scans, quantity, (beside.focus, before)))
}

/// A side by its ids.
pub(super) fn place(index: &Index<'_>, side: SideKey) -> Place {
    (index.basis(side.0).0.clone(), index.document(side.1).0.clone(), side.2)
}

/// What was tried on a side: what went on, and what was set aside just for being too much.
pub(super) fn attempted<'v>(verdict: &Verdict<'v>, side: SideKey, product: &ProductId) -> Vec<Counted<'v, 'v>> {
    attempted_by_product(verdict, side).remove(product).unwrap_or_default()
}

/// The same, of each product.
pub(super) fn attempted_by_product<'v>(
    verdict: &Verdict<'v>,
    side: SideKey,
) -> BTreeMap<&'v ProductId, Vec<Counted<'v, 'v>>> {
    let index = verdict.index;
    let counts = |scan: &Scan<'_>| {
        let stands = is_live(index, scan) || scan.set_aside.is_some();
        scan.counts_for(Kind::OverQuantity) && stands && !verdict.is_explained(scan)
    };
    counted(index, side, counts)
}

fn over_document(verdict: &mut Verdict<'_>, side: SideKey, product: &ProductId) {
    let Some((beyond, over)) = beyond_document(verdict.index, side, product, &attempted(verdict, side, product)) else {
        return;
    };
    if over > 0 {
        verdict.is_over = true;
        raise(verdict, Kind::OverQuantity, side, product, over, (&beyond, None));
    }
}

/// The sending side is complete with less than its document says. Answers by how much.
fn short_sent(verdict: &mut Verdict<'_>, side: SideKey, product: &ProductId) -> u64 {
    let index = verdict.index;
    if !index.is_side_complete(side) {
        return 0;
    }
    let said = said(index, side, product);
    let short = said.saturating_sub(super::tally::units_of(index, side, product, Scan::counts));
    if short > 0 {
        raise(verdict, Kind::ShortQuantity, side, product, short, (&[], None));
    }
    short
}

/// The arrival side is complete with less than was sent. What was short already when it left is not raised again; while the
/// consignor's scans are not all in, the document says what should have come.
fn short_arrived(verdict: &mut Verdict<'_>, side: SideKey, product: &ProductId) {
    let index = verdict.index;
    if !index.is_side_complete(side) {
        return;
    }
    let (scans, absent, mut short) = absent(index, side, product);
    if !index.is_side_complete((side.0, side.1, side.2.counterpart())) {
        let came = super::tally::units_of(index, side, product, Scan::counts);
        short = short.max(said(index, side, product).saturating_sub(came));
    }
    if short > 0 {
        raise(verdict, Kind::ShortQuantity, side, product, short, (&scans, Some(absent)));
    }
}

/// What was sent on a line and has not arrived: the sending scans, the packages, their units.
fn absent<'v>(index: &'v Index<'v>, side: SideKey, product: &ProductId) -> (Vec<&'v Scan<'v>>, Vec<CodeNo>, u64) {
    let sent = (side.0, side.1, side.2.counterpart());
    let (mut scans, mut codes, mut short) = (Vec::new(), Vec::new(), 0_u64);
    for (scan, code) in counted(index, sent, Scan::counts).remove(product).unwrap_or_default() {
        let missing = not_arrived(index, code, scan);
        if !missing.is_empty() {
            scans.push(scan);
        }
        short = missing.iter().fold(short, |sum, code| sum.saturating_add(index.units_at(*code, scan.at)));
        codes.extend(missing);
    }
    (scans, codes, short)
}

/// The retailer compares and confirms (logistics/2022 art. 17): complete, and packages that were sorted did not come. While nobody
/// knows what was sorted, the line says by how much the receipt differs from the paper.
fn receipt_differs(verdict: &mut Verdict<'_>, side: SideKey, product: &ProductId) {
    let index = verdict.index;
    if !index.is_side_complete(side) {
        return;
    }
    let sorted = (side.0, side.1, Stage::Sort);
    let sent = counted(index, sorted, Scan::counts).remove(product).unwrap_or_default();
    for (scan, code) in &sent {
        for absent in not_arrived(index, *code, scan) {
            verdict.raise_code(Kind::ReceiptDiffers, absent, &[*scan], Certainty::Sure);
        }
    }
    if sent.is_empty() && !index.is_side_complete(sorted) {
        let counts = |scan: &Scan<'_>| scan.counts() && !verdict.is_explained(scan);
        let received = counted(index, side, counts).remove(product).unwrap_or_default();
        let beside = index.beside.map_or(0, |beside| beside.sums.line(&place(index, side), product).counted);
        let came = units(index, &received).saturating_add(beside);
        let differs = said(index, side, product).abs_diff(came);
        if differs > 0 {
            let scans: Vec<&Scan<'_>> = received.iter().map(|(scan, _)| *scan).collect();
            raise(verdict, Kind::ReceiptDiffers, side, product, differs, (&scans, None));
        }
    }
}

/// Goods that a retailer refused.
fn refused(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    for fact in &index.others {
        let Act::Report(report) = &fact.act else { continue };
        let code = report.text.as_deref().and_then(|text| index.read(text));
        if let Some(code) = code.filter(|_| report.what == ReportKind::Refused) {
            verdict.raise_code_fact(Kind::ReceiptDiffers, code, fact);
        }
    }
}
