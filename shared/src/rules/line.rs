//! Lines of documents and bases: too much, too little, other than delivered. A unit counts once, whatever level was scanned.

use std::collections::BTreeSet;

use super::arrival::not_arrived;
use super::units::{Place, counted, units};
use super::verdict::{Certainty, Raised, Verdict};
use crate::code::PackageCode;
use crate::event::Stage;
use crate::ids::{BasisId, DocumentId, ProductId};
use crate::mismatch::{Kind, Scope, Subject};
use crate::trail::{Index, Scan};

/// One stage of one line: of a document where `document` is known, else of the basis.
struct LineAt<'v> {
    basis: &'v BasisId,
    document: &'v DocumentId,
    stage: Stage,
    product: &'v ProductId,
}

impl<'v> LineAt<'v> {
    const fn place(&self) -> Place<'v> {
        Place { basis: self.basis, document: self.document, stage: self.stage }
    }

    fn raised(&self, kind: Kind, count: u64, scans: &[&Scan<'_>], certainty: Certainty) -> Raised {
        let of = if self.document.is_none() { self.basis.as_str() } else { self.document.as_str() };
        Raised {
            kind,
            subject: Subject(format!("{of}/{} {}", self.product, self.stage.as_str())),
            scope: Scope::Basis(self.basis.clone()),
            basis: self.basis.clone(),
            document: self.document.clone(),
            count,
            codes: scans.iter().filter_map(|scan| scan.code.clone().ok()).collect(),
            events: scans.iter().map(|scan| scan.by).collect(),
            certainty,
        }
    }
}

pub(super) fn judge(verdict: &mut Verdict<'_>) {
    let references = verdict.references;
    let worked_on = verdict.index.worked_on();
    for (basis, document, stage) in &worked_on {
        let lines = references.documents.get(document).map(|found| &found.lines);
        let lines = lines.or_else(|| references.bases.get(basis).map(|found| &found.lines));
        let products: BTreeSet<&ProductId> = lines.into_iter().flatten().map(|line| &line.product).collect();
        for product in products {
            let line = LineAt { basis, document, stage: *stage, product };
            match stage {
                Stage::Outbound | Stage::Sort => {
                    over_document(verdict, &line);
                    short_sent(verdict, &line);
                }
                Stage::Inbound => short_arrived(verdict, &line),
                Stage::Receipt => receipt_differs(verdict, &line),
            }
        }
    }
    let bases: BTreeSet<&BasisId> = worked_on.iter().map(|(basis, _, _)| basis).collect();
    for basis in bases.into_iter().filter_map(|basis| references.bases.get(basis)) {
        for stage in [Stage::Outbound, Stage::Sort] {
            over_basis(verdict, basis, stage);
        }
    }
}

