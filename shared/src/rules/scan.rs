//! What one scan alone shows: a text that is no code, a scan said before, a basis nobody knows, a product no line has.

use std::collections::BTreeSet;

use super::verdict::{Certainty, Raised, Verdict};
use crate::mismatch::{Kind, Scope, Subject};
use crate::trail::Scan;

pub(super) fn judge(verdict: &mut Verdict<'_>) {
    let index = verdict.index;
    for scan in &index.scans {
        if scan.code.is_err() {
            malformed(verdict, scan);
        } else if scan.repeat {
            verdict.explained.insert(scan.by);
            verdict.raise_document(Kind::RepeatedScan, scan, Certainty::Sure);
        } else if !verdict.references.bases.contains_key(&scan.movement.basis) {
            no_basis(verdict, scan);
        }
    }
}

fn malformed(verdict: &mut Verdict<'_>, scan: &Scan<'_>) {
    verdict.explained.insert(scan.by);
    verdict.raise(Raised {
        kind: Kind::MalformedCode,
        subject: Subject(format!("{:?}", scan.movement.text)),
        scope: Scope::Basis(scan.movement.basis.clone()),
        basis: scan.movement.basis.clone(),
        document: scan.movement.document.clone(),
        count: 1,
        codes: BTreeSet::new(),
        events: BTreeSet::from([scan.by]),
        certainty: Certainty::Sure,
    });
}

fn no_basis(verdict: &mut Verdict<'_>, scan: &Scan<'_>) {
    verdict.explained.insert(scan.by);
    let basis = &scan.movement.basis;
    verdict.raise(Raised {
        kind: Kind::NoBasis,
        subject: Subject(basis.to_string()),
        scope: Scope::Basis(basis.clone()),
        basis: basis.clone(),
        document: scan.movement.document.clone(),
        count: 1,
        codes: scan.code.iter().cloned().collect(),
        events: BTreeSet::from([scan.by]),
        certainty: Certainty::Sure,
    });
}
