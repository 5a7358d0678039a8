//! What stands against a basis, whatever task is open.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use shared::code::PackageCode;
use shared::ids::{BasisId, MemberId};
use shared::mismatch::Mismatch;
use shared::rules::{judge, on_terminal};
use shared::time::Timestamp;

use super::judging::Knowledge;
use crate::store::{Around, Store, StoreError};

/// All that is wrong under a basis at `now`, as far as this terminal knows: what it can decide, of its own log and of what it pulled.
/// A scan's verdict asks only around its package; this also asks for every package that consignors say they sent, and takes as long.
pub fn standing(
    store: &Store,
    member: &MemberId,
    basis: &BasisId,
    now: Timestamp,
) -> Result<Vec<Mismatch>, StoreError> {
    let mut knowledge = Knowledge::load(store, member)?;
    let mut history = knowledge.whole(store, basis, None)?;
    let moved = history.facts.iter().filter_map(|fact| fact.act.movement());
    let mut codes: BTreeSet<PackageCode> = moved.filter_map(|(_, movement)| knowledge.read(&movement.text)).collect();
    for list in store.manifests(basis, BTreeMap::new())? {
        codes.extend(store.sent_on(&(list.basis, list.document, list.stage), None, u64::MAX)?);
    }
    let mut references = store.pulled()?.references;
    let mut around = Around::default();
    store.gather(codes, &HashSet::new(), &mut references, &mut around)?;
    history.facts.extend(around.events.into_values().map(|event| knowledge.fact(event)));
    for list in store.manifests(basis, around.sent)? {
        // What of it is in the history already is the same fact.
        history.add_manifest(&list);
    }
    Ok(on_terminal(judge(&history, &references, &references.policy(), now)))
}
