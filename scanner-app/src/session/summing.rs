//! What consignors' lists sum up to: counted after a pull, part by part, so that opening a task costs the same for ten packages and
//! for a million.

use std::collections::{BTreeSet, HashSet};

use shared::code::PackageCode;
use shared::reference::References;
use shared::rules::sum_at;
use shared::trail::{History, Place, PlaceSum};

use crate::store::{Around, Store, StoreError};

/// Packages summed up at a time.
const PART: u64 = 2_000;

/// Sums up the lists that came or whose codes changed since they were.
pub fn sum_up_lists(store: &mut Store) -> Result<(), StoreError> {
    let lists = store.unsummed()?;
    if lists.is_empty() {
        return Ok(());
    }
    let mut references = store.pulled()?.references;
    for (place, _) in lists {
        let sum = sum_of(store, &mut references, &place)?;
        store.keep_sum(&place, &sum)?;
    }
    Ok(())
}

fn sum_of(store: &Store, references: &mut References, place: &Place) -> Result<PlaceSum, StoreError> {
    let mut sum = PlaceSum::default();
    let mut after: Option<PackageCode> = None;
    loop {
        let part = store.sent_on(place, after.as_ref(), PART)?;
        let Some(last) = part.last().cloned() else { return Ok(sum) };
        references.codes.clear();
        references.children.clear();
        let mut around = Around::default();
        store.gather(part.iter().cloned(), &HashSet::new(), references, &mut around)?;
        let mut history = History::default();
        for manifest in store.manifests(&place.0, around.sent)? {
            if (&manifest.document, manifest.stage) == (&place.1, place.2) {
                history.add_manifest(&manifest);
            }
        }
        let packages: BTreeSet<PackageCode> = part.into_iter().collect();
        sum.add(&sum_at(&history, references, place, &packages));
        after = Some(last);
    }
}
