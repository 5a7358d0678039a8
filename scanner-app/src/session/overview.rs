//! What is to be done at this place: the documents in which the own member sends or receives, and how far each is.

use std::collections::BTreeSet;

use shared::event::Stage;
use shared::ids::{BasisId, DocumentId, MemberId, SiteId};
use shared::reference::{BasisKind, Level};
use shared::rules::Progress;
use shared::time::Timestamp;

use super::judging::Knowledge;
use crate::store::{Store, StoreError};

/// One possible task.
#[derive(Clone, Debug)]
pub struct OpenWork {
    /// Which scan.
    pub stage: Stage,
    /// Against what.
    pub basis: BasisId,
    /// With which note.
    pub document: DocumentId,
    /// The other party's name.
    pub counterparty: String,
    /// The level that is counted.
    pub level: Level,
    /// How far it is.
    pub progress: Progress,
}

/// The tasks of this place, those closed for good left out.
pub fn overview(store: &Store, member: &MemberId, now: Timestamp) -> Result<Vec<OpenWork>, StoreError> {
    let mut knowledge = Knowledge::load(store, member)?;
    let done: BTreeSet<_> =
        store.closed_final()?.into_iter().map(|task| (task.stage, task.basis, task.document)).collect();
    let documents: Vec<_> = knowledge.pulled.references.documents.values().cloned().collect();
    let mut work = Vec::new();
    for document in documents {
        let references = &knowledge.pulled.references;
        let Some(basis) = references.bases.get(&document.basis) else { continue };
        let (sends, counterparty) = match member {
            own if *own == document.consignor => (true, &document.consignee),
            own if *own == document.consignee => (false, &document.consignor),
            _ => continue,
        };
        let stage = match (basis.kind, sends) {
            (BasisKind::Contract, true) => Stage::Outbound,
            (BasisKind::Contract, false) => Stage::Inbound,
            (BasisKind::Order, true) => Stage::Sort,
            (BasisKind::Order, false) => Stage::Receipt,
            // Transfers and returns have screens of their own to come; nothing is offered until then.
            (BasisKind::Transfer | BasisKind::ReturnApproval, _) => continue,
        };
        if done.contains(&(stage, basis.basis.clone(), document.document.clone())) {
            continue;
        }
        let counterparty = references.member_name(counterparty).to_owned();
        let place = (document.basis.clone(), document.document.clone(), stage);
        let progress = knowledge.progress(store, &place, now)?;
        let level = document.packing_level;
        work.push(OpenWork { stage, basis: place.0, document: place.1, counterparty, level, progress });
    }
    Ok(work)
}

/// The name of a site, or its code where it is not known here yet.
pub fn site_name(store: &Store, site: &SiteId) -> Result<String, StoreError> {
    let pulled = store.pulled()?;
    Ok(pulled.references.sites.get(site).map_or_else(|| site.to_string(), |found| found.name.clone()))
}
