//! References as the one writer knows them from batch to batch: read once, and then only what changed since. A judgement sees the
//! bases it is about and those that they lead to, so that its cost does not grow with the contracts of others.

use std::collections::{BTreeMap, BTreeSet};

use shared::ids::{BasisId, DocumentId, PackId};
use shared::reference::{BasisKind, References};
use shared::wire::Record;
use sqlx::AnyConnection;

use crate::store::facts::Facts;
use crate::store::verdict::Standing;
use crate::store::{self, StoreError};

/// What is known, and as of when.
#[derive(Debug, Default)]
pub struct Known {
    /// All references; of codes those that the facts are about.
    references: References,
    /// Up to which ledger position they were read; none: nothing was read yet.
    position: Option<u64>,
    documents: BTreeMap<BasisId, BTreeSet<DocumentId>>,
    /// Return approvals: a return looks for one among all of its parties.
    approvals: BTreeSet<BasisId>,
    /// Bases of applications for codes: they are judged with their member.
    applied: BTreeSet<BasisId>,
    /// Events that were read or appended.
    facts: Facts,
    /// What stands under the scopes that were judged.
    standing: Standing,
    /// As of which ledger position these are all: that of the last judgement. None while one is under way.
    judged_at: Option<u64>,
}

/// Events that are remembered, at most; beyond them what is needed is read again. One takes about a kilobyte.
const REMEMBERED_MAX: usize = 50_000;

impl Known {
    /// Brings the references up to date inside the transaction that moved the ledger to `position`. What was committed before lies
    /// below it; what this transaction itself changed is read as well, and read again by the next.
    pub(super) async fn refresh(
        &mut self,
        conn: &mut AnyConnection,
        position: u64,
    ) -> Result<(&mut References, &mut Facts), StoreError> {
        // Whoever wrote in between may have appended something, and so may a transaction that did not end well.
        let is_whole = self.judged_at.take().is_some_and(|judged_at| judged_at + 1 == position);
        if !is_whole || self.facts.remembered() > REMEMBERED_MAX {
            self.facts.forget();
            // They are those of the packages that are remembered.
            self.references.codes.clear();
            self.references.children.clear();
            self.standing = Standing::default();
        }
        for record in store::reference::changed_after(conn, self.position).await? {
            self.take_in(record);
        }
        self.position = Some(position.saturating_sub(1));
        Ok(self.again())
    }

    /// The same once more, in the transaction of the last judgement.
    pub(super) fn again(&mut self) -> (&mut References, &mut Facts) {
        self.facts.found.clear();
        (&mut self.references, &mut self.facts)
    }

    /// What stands under the scopes that were judged.
    pub(super) const fn standing(&mut self) -> &mut Standing {
        &mut self.standing
    }

    /// A judgement at this position was stored: what was read for it holds for the next transaction.
    pub(super) const fn judged(&mut self, position: u64) {
        self.judged_at = Some(position);
    }

    fn take_in(&mut self, record: Record) {
        match &record {
            Record::Document(document) => {
                self.documents.entry(document.basis.clone()).or_default().insert(document.document.clone());
            }
            Record::Basis(basis) if basis.kind == BasisKind::ReturnApproval => {
                self.approvals.insert(basis.basis.clone());
            }
            Record::Application(application) => {
                self.applied.insert(application.basis.clone());
            }
            _ => {}
        }
        // The table holds reference sets only: nothing comes back.
        self.references.insert(record);
    }

    /// Lets `judge` see the references with no other bases and documents than those named, those that these lead to, and what a
    /// judgement looks for among all.
    pub(super) fn among<T>(
        &mut self,
        packs: &BTreeSet<PackId>,
        bases: &BTreeSet<BasisId>,
        documents: &BTreeSet<DocumentId>,
        judge: impl FnOnce(&References) -> T,
    ) -> T {
        let packs = packs.iter().filter_map(|pack| self.references.packs.get(pack));
        let mut wanted: BTreeSet<&BasisId> = packs.map(|pack| &pack.basis).collect();
        wanted.extend(bases.iter().chain(&self.approvals).chain(&self.applied));
        let of_bases = wanted.iter().filter_map(|basis| self.documents.get(*basis)).flatten();
        let documents: BTreeSet<&DocumentId> = of_bases.chain(documents).collect();
        let seen_bases = wanted.into_iter().filter_map(|id| self.references.bases.get_key_value(id));
        let seen_bases = seen_bases.map(|(id, basis)| (id.clone(), basis.clone())).collect();
        let seen_documents = documents.into_iter().filter_map(|id| self.references.documents.get_key_value(id));
        let seen_documents = seen_documents.map(|(id, document)| (id.clone(), document.clone())).collect();
        let all_bases = std::mem::replace(&mut self.references.bases, seen_bases);
        let all_documents = std::mem::replace(&mut self.references.documents, seen_documents);
        let judged = judge(&self.references);
        (self.references.bases, self.references.documents) = (all_bases, all_documents);
        judged
    }
}
