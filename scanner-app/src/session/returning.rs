//! Goods that go back (退货): which documents can be returned here, and what approvals (trading/2022-trial art. 16) still cover.

use std::collections::BTreeMap;

use shared::event::{ReturnReason, Stage};
use shared::ids::{BasisId, DocumentId, MemberId, ProductId};
use shared::reference::{Basis, BasisKind, References};
use shared::time::Timestamp;
use shared::trail::{History, Index};

use super::Session;
use super::knowledge::Knowledge;
use super::opening::Place;
use crate::store::{Store, StoreError};

/// A document whose goods can go back here: the leg that a return undoes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returnable {
    /// Sent back (退出) by its buyer, or taken back (退入) by its seller.
    pub stage: Stage,
    /// Under which contract or order.
    pub basis: BasisId,
    /// With which document.
    pub document: DocumentId,
    /// The other party's name.
    pub counterparty: String,
    /// Units (盒) on the document.
    pub units: u64,
}

/// What approvals cover of one product, between the two parties of a return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approved {
    /// The approvals' numbers.
    pub approvals: Vec<BasisId>,
    /// The product's name.
    pub product: String,
    /// Units (盒) approved.
    pub approved_units: u64,
    /// Units that went back, as far as known here; what was refused or could not be delivered uses up nothing.
    pub used_units: u64,
}

/// The returns that a place can work: of every known document of a trade that the member has a part in, the newest number first.
pub fn returnable(store: &Store, place: Place<'_>) -> Result<Vec<Returnable>, StoreError> {
    let references = store.pulled()?.references;
    let documents = references.documents.values().rev();
    Ok(documents.filter_map(|document| returned(&references, place, &document.document)).collect())
}

/// The return that undoes a document at a place. None where the member has no part in it, or it is no trade.
#[must_use]
pub fn returned(references: &References, place: Place<'_>, document: &DocumentId) -> Option<Returnable> {
    let document = references.documents.get(document)?;
    let basis = references.bases.get(&document.basis)?;
    if !matches!(basis.kind, BasisKind::Contract | BasisKind::Order) {
        return None;
    }
    let (stage, other) = match place.member {
        member if *member == basis.buyer => (Stage::ReturnOut, &basis.seller),
        member if *member == basis.seller => (Stage::ReturnIn, &basis.buyer),
        _ => return None,
    };
    Some(Returnable {
        stage,
        basis: basis.basis.clone(),
        document: document.document.clone(),
        counterparty: references.member_name(other).to_owned(),
        units: document.lines.iter().map(|line| line.units).sum(),
    })
}

/// The approvals in force between the parties of a basis.
fn between<'r>(references: &'r References, basis: &Basis, now: Timestamp) -> Vec<&'r Basis> {
    let parties = |other: &&Basis| other.seller == basis.seller && other.buyer == basis.buyer;
    let given = |other: &&Basis| other.from.is_none_or(|from| from <= now);
    let approvals = references.bases.values().filter(|other| other.kind == BasisKind::ReturnApproval);
    approvals.filter(parties).filter(given).collect()
}

/// What approvals cover of the goods of a basis, by product, and what went back at one stage of returns.
fn covered(
    history: &History,
    references: &References,
    (basis, stage): (&BasisId, Stage),
    now: Timestamp,
) -> Vec<Approved> {
    let Some(record) = references.bases.get(basis) else { return Vec::new() };
    let name = |product: &ProductId| {
        references.products.get(product).map_or_else(|| product.to_string(), |found| found.name.clone())
    };
    let mut approved: BTreeMap<&ProductId, Approved> = BTreeMap::new();
    for approval in between(references, record, now) {
        for line in &approval.lines {
            let nothing =
                || Approved { approvals: Vec::new(), product: name(&line.product), approved_units: 0, used_units: 0 };
            let entry = approved.entry(&line.product).or_insert_with(nothing);
            entry.approvals.push(approval.basis.clone());
            entry.approved_units = entry.approved_units.saturating_add(line.units);
        }
    }
    let index = Index::new(history, references);
    let uses = |reason: Option<ReturnReason>| !reason.is_some_and(ReturnReason::never_taken_in);
    for scan in index.scans.iter().filter(|scan| scan.stage == stage && !scan.repeat && uses(scan.movement.reason)) {
        let Ok(code) = scan.code else { continue };
        let other = index.basis(scan.basis).1;
        let theirs = other.is_some_and(|other| other.seller == record.seller && other.buyer == record.buyer);
        let product = index.package(code).product.map(|(product, _)| &product.product).filter(|_| theirs);
        if let Some(entry) = product.and_then(|product| approved.get_mut(product)) {
            entry.used_units = entry.used_units.saturating_add(index.units_at(code, scan.at));
        }
    }
    approved.into_values().collect()
}

/// What approvals cover of a return that is not open yet. Empty where the basis is not known here or the parties have none. Whether
/// one is needed follows from the reason (`ReturnReason::never_taken_in`).
pub fn approvals_in(
    store: &Store,
    member: &MemberId,
    (basis, stage): (&BasisId, Stage),
    now: Timestamp,
) -> Result<Vec<Approved>, StoreError> {
    let mut knowledge = Knowledge::load(store, member)?;
    let history = knowledge.whole_with_lists(store, basis)?;
    Ok(covered(&history, &knowledge.pulled.references, (basis, stage), now))
}

impl Session {
    /// The same for the return that is open.
    pub fn approvals(&mut self) -> Result<Vec<Approved>, StoreError> {
        let (basis, now) = (self.task.basis.clone(), self.device.now());
        let history = self.history_of(&basis)?;
        Ok(covered(&history, self.references(), (&basis, self.task.stage), now))
    }
}
