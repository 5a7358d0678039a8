//! Looking a package up outside a task: what it is, where it has been as far as known here, where it belongs.

use shared::code::PackageCode;
use shared::event::Stage;
use shared::ids::{BasisId, DocumentId, EventRef, MemberId, PackId, ProductId};
use shared::mismatch::Kind;
use shared::reference::{BasisKind, Level, References};
use shared::time::Timestamp;
use shared::trail::{History, Index};
use shared::wire::Manifest;

use super::Feedback;
use super::knowledge::Knowledge;
use super::opening::{Place, stage_of};
use crate::store::{Store, StoreError};

/// A step of a package's trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What happened.
    pub stage: Stage,
    /// Under which basis.
    pub basis: BasisId,
    /// With which document.
    pub document: DocumentId,
    /// Whose terminal scanned.
    pub member: MemberId,
    /// The same by name; by its number where nobody here knows the name.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Whether its own label was scanned; otherwise a package that held it was.
    pub is_scanned: bool,
    /// Whether it was set aside then.
    pub is_set_aside: bool,
}

/// A task here in which the package is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Belongs {
    /// Which scan.
    pub stage: Stage,
    /// Against what.
    pub basis: BasisId,
    /// With which document.
    pub document: DocumentId,
    /// Whether the consignor's list names this very package; otherwise its product is on the document.
    pub is_listed: bool,
}

/// What is known of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookUp {
    /// Its code.
    pub code: PackageCode,
    /// Its product, by number and name.
    pub product: Option<(ProductId, String)>,
    /// Its level and the units (盒) in one such package.
    pub level: Option<(Level, u32)>,
    /// The pack it was issued in; none where it is not registered here.
    pub pack: Option<PackId>,
    /// What it is in, as far as known.
    pub parent: Option<PackageCode>,
    /// Where it was, oldest first. What other members scanned is known only where they sent it here.
    pub trail: Vec<Step>,
    /// Whether the trail is known only in part: the package is not registered here, or nobody here knows its first step (a scan at
    /// its maker's).
    pub is_partial: bool,
    /// Where it belongs at this place: listed by name first.
    pub belongs: Vec<Belongs>,
}

/// Looks a package up. `history` holds what is known of its family.
#[must_use]
pub fn look_up(
    code: &PackageCode,
    history: &History,
    manifests: &[Manifest],
    references: &References,
    place: Place<'_>,
    now: Timestamp,
) -> LookUp {
    let index = Index::new(history, references);
    let number = index.number(code);
    let tokens = number.map(|number| index.package(number).tokens.as_slice()).unwrap_or_default();
    let holding = tokens.iter().rev().find(|token| token.held_at(now));
    let record = references.codes.get(code);
    let parent = holding.map(|token| index.package(token.parent).code.clone());
    let parent = parent.or_else(|| record.and_then(|record| record.parent.clone()));
    let steps = index.trail(code).into_iter().map(|scan| Step {
        stage: scan.stage,
        basis: scan.movement.basis.clone(),
        document: scan.movement.document.clone(),
        member: scan.member.clone(),
        by: references.member_name(scan.member).to_owned(),
        at: scan.at,
        is_scanned: scan.code.ok() == number,
        is_set_aside: scan.set_aside.is_some(),
    });
    let found = references.product_of(code);
    let trail: Vec<Step> = steps.collect();
    let pack = record.and_then(|record| references.packs.get(&record.pack));
    let origin = pack.and_then(|pack| references.bases.get(&pack.basis)).map(|basis| &basis.seller);
    let starts_at_origin = trail.first().is_some_and(|step| origin == Some(&step.member) && step.stage.sends());
    LookUp {
        code: code.clone(),
        product: found.map(|(product, _)| (product.product.clone(), product.name.clone())),
        level: found.map(|(_, level)| (level.level, level.units)),
        pack: record.map(|record| record.pack.clone()),
        is_partial: record.is_none() || !starts_at_origin,
        trail,
        belongs: belongs(code, parent.as_ref(), manifests, references, place),
        parent,
    }
}

