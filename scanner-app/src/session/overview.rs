//! What is to be done at this place: the documents in which the own member sends or receives, and how far each is; transfers between
//! the member's own sites also from their note alone.

use std::collections::BTreeSet;

use shared::code::PackageCode;
use shared::event::Stage;
use shared::ids::{BasisId, DocumentId, SiteId, TaskId};
use shared::mismatch::{ScanResult, Severity};
use shared::reference::{Basis, BasisKind, Level, ShippingDocument};
use shared::rules::Progress;
use shared::time::Timestamp;

use super::gate::Gate;
use super::knowledge::Knowledge;
use super::opening::{Place, stage_of};
use super::sorting::orders_of;
use crate::store::{Store, StoreError, Task};

/// One possible task.
#[derive(Clone, Debug)]
pub struct OpenWork {
    /// Which scan.
    pub stage: Stage,
    /// Against what.
    pub basis: BasisId,
    /// With which note; none where goods may leave on a note of this terminal's own.
    pub document: DocumentId,
    /// The other party's name, in a transfer the other site's.
    pub counterparty: String,
    /// The level that is counted.
    pub level: Level,
    /// How far it is.
    pub progress: Progress,
    /// First moment after the time agreed for it.
    pub due: Option<Timestamp>,
    /// Live blocks of the server on goods of this document: what came after the scans.
    pub blocks: usize,
}

/// The tasks of this place, those closed for good left out.
pub fn overview(store: &Store, place: Place<'_>, now: Timestamp) -> Result<Vec<OpenWork>, StoreError> {
    let mut knowledge = Knowledge::load(store, place.member)?;
    let mut done = BTreeSet::new();
    for task in store.closed_final()? {
        // A sort is closed with all of its orders.
        done.extend(orders_of(store, &task)?.into_iter().map(|(basis, document)| (task.stage, basis, document)));
    }
    let mut work = Vec::new();
    for (stage, basis, document) in offered(&knowledge, place) {
        let number = document.as_ref().map_or_else(DocumentId::none, |document| document.document.clone());
        if done.contains(&(stage, basis.basis.clone(), number.clone())) {
            continue;
        }
        let at = (basis.basis.clone(), number, stage);
        let progress = knowledge.progress(store, &at, now)?;
        let level = document.as_ref().map_or(Level::Case, |document| document.packing_level);
        let counterparty = counterparty(&knowledge, &basis, document.as_ref(), stage);
        let blocks = blocks_on(&knowledge, store, &at)?;
        let due = basis.until;
        work.push(OpenWork { stage, basis: at.0, document: at.1, counterparty, level, progress, due, blocks });
    }
    Ok(work)
}

/// Open tasks that nobody here knows of: their document has not come, or is offered no more. What should come is not known of them, what
/// was scanned is.
pub fn unlisted(
    store: &Store,
    place: Place<'_>,
    now: Timestamp,
    is_listed: impl Fn(&Task) -> bool,
) -> Result<Vec<OpenWork>, StoreError> {
    let open: Vec<Task> = store.open_tasks()?.into_iter().filter(|task| !is_listed(task)).collect();
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let mut knowledge = Knowledge::load(store, place.member)?;
    let mut work = Vec::new();
    for Task { stage, basis, document, .. } in open {
        let at = (basis, document, stage);
        let counted = knowledge.progress(store, &at, now)?;
        let progress = Progress { packages_expected: None, ..counted };
        let known = knowledge.pulled.references.bases.get(&at.0);
        let counterparty = known.map(|basis| counterparty(&knowledge, basis, None, stage)).unwrap_or_default();
        let due = known.and_then(|basis| basis.until);
        let (basis, document, level) = (at.0, at.1, Level::Unit);
        work.push(OpenWork { stage, basis, document, counterparty, level, progress, due, blocks: 0 });
    }
    Ok(work)
}

/// Closed tasks whose gates are shut: with whom, and how much was to go. In the order of the gates.
pub fn shut(store: &Store, place: Place<'_>, now: Timestamp, gates: &[Gate]) -> Result<Vec<OpenWork>, StoreError> {
    if gates.is_empty() {
        return Ok(Vec::new());
    }
    let mut knowledge = Knowledge::load(store, place.member)?;
    let mut work = Vec::new();
    for Gate { side, loaded, .. } in gates {
        let at = (side.basis.clone(), side.document.clone(), side.stage);
        let counted = knowledge.progress(store, &at, now)?;
        let references = &knowledge.pulled.references;
        let (basis, document) = (references.bases.get(&at.0), references.documents.get(&at.1));
        let level = loaded.level();
        // What was to go is counted as the document packs it; loose goods are not.
        let is_packed_so = document.is_none_or(|document| document.packing_level == level);
        let progress = Progress {
            packages_counted: loaded.codes.len() as u64,
            packages_expected: counted.packages_expected.filter(|_| is_packed_so),
            ..counted
        };
        let counterparty = basis.map(|basis| counterparty(&knowledge, basis, document, at.2)).unwrap_or_default();
        let (basis, document, stage) = at;
        work.push(OpenWork { stage, basis, document, counterparty, level, progress, due: None, blocks: 0 });
    }
    Ok(work)
}

