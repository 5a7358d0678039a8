//! When time alone changes the answer: so that a server that hears nothing new still tells what became overdue. What waits for a
//! grace carries its own moment ([`crate::mismatch::Mismatch::due`]).

use std::collections::BTreeMap;

use super::{Policy, transit};
use crate::mismatch::Scope;
use crate::reference::{Basis, References};
use crate::time::Timestamp;
use crate::trail::Index;

/// The next moment after `now` of each basis and member here, at the latest: at none that is not here does time alone change anything.
/// A moment may pass without a change.
#[must_use]
pub fn next_due(index: &Index<'_>, policy: &Policy, now: Timestamp) -> BTreeMap<Scope, Timestamp> {
    let mut next = Next { now, found: BTreeMap::new() };
    for (basis, late_from) in transit::late_from(index, &policy.limits) {
        next.add(Scope::Basis(basis.clone()), late_from);
    }
    of_references(&mut next, index.references);
    next.found
}

fn of_references(next: &mut Next, references: &References) {
    for basis in references.bases.values() {
        moments(basis).for_each(|at| next.add(Scope::Basis(basis.basis.clone()), at));
    }
    for relocation in references.relocations.values().filter(|relocation| !relocation.reported) {
        next.add(Scope::Member(relocation.member.clone()), relocation.at);
    }
    for report in references.stock_reports.values().filter(|report| report.received_at.is_none()) {
        next.add(Scope::Member(report.member.clone()), report.due);
    }
}

/// When a basis is signed, amended and over.
fn moments(basis: &Basis) -> impl Iterator<Item = Timestamp> {
    let amended = basis.amendments.iter().flat_map(|change| [Some(change.valid_from), change.until]);
    amended.chain([basis.signed_at, basis.until]).flatten()
}

struct Next {
    now: Timestamp,
    found: BTreeMap<Scope, Timestamp>,
}

impl Next {
    fn add(&mut self, scope: Scope, at: Timestamp) {
        if at > self.now {
            self.found.entry(scope).and_modify(|before| *before = at.min(*before)).or_insert(at);
        }
    }
}
