//! Opening a task: from a list, by a document's QR code, or from a basis alone.

use std::sync::Arc;

use shared::event::{ReturnReason, Stage};
use shared::ids::{BasisId, DocumentId, MemberId, SiteId};
use shared::reference::{Basis, BasisKind, References};

use super::{Identity, Session, note};
use crate::device::Device;
use crate::store::{Store, StoreError, Task};

/// Under what name the reason of a return is remembered.
const REASON: &str = "reason";

/// Whose terminal, and where.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The member.
    pub member: &'a MemberId,
    /// The site.
    pub site: &'a SiteId,
}

/// With which papers a task is worked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Papers {
    /// With this document, known here or not.
    Named(DocumentId),
    /// With a note that this terminal makes of what was loaded; its number is reserved now.
    Reserved,
    /// Without: at sort, inbound and receipt.
    Without,
}

/// What is to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Which scan.
    pub stage: Stage,
    /// Against what; it need not be known here.
    pub basis: BasisId,
    /// With which papers.
    pub papers: Papers,
    /// Why goods go back, for returns.
    pub reason: Option<ReturnReason>,
}

/// Why a task cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpeningError {
    /// There is no basis number.
    #[error("the task has no contract or order; scan or type its number. Nothing was recorded")]
    NoBasis,
    /// The stage needs a document.
    #[error(
        "a task of this stage ({}) is worked with a document; scan the document's QR code or type its number. Nothing was recorded",
        .0.as_str()
    )]
    NeedsDocument(Stage),
    /// The stage makes no note.
    #[error(
        "a note is made where goods leave; at this stage ({}) name the document that came with the goods, or none. Nothing was recorded",
        .0.as_str()
    )]
    MakesNoNote(Stage),
    /// A return without its reason.
    #[error("a return needs its reason (quality, refused, undeliverable or other); choose one. Nothing was recorded")]
    NeedsReason,
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Opening {
    /// What a basis, and a document where one is named, open at this place. None where this place has no part in it, or the basis
    /// is not known here.
    #[must_use]
    pub fn found(references: &References, place: Place<'_>, basis: &BasisId, document: &DocumentId) -> Option<Self> {
        let record = references.bases.get(basis)?;
        let stage = stage_of(record, place)?;
        let papers =
            if document.is_none() { usual_papers(references, basis, stage) } else { Papers::Named(document.clone()) };
        Some(Self { stage, basis: basis.clone(), papers, reason: None })
    }

    fn check(&self) -> Result<(), OpeningError> {
        if self.basis.as_str().trim().is_empty() {
            return Err(OpeningError::NoBasis);
        }
        let without = match &self.papers {
            Papers::Named(document) => document.is_none(),
            Papers::Reserved if may_reserve(self.stage) => false,
            Papers::Reserved => return Err(OpeningError::MakesNoNote(self.stage)),
            Papers::Without => true,
        };
        if without && !matches!(self.stage, Stage::Sort | Stage::Inbound | Stage::Receipt) {
            return Err(OpeningError::NeedsDocument(self.stage));
        }
        Ok(())
    }
}

/// The reason that an open return was begun with.
pub fn return_reason_of(store: &Store, task: &Task) -> Result<Option<ReturnReason>, StoreError> {
    store.remembered(&task.task, REASON)
}

impl Session {
    /// Opens the task, or goes on with the one that is open. A basis alone at a sending stage goes on with the note whose number
    /// was reserved for it before, unless that was closed for good. A basis or document that is not known here is recorded all
    /// the same; the gate stays shut until it is.
    pub fn begin(
        mut store: Store,
        device: Arc<dyn Device>,
        identity: Identity,
        opening: &Opening,
    ) -> Result<Self, OpeningError> {
        opening.check()?;
        let document = match &opening.papers {
            Papers::Named(document) => document.clone(),
            Papers::Without => DocumentId::none(),
            Papers::Reserved => reserved(&mut store, &identity.site, opening.stage, &opening.basis)?,
        };
        let known = store.open_task(opening.stage, &opening.basis, &document)?;
        let before = known.map(|task| store.remembered(&task.task, REASON)).transpose()?.flatten();
        let reason = opening.reason.or(before);
        if opening.stage.returns() && reason.is_none() {
            return Err(OpeningError::NeedsReason);
        }
        let mut session = Self::open(store, device, identity, (opening.stage, opening.basis.clone(), document))?;
        if let Some(reason) = reason.filter(|_| opening.stage.returns()) {
            session.store.remember(&session.task.task, REASON, Some(&reason))?;
            session.reason = Some(reason);
        }
        Ok(session)
    }

    /// Why goods go back in this task, where it is a return.
    #[must_use]
    pub const fn return_reason(&self) -> Option<ReturnReason> {
        self.reason
    }
}

/// Whether a note can be made at a stage from what was loaded.
const fn may_reserve(stage: Stage) -> bool {
    matches!(stage, Stage::Outbound | Stage::Sort | Stage::TransferOut)
}

fn reserved(store: &mut Store, site: &SiteId, stage: Stage, basis: &BasisId) -> Result<DocumentId, StoreError> {
    let terminal = store.terminal();
    let under_way = store.documents_under_way(stage, basis)?;
    if let Some(document) = under_way.into_iter().find(|document| note::is_own_number(site, terminal, document)) {
        return Ok(document);
    }
    let (number, life) = store.take_note_number()?;
    Ok(note::own_number(site, terminal, (life > 1).then(|| store.epoch()), number))
}

/// What this place does under a basis.
#[must_use]
pub fn stage_of(basis: &Basis, place: Place<'_>) -> Option<Stage> {
    let (sells, buys) = (basis.seller == *place.member, basis.buyer == *place.member);
    match basis.kind {
        BasisKind::Contract if sells => Some(Stage::Outbound),
        BasisKind::Contract if buys => Some(Stage::Inbound),
        BasisKind::Order if sells => Some(Stage::Sort),
        BasisKind::Order if buys => Some(Stage::Receipt),
        BasisKind::Transfer if basis.from_site.as_ref() == Some(place.site) => Some(Stage::TransferOut),
        BasisKind::Transfer if basis.to_site.as_ref() == Some(place.site) => Some(Stage::TransferIn),
        // Seller and buyer are those of the trade that the return undoes.
        BasisKind::ReturnApproval if buys => Some(Stage::ReturnOut),
        BasisKind::ReturnApproval if sells => Some(Stage::ReturnIn),
        _ => None,
    }
}

/// The papers of a basis alone: goods that leave get a note of this terminal's, unless the one note is written already.
fn usual_papers(references: &References, basis: &BasisId, stage: Stage) -> Papers {
    let mut documents = references.documents.values().filter(|document| document.basis == *basis);
    match (documents.next(), documents.next()) {
        (Some(only), None) => Papers::Named(only.document.clone()),
        _ if matches!(stage, Stage::Outbound | Stage::TransferOut) => Papers::Reserved,
        _ => Papers::Without,
    }
}
