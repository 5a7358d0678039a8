//! What a member may see: its own trade and what it needs to judge it, in one place.

use std::collections::BTreeSet;
use std::sync::Arc;

use shared::ids::{BasisId, DocumentId, MemberId, PackId, SiteId};
use shared::reference::{Basis, Pack, Product, References};
use shared::time::Timestamp;
use shared::wire::{Change, ChangesPage, Manifest, Record};

/// The page as a terminal of one site gets it: who works elsewhere is named, but can sign in elsewhere only.
pub(super) fn for_site(page: ChangesPage, site: &SiteId) -> ChangesPage {
    let change = |Change { position, record }| {
        let record = match record {
            Record::Operator(operator) if !operator.works_at(site) => Record::Operator(operator.without_credentials()),
            other => without_office_fields(other),
        };
        Change { position, record }
    };
    ChangesPage { changes: page.changes.into_iter().map(change).collect(), ..page }
}

/// The record without the fields that only the office needs.
fn without_office_fields(record: Record) -> Record {
    match record {
        Record::Member(mut member) => {
            member.import_codes = false;
            member.licence.iter_mut().for_each(|licence| licence.number.clear());
            for earlier in &mut member.earlier {
                earlier.said.import_codes = false;
                earlier.said.licence.iter_mut().for_each(|licence| licence.number.clear());
            }
            Record::Member(member)
        }
        Record::Product(product) => Record::Product(Product { review: String::new(), ..product }),
        // A pack that was put into use in the registry needs no event of a terminal any more.
        Record::Pack(pack) => {
            let inactive = pack.inactive && pack.activated_at.is_none();
            Record::Pack(Pack { inactive, activated_at: None, earlier_losses: Vec::new(), ..pack })
        }
        other => other,
    }
}

/// A member's view of everything.
pub(super) struct Visible {
    pub(super) references: Arc<References>,
    bases: BTreeSet<BasisId>,
    packs: BTreeSet<PackId>,
    pub(super) member: MemberId,
}

impl Visible {
    pub(super) fn of(references: Arc<References>, member: &MemberId) -> Self {
        let own = references.bases.values().filter(|basis| basis.parties().contains(member));
        let bases: BTreeSet<BasisId> = own.map(|basis| basis.basis.clone()).collect();
        let packs = references.packs.values().filter(|pack| bases.contains(&pack.basis));
        let packs = packs.map(|pack| pack.pack.clone()).collect();
        Self { references, bases, packs, member: member.clone() }
    }

    /// Packs issued for the member's own contracts: all their codes are seen.
    pub(super) const fn packs(&self) -> &BTreeSet<PackId> {
        &self.packs
    }

    /// The bases that the member is, was or will be party to, as a JSON array.
    pub(super) fn bases(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&self.bases)
    }

    pub(super) fn may_see(&self, record: &Record) -> bool {
        match record {
            Record::Member(_)
            | Record::Site(_)
            | Record::Product(_)
            | Record::Namespace(_)
            | Record::Carrier(_)
            | Record::Policy(_)
            | Record::Grammars(_)
            | Record::Server(_) => true,
            Record::Operator(operator) => operator.member == self.member,
            Record::Quota(quota) => quota.member == self.member,
            Record::Application(application) => application.member == self.member,
            Record::Relocation(relocation) => relocation.member == self.member,
            Record::StockReport(report) => report.member == self.member,
            Record::Basis(basis) => self.bases.contains(&basis.basis),
            Record::Document(document) => {
                self.basis(&document.basis).is_some_and(|basis| basis.shares(document, &self.member))
            }
            Record::Pack(pack) => self.packs.contains(&pack.pack),
            Record::Code(code) => self.packs.contains(&code.pack),
            Record::Manifest(manifest) => self.is_consignee(manifest),
            Record::Mismatch(found) => {
                let basis = found.mismatch.basis.as_ref().and_then(|basis| self.basis(basis));
                basis.is_some_and(|basis| basis.is_party_at(&self.member, found.mismatch.at))
            }
        }
    }

    fn basis(&self, basis: &BasisId) -> Option<&Basis> {
        self.references.bases.get(basis)
    }

    /// Who gets what was sent: the buyer whom the document goes to; without a known document the buyer of that time.
    fn is_consignee(&self, manifest: &Manifest) -> bool {
        let last = manifest.sent.iter().map(|(_, at, _)| *at).max().unwrap_or(Timestamp::from_ms(0));
        self.is_sent_here(&manifest.basis, &manifest.document, last)
    }

    /// Whether what was sent at a moment under a basis, on a document, was sent to this member.
    pub(super) fn is_sent_here(&self, basis: &BasisId, document: &DocumentId, at: Timestamp) -> bool {
        let Some(basis) = self.basis(basis) else { return false };
        let consignee = self.references.documents.get(document).map(|document| &document.consignee);
        if let Some(consignee) = consignee.filter(|consignee| basis.parties().contains(consignee)) {
            return *consignee == self.member;
        }
        basis.version(at, u64::MAX).buyer == self.member
    }
}

#[cfg(test)]
mod tests {
    use shared::reference::{Earlier, Level, Licence, Loss, Member, MemberTerms, PackLoss, Role};
    use shared::time::Timestamp;

    use super::*;

    #[test]
    fn no_field_goes_over_the_wire_that_only_the_office_needs() {
        let licence = Some(Licence { number: "4401".into(), ..Licence::default() });
        let said =
            MemberTerms { role: Role::Wholesaler, licence: licence.clone(), region: String::new(), import_codes: true };
        let earlier = vec![Earlier { until: Timestamp::from_ms(1), said }];
        let member =
            Member { licence, import_codes: true, earlier, ..Member::new("W".into(), "w".into(), Role::Wholesaler) };
        let product = Product { review: "SP1".into(), ..Product::new("P".into(), "p".into(), "M".into(), Vec::new()) };
        let at = Timestamp::from_ms(1);
        let pack = Pack::new("K".into(), "P".into(), Level::Case, "C".into(), at);
        let earlier_losses = vec![Loss { how: PackLoss::Lost, at, released_at: at }];
        let in_use = Pack { inactive: true, activated_at: Some(at), earlier_losses, ..pack };
        for record in [Record::Member(member), Record::Product(product), Record::Pack(in_use)] {
            let sent = serde_json::to_string(&without_office_fields(record)).unwrap();
            for field in ["import_codes", "number", "review", "activated_at", "inactive", "earlier_losses"] {
                assert!(!sent.contains(field), "{sent}");
            }
        }
    }
}
