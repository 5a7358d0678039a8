//! What a member may see: its own trade and what it needs to judge it, in one place.

use std::collections::BTreeSet;

use shared::ids::{BasisId, MemberId, PackId, SiteId};
use shared::reference::References;
use shared::wire::{Change, ChangesPage, Manifest, Record};
use sqlx::AnyConnection;

use crate::store::{self, StoreError};

/// The page as a terminal of one site gets it: who works elsewhere is named, but can sign in elsewhere only.
pub(super) fn for_site(page: ChangesPage, site: &SiteId) -> ChangesPage {
    let change = |Change { position, record }| {
        let record = match record {
            Record::Operator(operator) if !operator.works_at(site) => Record::Operator(operator.without_credentials()),
            other => other,
        };
        Change { position, record }
    };
    ChangesPage { changes: page.changes.into_iter().map(change).collect(), ..page }
}

/// A member's view of everything.
pub(super) struct Visible {
    pub(super) references: References,
    bases: BTreeSet<BasisId>,
    packs: BTreeSet<PackId>,
    member: MemberId,
}

impl Visible {
    pub(super) async fn of(conn: &mut AnyConnection, member: &MemberId) -> Result<Self, StoreError> {
        let references = store::reference::load_all(conn).await?;
        let own = references.bases.values().filter(|basis| basis.seller == *member || basis.buyer == *member);
        let bases: BTreeSet<BasisId> = own.map(|basis| basis.basis.clone()).collect();
        let packs = references.packs.values().filter(|pack| bases.contains(&pack.basis));
        let packs = packs.map(|pack| pack.pack.clone()).collect();
        Ok(Self { references, bases, packs, member: member.clone() })
    }

    /// Packs issued for the member's own contracts: all their codes are seen.
    pub(super) const fn packs(&self) -> &BTreeSet<PackId> {
        &self.packs
    }

    pub(super) fn may_see(&self, record: &Record) -> bool {
        match record {
            Record::Member(_)
            | Record::Site(_)
            | Record::Product(_)
            | Record::Carrier(_)
            | Record::Policy(_)
            | Record::Server(_) => true,
            Record::Operator(operator) => operator.member == self.member,
            Record::Quota(quota) => quota.member == self.member,
            Record::Application(application) => application.member == self.member,
            Record::Relocation(relocation) => relocation.member == self.member,
            Record::StockReport(report) => report.member == self.member,
            Record::Basis(basis) => self.bases.contains(&basis.basis),
            Record::Document(document) => self.bases.contains(&document.basis),
            Record::Pack(pack) => self.packs.contains(&pack.pack),
            Record::Code(code) => self.packs.contains(&code.pack),
            Record::Manifest(manifest) => self.consignee(manifest) == Some(&self.member),
            Record::Mismatch(found) => found.mismatch.basis.as_ref().is_some_and(|basis| self.bases.contains(basis)),
        }
    }

    fn consignee(&self, manifest: &Manifest) -> Option<&MemberId> {
        self.references.bases.get(&manifest.basis).map(|basis| &basis.buyer)
    }
}
