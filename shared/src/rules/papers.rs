//! The document that goes with the goods: is it there, is it complete, do all documents together stay within their basis.

use std::collections::{BTreeMap, BTreeSet};

use super::verdict::{Certainty, Verdict};
use crate::event::Stage;
use crate::ids::{BasisId, ProductId};
use crate::mismatch::{Kind, Severity};
use crate::reference::ShippingDocument;
use crate::trail::Scan;

pub(super) fn judge(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    for scan in &index.scans {
        if !scan.repeat && scan.code.is_ok() && !scan.stage.returns() {
            document(verdict, scan);
        }
    }
    exceed_basis(verdict);
}

fn document(verdict: &mut Verdict<'_>, scan: &Scan<'_>) {
    let Ok(code) = scan.code else { return };
    match verdict.index.document(scan.document).1 {
        Some(document) if document.absent => {
            let severity = if scan.stage.sends() { Severity::Block } else { Severity::Hold };
            verdict.raise_code_as(Kind::DocumentMissing, code, &[scan], Certainty::Sure, Some(severity));
        }
        Some(document) if document.is_incomplete() => {
            verdict.raise_code(Kind::DocumentIncomplete, code, &[scan], Certainty::Sure);
        }
        None if needs_note(verdict, scan) => {
            verdict.raise_code(Kind::DocumentMissing, code, &[scan], Certainty::Sure);
        }
        Some(_) | None => {}
    }
}

/// Goods leave a factory with a note (logistics/2022 art. 7, 8); one that this terminal reserved is drafted at the close.
/// A sort may come before its delivery note, and an arrival may know more than we do.
fn needs_note(verdict: &Verdict<'_>, scan: &Scan<'_>) -> bool {
    // A transfer's basis is itself a note.
    let leaves = scan.stage == Stage::Outbound;
    let side = verdict.index.side((scan.basis, scan.document, scan.stage));
    let to_be_drafted = side.is_some_and(|side| side.reserved && side.final_close.is_none());
    leaves && !to_be_drafted && verdict.index.basis(scan.basis).1.is_some()
}

/// The documents split from one basis together keep to it, line by line (logistics/2022 art. 30).
fn exceed_basis(verdict: &mut Verdict<'_>) {
    let mut of_basis: BTreeMap<&BasisId, Vec<&ShippingDocument>> = BTreeMap::new();
    for document in verdict.index.known_documents() {
        of_basis.entry(&document.basis).or_default().push(document);
    }
    for (id, documents) in of_basis {
        let Some(basis) = verdict.references.bases.get(id) else { continue };
        let basis = basis.version(verdict.now, u64::MAX);
        let lines = documents.iter().flat_map(|document| &document.lines);
        let products: BTreeSet<&ProductId> = lines.map(|line| &line.product).collect();
        for product in products {
            let said = documents.iter().fold(0_u64, |sum, document| sum.saturating_add(document.units_of(product)));
            let beyond = said.saturating_sub(basis.units_of(product));
            if beyond > 0 {
                verdict.raise_basis_line(Kind::DocumentsExceedBasis, id, product, beyond);
            }
        }
    }
}