/// What may be worked here: documents, and transfer notes on which goods leave without one.
fn offered(knowledge: &Knowledge, place: Place<'_>) -> Vec<(Stage, Basis, Option<ShippingDocument>)> {
    let references = &knowledge.pulled.references;
    let mut offered = Vec::new();
    for document in references.documents.values() {
        let Some(basis) = references.bases.get(&document.basis) else { continue };
        let is_party = [&document.consignor, &document.consignee].contains(&place.member);
        let stage = if is_party && basis.kind != BasisKind::ReturnApproval { stage_of(basis, place) } else { None };
        offered.extend(stage.map(|stage| (stage, basis.clone(), Some(document.clone()))));
    }
    let noted: BTreeSet<&BasisId> = references.documents.values().map(|document| &document.basis).collect();
    let alone =
        references.bases.values().filter(|basis| basis.kind == BasisKind::Transfer && !noted.contains(&basis.basis));
    let leaves = alone.filter(|basis| basis.seller == *place.member && basis.from_site.as_ref() == Some(place.site));
    offered.extend(leaves.map(|basis| (Stage::TransferOut, basis.clone(), None)));
    offered
}

fn counterparty(knowledge: &Knowledge, basis: &Basis, document: Option<&ShippingDocument>, stage: Stage) -> String {
    let references = &knowledge.pulled.references;
    if basis.kind == BasisKind::Transfer {
        let other = if stage.sends() { &basis.to_site } else { &basis.from_site };
        let name =
            |site: &SiteId| references.sites.get(site).map_or_else(|| site.to_string(), |found| found.name.clone());
        return other.as_ref().map(name).unwrap_or_default();
    }
    let (from, to) =
        document.map_or((&basis.seller, &basis.buyer), |document| (&document.consignor, &document.consignee));
    references.member_name(if stage.sends() { to } else { from }).to_owned()
}

/// Only goods that were scanned here can be set aside here, and what a clerk was told to set aside at its scan is not news.
fn blocks_on(
    knowledge: &Knowledge,
    store: &Store,
    (basis, document, stage): &(BasisId, DocumentId, Stage),
) -> Result<usize, StoreError> {
    let told = knowledge.pulled.mismatches.iter().filter(|told| told.state.is_live());
    let blocks = told.filter(|told| told.mismatch.severity == Severity::Block);
    let here = blocks.filter(|told| !document.is_none() && told.mismatch.document.as_ref() == Some(document));
    let codes: Vec<_> = here.map(|told| &told.mismatch.codes).collect();
    if codes.is_empty() {
        return Ok(0);
    }
    let mut blocked = BTreeSet::new();
    for task in store.open_tasks()?.iter().filter(|task| task.stage == *stage) {
        if orders_of(store, task)?.iter().any(|of| (&of.0, &of.1) == (basis, document)) {
            blocked.extend(blocked_in(knowledge, store, &task.task)?);
        }
    }
    let mut stands: BTreeSet<PackageCode> = BTreeSet::new();
    for fact in knowledge.own_facts(store, basis)? {
        let Some((of, movement)) = fact.act.movement() else { continue };
        if of == *stage && movement.document == *document {
            stands.extend(knowledge.read(&movement.text).filter(|code| !blocked.contains(code)));
        }
    }
    let is_news = |codes: &&BTreeSet<PackageCode>| {
        !stands.is_empty() && (codes.is_empty() || codes.iter().any(|code| stands.contains(code)))
    };
    Ok(codes.into_iter().filter(is_news).count())
}

/// Packages whose scan in this task was answered with a block.
fn blocked_in(knowledge: &Knowledge, store: &Store, task: &TaskId) -> Result<BTreeSet<PackageCode>, StoreError> {
    let mut held = BTreeSet::new();
    store.each_scan_of(task, |scan| {
        let is_blocked = scan.shown.as_ref().is_some_and(|(result, _)| *result == ScanResult::Blocked);
        if let Some((_, movement)) = scan.event.act.movement().filter(|_| is_blocked && !scan.voided) {
            held.extend(knowledge.read(&movement.text));
        }
        Ok(())
    })?;
    Ok(held)
}

/// The name of a site, or its code where it is not known here yet.
pub fn site_name(store: &Store, site: &SiteId) -> Result<String, StoreError> {
    let pulled = store.pulled()?;
    Ok(pulled.references.sites.get(site).map_or_else(|| site.to_string(), |found| found.name.clone()))
}