fn belongs(
    code: &PackageCode,
    parent: Option<&PackageCode>,
    manifests: &[Manifest],
    references: &References,
    place: Place<'_>,
) -> Vec<Belongs> {
    let product = references.product_of(code).map(|(product, _)| &product.product);
    let listed = |document: &DocumentId| {
        let lists = manifests.iter().filter(|manifest| manifest.document == *document);
        let names = |sent: &PackageCode| sent == code || Some(sent) == parent;
        lists.into_iter().any(|manifest| manifest.sent.iter().any(|(sent, _, _)| names(sent)))
    };
    let mut belongs = Vec::new();
    for document in references.documents.values() {
        let Some(basis) = references.bases.get(&document.basis) else { continue };
        let Some(stage) = stage_of(basis, place) else { continue };
        let is_listed = stage.arrives() && listed(&document.document);
        let has_product = product.is_some_and(|product| document.units_of(product) > 0);
        if is_listed || has_product {
            let (basis, document) = (basis.basis.clone(), document.document.clone());
            belongs.push(Belongs { stage, basis, document, is_listed });
        }
    }
    belongs.sort_by_key(|place| !place.is_listed);
    belongs
}

/// The same with all that a store knows, outside any task.
pub fn look_up_in(store: &Store, place: Place<'_>, code: &PackageCode, now: Timestamp) -> Result<LookUp, StoreError> {
    let mut knowledge = Knowledge::load(store, place.member)?;
    // No basis has the empty number: what comes is the family's own.
    look_up_with(&mut knowledge, store, (place, &BasisId::from("")), code, now)
}

fn look_up_with(
    knowledge: &mut Knowledge,
    store: &Store,
    (place, basis): (Place<'_>, &BasisId),
    code: &PackageCode,
    now: Timestamp,
) -> Result<LookUp, StoreError> {
    let (history, manifests) = knowledge.with_lists_around(store, basis, code)?;
    Ok(look_up(code, &history, &manifests, &knowledge.pulled.references, place, now))
}

impl super::Session {
    /// Looks a package up with what this terminal knows.
    pub fn look_up(&mut self, code: &PackageCode) -> Result<LookUp, StoreError> {
        let place = Place { member: &self.identity.member, site: &self.identity.site };
        let now = self.device.now();
        look_up_with(&mut self.knowledge, &self.store, (place, &self.task.basis), code, now)
    }

    /// With what else the package of a scan was sent by this member, where that speaks against it (`rules::sending`): on another note
    /// of the same basis, or for another order. The newest that is known here and was not set aside.
    pub fn sent_with(&mut self, scan: &Feedback) -> Result<Option<(Stage, BasisId, DocumentId)>, StoreError> {
        let by = EventRef { terminal: self.store.terminal(), epoch: scan.epoch, seq: scan.seq };
        let event = self.store.event(by)?;
        let here = event.as_ref().and_then(|event| event.act.reference());
        let (Some((basis, document)), Some(code), Some(found)) = (here, &scan.code, scan.verdict.first()) else {
            return Ok(None);
        };
        let trail = self.look_up(code)?.trail;
        let bases = &self.references().bases;
        let is_order = |basis: &BasisId| bases.get(basis).is_some_and(|found| found.kind == BasisKind::Order);
        let speaks = |step: &Step| match found.kind {
            Kind::DuplicateMovement => step.basis == *basis && step.document != *document,
            Kind::DoubleAllocation => step.basis != *basis && is_order(&step.basis),
            _ => false,
        };
        let is_own = |step: &Step| step.member == self.identity.member && step.stage.sends() && !step.is_set_aside;
        let other = trail.into_iter().rev().find(|step| is_own(step) && speaks(step));
        Ok(other.map(|step| (step.stage, step.basis, step.document)))
    }
}
