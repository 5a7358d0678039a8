//! Approvals of returns (trading/2022-trial art. 16), which no single basis holds.

use std::collections::BTreeSet;

use shared::ids::BasisId;
use shared::reference::{BasisKind, References};

use crate::store::{EventNo, Store, StoreError};

/// Where the log has the frame and the scans of a basis, and of those that share approvals with it.
pub(super) fn places_under(
    store: &Store,
    references: &References,
    basis: &BasisId,
) -> Result<BTreeSet<EventNo>, StoreError> {
    let mut places = BTreeSet::new();
    for basis in approved_with(references, basis).into_iter().chain([basis]) {
        store.frame_of(basis, &mut places)?;
        store.scans_under(basis, &mut places)?;
    }
    Ok(places)
}

/// The other bases between the two members of a basis, where returns between them are approved: an approval covers what went back
/// under any of them.
fn approved_with<'r>(references: &'r References, basis: &BasisId) -> Vec<&'r BasisId> {
    let bases = &references.bases;
    let Some(own) = bases.get(basis) else { return Vec::new() };
    let theirs = || bases.values().filter(|other| other.seller == own.seller && other.buyer == own.buyer);
    let is_approved = theirs().any(|other| other.kind == BasisKind::ReturnApproval);
    let others = theirs().filter(|other| is_approved && other.basis != *basis);
    others.map(|other| &other.basis).collect()
}