/// The scans that exceed `quantity`, in order of time, and the excess in units.
fn excess<'i, 'a>(
    index: &Index<'a>,
    scans: &[(&'i Scan<'a>, &'i PackageCode)],
    quantity: u64,
) -> (Vec<&'i Scan<'a>>, u64) {
    let mut total = 0;
    let mut beyond = Vec::new();
    for (scan, code) in scans {
        total += index.units_at(code, scan.at);
        if total > quantity {
            beyond.push(*scan);
        }
    }
    (beyond, total.saturating_sub(quantity))
}

fn attempted<'v>(verdict: &Verdict<'v>, line: &LineAt<'_>) -> Vec<(&'v Scan<'v>, &'v PackageCode)> {
    let explained = &verdict.explained;
    let counts = |scan: &Scan<'_>| scan.counts_for(Kind::OverQuantity) && !explained.contains(&scan.by);
    counted(verdict.index, verdict.references, line.place(), line.product, counts)
}

fn over_document(verdict: &mut Verdict<'_>, line: &LineAt<'_>) {
    let Some(document) = verdict.references.documents.get(line.document) else { return };
    let (beyond, units) = excess(verdict.index, &attempted(verdict, line), document.units_of(line.product));
    if units > 0 {
        verdict.raise(line.raised(Kind::OverQuantity, units, &beyond, Certainty::Sure));
    }
}

/// The basis line, as far as its documents' own excesses do not explain it.
fn over_basis(verdict: &mut Verdict<'_>, basis: &crate::reference::Basis, stage: Stage) {
    let documents: BTreeSet<DocumentId> = verdict
        .index
        .worked_on()
        .into_iter()
        .filter(|(of, _, at)| *of == basis.basis && *at == stage)
        .map(|(_, document, _)| document)
        .collect();
    let products: BTreeSet<&ProductId> = basis.lines.iter().map(|line| &line.product).collect();
    for product in products {
        let mut within = Vec::new();
        for document in &documents {
            let line = LineAt { basis: &basis.basis, document, stage, product };
            let mut scans = attempted(verdict, &line);
            if let Some(found) = verdict.references.documents.get(document) {
                let (beyond, _) = excess(verdict.index, &scans, found.units_of(product));
                let beyond: BTreeSet<_> = beyond.iter().map(|scan| scan.by).collect();
                scans.retain(|(scan, _)| !beyond.contains(&scan.by));
            }
            within.extend(scans);
        }
        within.sort_by_key(|(scan, _)| (scan.at, scan.by));
        let (beyond, units) = excess(verdict.index, &within, basis.units_of(product));
        if units > 0 {
            let whole = DocumentId::none();
            let line = LineAt { basis: &basis.basis, document: &whole, stage, product };
            verdict.raise(line.raised(Kind::OverQuantity, units, &beyond, Certainty::Sure));
        }
    }
}

/// The sending side is complete with less than its document says.
fn short_sent(verdict: &mut Verdict<'_>, line: &LineAt<'_>) {
    if !verdict.index.is_complete(line.basis, line.document, line.stage) {
        return;
    }
    let said = said(verdict, line);
    let sent = units(verdict.index, verdict.references, line.place(), line.product, Scan::counts);
    if sent < said {
        verdict.raise(line.raised(Kind::ShortQuantity, said - sent, &[], Certainty::Sure));
    }
}

/// What the document says of the line; the basis where there is no document.
fn said(verdict: &Verdict<'_>, line: &LineAt<'_>) -> u64 {
    let references = verdict.references;
    match references.documents.get(line.document) {
        Some(document) => document.units_of(line.product),
        None => references.bases.get(line.basis).map_or(0, |basis| basis.units_of(line.product)),
    }
}

/// The arrival side is complete with less than was sent. What was short already when it left is not raised again.
fn short_arrived(verdict: &mut Verdict<'_>, line: &LineAt<'_>) {
    if !verdict.index.is_complete(line.basis, line.document, Stage::Inbound) {
        return;
    }
    let (scans, absent, units) = absent(verdict, line);
    if units > 0 {
        let mut raised = line.raised(Kind::ShortQuantity, units, &scans, Certainty::Sure);
        raised.codes = absent;
        verdict.raise(raised);
    }
}

/// What was sent on a line and has not arrived: the sending scans, the packages, their units.
fn absent<'v>(verdict: &Verdict<'v>, line: &LineAt<'_>) -> (Vec<&'v Scan<'v>>, BTreeSet<PackageCode>, u64) {
    let index = verdict.index;
    let at = Place { stage: line.stage.counterpart(), ..line.place() };
    let buyer = verdict.references.bases.get(line.basis).map(|basis| &basis.buyer);
    let mut scans = Vec::new();
    let mut codes = BTreeSet::new();
    let mut units = 0;
    for (scan, code) in counted(index, verdict.references, at, line.product, Scan::counts) {
        let missing = not_arrived(index, code, scan, buyer);
        if !missing.is_empty() {
            scans.push(scan);
        }
        units += missing.iter().map(|code| index.units_at(code, scan.at)).sum::<u64>();
        codes.extend(missing);
    }
    (scans, codes, units)
}

/// The retailer compares and confirms (logistics/2022 art. 17): complete, and other than what was delivered.
fn receipt_differs(verdict: &mut Verdict<'_>, line: &LineAt<'_>) {
    if !verdict.index.is_complete(line.basis, line.document, Stage::Receipt) {
        return;
    }
    let (index, references) = (verdict.index, verdict.references);
    let (mut scans, absent, short) = absent(verdict, line);
    let delivered = if index.is_complete(line.basis, line.document, Stage::Sort) {
        let sorted = Place { stage: Stage::Sort, ..line.place() };
        units(index, references, sorted, line.product, Scan::counts)
    } else {
        said(verdict, line)
    };
    let explained = &verdict.explained;
    let counts = |scan: &Scan<'_>| scan.counts() && !explained.contains(&scan.by);
    let received = units(index, references, line.place(), line.product, counts);
    let differs = short.max(delivered.abs_diff(received));
    if differs == 0 {
        return;
    }
    scans.extend(counted(index, references, line.place(), line.product, counts).iter().map(|(scan, _)| *scan));
    let mut raised = line.raised(Kind::ReceiptDiffers, differs, &scans, Certainty::Sure);
    raised.codes = absent;
    verdict.raise(raised);
}
