//! What a consignor sent on each document, for its consignee.

use std::collections::BTreeSet;

use shared::ids::BasisId;
use shared::reference::References;
use shared::trail::{Index, Scan};
use shared::wire::Manifest;

/// The manifests of the sending stages under the given bases.
pub(super) fn of_bases(index: &Index<'_>, references: &References, bases: &BTreeSet<BasisId>) -> Vec<Manifest> {
    let worked_on = index.worked_on().into_iter();
    let sending = worked_on.filter(|(basis, _, stage)| stage.sends() && bases.contains(basis));
    sending
        .filter_map(|(basis, document, stage)| {
            let consignor = references.bases.get(&basis)?.seller.clone();
            let sent =
                |scan: &&Scan<'_>| scan.stage == stage && scan.reference() == (&basis, &document) && scan.counts();
            let sent = index.scans.iter().filter(sent);
            let sent = sent.filter_map(|scan| Some((scan.code.clone().ok()?, scan.at, scan.by))).collect();
            let complete = index.is_complete(&basis, &document, stage);
            Some(Manifest { basis, document, stage, consignor, complete, sent })
        })
        .collect()
}
