//! Looking a package up outside a task: what it is, where it has been as far as known here, where it belongs.

use shared::code::PackageCode;
use shared::event::Stage;
use shared::ids::{BasisId, DocumentId, MemberId, PackId, ProductId};
use shared::reference::{Level, References};
use shared::time::Timestamp;
use shared::trail::{History, Index};

use super::judging::Knowledge;
use super::opening::{Place, stage_of};
use super::said::Said;
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
    /// Where it belongs at this place: listed by name first.
    pub belongs: Vec<Belongs>,
}

impl LookUp {
    /// What the screen says first (`screens.md`, text 14).
    #[must_use]
    pub fn words() -> Said {
        Said::new("仅查询,未计入作业", "Look-up only, not counted")
    }
}

/// Looks a package up. `history` holds what is known of its family.
#[must_use]
pub fn look_up(
    code: &PackageCode,
    history: &History,
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
    let trail = index.trail(code);
    let sent: Vec<&DocumentId> =
        trail.iter().filter(|scan| scan.stage.sends()).map(|scan| &scan.movement.document).collect();
    let belongs = belongs(code, &sent, references, place);
    let steps = trail.into_iter().map(|scan| Step {
        stage: scan.stage,
        basis: scan.movement.basis.clone(),
        document: scan.movement.document.clone(),
        member: scan.member.clone(),
        at: scan.at,
        is_scanned: scan.code.ok() == number,
        is_set_aside: scan.set_aside.is_some(),
    });
    let found = references.product_of(code);
    LookUp {
        code: code.clone(),
        product: found.map(|(product, _)| (product.product.clone(), product.name.clone())),
        level: found.map(|(_, level)| (level.level, level.units)),
        pack: record.map(|record| record.pack.clone()),
        trail: steps.collect(),
        belongs,
        parent,
    }
}

fn belongs(code: &PackageCode, sent: &[&DocumentId], references: &References, place: Place<'_>) -> Vec<Belongs> {
    let product = references.product_of(code).map(|(product, _)| &product.product);
    let mut belongs = Vec::new();
    for document in references.documents.values() {
        let Some(basis) = references.bases.get(&document.basis) else { continue };
        let Some(stage) = stage_of(basis, place) else { continue };
        let is_listed = stage.arrives() && sent.contains(&&document.document);
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
    let history = knowledge.around(store, [code.clone()])?;
    Ok(look_up(code, &history, &knowledge.pulled.references, place, now))
}

impl super::Session {
    /// Looks a package up with what this terminal knows.
    pub fn look_up(&mut self, code: &PackageCode) -> Result<LookUp, StoreError> {
        let history = self.history_around([code.clone()])?;
        let place = Place { member: &self.identity.member, site: &self.identity.site };
        Ok(look_up(code, &history, self.references(), place, self.device.now()))
    }
}
