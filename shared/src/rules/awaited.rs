//! What is still to come: the exact packages that were sent on a document and have not arrived.

use crate::code::PackageCode;
use crate::event::Stage;
use crate::ids::{BasisId, DocumentId};
use crate::reference::References;
use crate::trail::{History, Index, Scan};

use super::arrival::not_arrived;

/// One package that was sent and has not arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaited {
    /// Its code.
    pub code: PackageCode,
    /// The document that it was sent with.
    pub document: DocumentId,
    /// When it was sent.
    pub sent_at: crate::time::Timestamp,
}

/// The packages that an arriving stage of a document still waits for, in the order in which they were sent; under `none` those
/// of every document of the basis. None where nobody here knows what the consignor sent, and for stages that end no leg.
#[must_use]
pub fn awaited(
    history: &History,
    references: &References,
    basis: &BasisId,
    document: &DocumentId,
    stage: Stage,
) -> Option<Vec<Awaited>> {
    if !stage.arrives() {
        return None;
    }
    let index = Index::new(history, references);
    let sending = stage.counterpart();
    let here = |scan: &&Scan<'_>| {
        let (of_basis, of_document) = scan.reference();
        let named = document.is_none() || of_document == document;
        scan.stage == sending && of_basis == basis && named && scan.counts()
    };
    let sent: Vec<&Scan<'_>> = index.scans.iter().filter(here).collect();
    if sent.is_empty() {
        return None;
    }
    let mut awaited = Vec::new();
    for scan in sent {
        let Ok(code) = scan.code else { continue };
        let missing = not_arrived(&index, code, scan).into_iter();
        awaited.extend(missing.map(|code| Awaited {
            code: index.package(code).code.clone(),
            document: scan.movement.document.clone(),
            sent_at: scan.at,
        }));
    }
    Some(awaited)
}
