//! What an actor may see: everything, or one member's trade. The one place that decides it, one function for each resource.

use std::collections::BTreeSet;

use shared::chain::Hash;
use shared::event::Event;
use shared::ids::{BasisId, MemberId, TerminalId};
use shared::mismatch::{Mismatch, Scope as Judged};
use shared::reference::{Basis, Line, Pack, References, ShippingDocument};
use shared::rules::application::may_apply;
use shared::time::Timestamp;
use shared::wire::Record;
use sqlx::AnyConnection;

use crate::attachments;
use crate::store::terminal::Terminal;
use crate::store::{self, StoreError};

/// Whose trade somebody sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every member's.
    All,
    /// One member's.
    Member(MemberId),
}

/// A scope with what it takes to decide by it, as the database says at one moment.
#[derive(Debug)]
pub struct View {
    /// All references: names are no secret, what is under a basis is.
    pub references: References,
    /// Terminals in the view, by name.
    pub terminals: Vec<Terminal>,
    scope: Scope,
    bases: BTreeSet<BasisId>,
    own: BTreeSet<TerminalId>,
}

impl View {
    /// The view of a scope.
    pub async fn of(conn: &mut AnyConnection, scope: Scope) -> Result<Self, StoreError> {
        let references = store::reference::load_all(conn).await?;
        let mut terminals = store::terminal::list(conn).await?;
        let mut bases = BTreeSet::new();
        if let Scope::Member(member) = &scope {
            let party = references.bases.values().filter(|basis| basis.parties().contains(member));
            bases = party.map(|basis| basis.basis.clone()).collect();
            terminals.retain(|terminal| terminal.member == *member);
        }
        let own = terminals.iter().map(|terminal| terminal.terminal).collect();
        Ok(Self { references, terminals, scope, bases, own })
    }

    /// Whose trade it is.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The member, where it is one's view.
    #[must_use]
    pub const fn member(&self) -> Option<&MemberId> {
        match &self.scope {
            Scope::All => None,
            Scope::Member(member) => Some(member),
        }
    }

    /// Bases where the member is, was or will be party; nothing where everything is seen.
    #[must_use]
    pub const fn bases(&self) -> &BTreeSet<BasisId> {
        &self.bases
    }

    /// Terminals of the member; all where everything is seen.
    #[must_use]
    pub const fn own_terminals(&self) -> &BTreeSet<TerminalId> {
        &self.own
    }

    /// Whether what a member does alone is seen: its terminals, quotas, people.
    #[must_use]
    pub fn sees_member(&self, member: &MemberId) -> bool {
        self.member().is_none_or(|own| own == member)
    }

    /// Whether a basis is seen: by all its parties, former and coming ones too.
    #[must_use]
    pub fn sees_basis(&self, basis: &BasisId) -> bool {
        self.member().is_none() || self.bases.contains(basis)
    }

    /// Whether a shipping document is seen: by the parties of its basis, but for another buyer's ([`Basis::shares`]).
    #[must_use]
    pub fn sees_document(&self, document: &ShippingDocument) -> bool {
        let Some(member) = self.member() else { return true };
        self.references.bases.get(&document.basis).is_some_and(|basis| basis.shares(document, member))
    }

    /// Whether a record of the registry is seen. Of a member's trade: what it keeps itself, its bases with what is under them, the
    /// products in them and those it makes, the members it trades with. Carriers are everybody's.
    #[must_use]
    pub fn sees_record(&self, record: &Record) -> bool {
        let Some(own) = self.member() else { return true };
        let mut bases = self.bases.iter().filter_map(|basis| self.references.bases.get(basis));
        match record {
            Record::Member(member) => {
                member.member == *own || bases.any(|basis| basis.parties().contains(&member.member))
            }
            Record::Site(site) => site.member == *own,
            Record::Operator(operator) => operator.member == *own,
            Record::Quota(quota) => quota.member == *own,
            Record::Application(application) => application.member == *own,
            Record::Relocation(relocation) => relocation.member == *own,
            Record::StockReport(report) => report.member == *own,
            Record::Product(product) => {
                let names = |lines: &[Line]| lines.iter().any(|line| line.product == product.product);
                let amended =
                    |basis: &Basis| basis.amendments.iter().filter_map(|change| change.lines.as_deref()).any(names);
                product.maker == *own || bases.any(|basis| names(&basis.lines) || amended(basis))
            }
            Record::Basis(basis) => basis.parties().contains(own),
            Record::Document(document) => self.sees_document(document),
            Record::Pack(pack) => self.bases.contains(&pack.basis),
            Record::Namespace(_) | Record::Carrier(_) | Record::Policy(_) | Record::Grammars(_) | Record::Server(_) => {
                true
            }
            // No records of the registry.
            Record::Code(_) | Record::Manifest(_) | Record::Mismatch(_) => false,
        }
    }

    /// Whether a record is the member's own to make and to change: its sites, its operators, the documents that it sends with under
    /// its own bases. All else is agreed between two, or said by the platform.
    #[must_use]
    pub fn may_change(&self, record: &Record) -> bool {
        let Some(own) = self.member() else { return true };
        match record {
            Record::Site(site) => site.member == *own,
            Record::Operator(operator) => operator.member == *own,
            Record::Document(document) => document.consignor == *own && self.bases.contains(&document.basis),
            _ => false,
        }
    }

    /// Whether a code pack is the member's own to put into use, to lose and to fill: under its contract it may apply for codes.
    #[must_use]
    pub fn keeps_pack(&self, pack: &Pack, at: Timestamp) -> bool {
        self.member().is_none_or(|own| may_apply(&self.references, &pack.basis, own, at))
    }

    /// Whether a mismatch is seen: by who was party to its basis when it came about, and by whose terminals raised it; where the basis
    /// is known to nobody, by the latter alone.
    #[must_use]
    pub fn sees(&self, mismatch: &Mismatch) -> bool {
        let Some(member) = self.member() else { return true };
        match (&mismatch.scope, &mismatch.basis) {
            (Judged::Member(of), _) => of == member,
            (Judged::Terminal(of), _) => self.own.contains(of),
            (_, Some(basis)) if self.references.bases.contains_key(basis) => {
                let is_party = |basis: &Basis| basis.is_party_at(member, mismatch.at);
                let own = mismatch.events.iter().any(|by| self.own.contains(&by.terminal));
                self.references.bases.get(basis).is_some_and(is_party) || (own && self.bases.contains(basis))
            }
            _ => mismatch.events.iter().any(|by| self.own.contains(&by.terminal)),
        }
    }

    /// Whether an event's own particulars are seen: who scanned, where, its photo. Of a shared basis only the fact is.
    #[must_use]
    pub fn sees_operator(&self, terminal: TerminalId) -> bool {
        self.member().is_none() || self.own.contains(&terminal)
    }

    /// Whether a photo is seen: by who brought it, and by the parties of the basis that the report with it names.
    pub async fn sees_photo(&self, conn: &mut AnyConnection, photo: Hash) -> Result<bool, StoreError> {
        let Some(member) = self.member() else { return Ok(true) };
        if attachments::store::is_of(conn, member, photo).await? {
            return Ok(true);
        }
        let names = |event: &Event| event.act.photos().contains(&photo);
        let reports = attachments::store::reports_under(conn, &self.bases).await?;
        Ok(reports.iter().any(names))
    }
}
