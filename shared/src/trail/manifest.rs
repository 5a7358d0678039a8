//! What a consignor sent on each document, for its consignee.

use super::{Index, Scan};
use crate::ids::BasisId;
use crate::wire::Manifest;

/// The manifest of every sending side whose basis is known, and which is `wanted`: it is asked by the basis and by how many packages were
/// tried at the most.
#[must_use]
pub fn manifests(index: &Index<'_>, mut wanted: impl FnMut(&BasisId, usize) -> bool) -> Vec<Manifest> {
    let sending = index.sides().into_iter().filter(|((_, _, stage), _)| stage.sends());
    sending
        .filter(|(side, tried)| wanted(index.basis(side.0).0, tried.scans.len()))
        .filter_map(|(side, _)| {
            let (basis, record) = index.basis(side.0);
            let sent = index.scans_at(side).filter(|scan: &&Scan<'_>| scan.counts());
            let sent = sent.filter_map(|scan| {
                let code = scan.code.as_ref().ok()?;
                Some((index.package(*code).code.clone(), scan.at, scan.by))
            });
            Some(Manifest {
                basis: basis.clone(),
                document: index.document(side.1).0.clone(),
                stage: side.2,
                consignor: record?.seller.clone(),
                complete: index.is_side_complete(side),
                sent: sent.collect(),
            })
        })
        .collect()
}
