//! References as the one writer knows them from batch to batch: read once, and then only what changed since. A judgement sees the
//! bases it is about and those that they lead to, so that its cost does not grow with the contracts of others.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;
use shared::ids::{BasisId, DocumentId, PackId};
use shared::mismatch::Scope;
use shared::reference::{BasisKind, References};
use shared::wire::Record;
use sqlx::AnyConnection;

use crate::store::facts::{Brought, Facts};
use crate::store::verdict::Standing;
use crate::store::{self, StoreError, lookup};

/// What is known, and as of when.
#[derive(Debug)]
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
    /// In which of all judgements each basis was judged last.
    judged_bases: HashMap<BasisId, u64>,
    /// Judgements so far.
    judgements: u64,
    /// Events that are remembered, at most.
    remembered_max: usize,
    /// Events that were left when some were forgotten last.
    left: usize,
    /// As of which ledger position these are all: that of the last judgement. None while one is under way.
    judged_at: Option<u64>,
}

/// Events that are remembered, at most, unless it is said otherwise. One takes about a kilobyte.
const REMEMBERED_MAX: usize = 40_000;

/// Events of a batch, as terminals send them when many wait.
const BATCH_EVENTS: usize = 1_000;

impl Default for Known {
    fn default() -> Self {
        Self::remembering(REMEMBERED_MAX)
    }
}

impl Known {
    /// Nothing yet; from now on at most so many events. Beyond them the bases that were not judged for the longest time are forgotten,
    /// and read again when they are asked for.
    #[must_use]
    pub fn remembering(events_max: usize) -> Self {
        Self {
            references: References::default(),
            position: None,
            documents: BTreeMap::new(),
            approvals: BTreeSet::new(),
            applied: BTreeSet::new(),
            facts: Facts::default(),
            standing: Standing::default(),
            judged_bases: HashMap::default(),
            judgements: 0,
            remembered_max: events_max,
            left: 0,
            judged_at: None,
        }
    }

    /// Brings the references up to date inside the transaction that moved the ledger to `position`. What was committed before lies
    /// below it; what this transaction itself changed is read as well, and read again by the next.
    pub(super) async fn refresh(&mut self, conn: &mut AnyConnection, position: u64) -> Result<(), StoreError> {
        // Whoever wrote in between may have appended something, and so may a transaction that did not end well.
        let is_whole = self.judged_at.take().is_some_and(|judged_at| judged_at + 1 == position);
        if !is_whole {
            self.facts.forget();
            // They are those of the packages that are remembered.
            self.references.codes.clear();
            self.references.children.clear();
            self.standing = Standing::default();
            self.judged_bases.clear();
            self.left = 0;
        }
        for record in store::reference::changed_after(conn, self.position).await? {
            self.take_in(record);
        }
        self.position = Some(position.saturating_sub(1));
        Ok(())
    }

    /// Takes in events that the transaction appended.
    pub(super) async fn append(&mut self, conn: &mut AnyConnection, new: Vec<Brought>) -> Result<(), StoreError> {
        lookup::append(conn, new, &mut self.facts).await
    }

    /// Batches whose scans one judgement may have in hand: beside what is remembered there must be room for what is read.
    pub(super) fn batches_max(&self) -> usize {
        (self.remembered_max / 3 / BATCH_EVENTS).max(1)
    }

    /// Begins a judgement. What was not judged for the longest time is forgotten where too much is remembered.
    pub(super) fn begin(&mut self) -> (&mut References, &mut Facts) {
        if self.facts.remembered() > self.remembered_max.max(self.left + self.remembered_max / 2) {
            self.forget_old();
        }
        self.again()
    }

    /// Keeps what was judged last, however much that is, and of what was judged before as much as half of what may be remembered.
    fn forget_old(&mut self) {
        let mut bases: Vec<(&BasisId, u64)> = self.judged_bases.iter().map(|(basis, at)| (basis, *at)).collect();
        bases.sort_unstable_by_key(|(basis, at)| (std::cmp::Reverse(*at), *basis));
        let (last, mut events) = (bases.first().map(|(_, at)| *at), 0);
        let lately = bases.into_iter().take_while(|(basis, at)| {
            events += self.facts.remembered_under(basis);
            events <= self.remembered_max / 2 || Some(*at) == last
        });
        let bases: BTreeSet<BasisId> = lately.map(|(basis, _)| basis.clone()).collect();
        self.facts.keep_only(&bases);
        self.left = self.facts.remembered();
        let Self { facts, references, .. } = self;
        references.codes.retain(|code, record| {
            facts.knows(code) || record.parent.as_ref().is_some_and(|parent| facts.knows(parent))
        });
        references.children.retain(|parent, _| facts.knows(parent));
        self.standing.keep_only(|scope| match scope {
            Scope::Basis(basis) => bases.contains(basis),
            Scope::Code(code) => facts.knows(code),
            Scope::Member(_) | Scope::Terminal(_) => false,
        });
        self.judged_bases.retain(|basis, _| bases.contains(basis));
    }

    /// The same once more, in the transaction of the last judgement.
    pub(super) fn again(&mut self) -> (&mut References, &mut Facts) {
        self.facts.search_anew();
        (&mut self.references, &mut self.facts)
    }

    /// What was read, and what stands under the scopes that were judged.
    pub(super) const fn facts_and_standing(&mut self) -> (&mut Facts, &mut Standing) {
        (&mut self.facts, &mut self.standing)
    }

    /// A judgement of these bases was stored.
    pub(super) fn judged(&mut self, bases: &BTreeSet<BasisId>) {
        self.judgements += 1;
        self.judged_bases.extend(bases.iter().map(|basis| (basis.clone(), self.judgements)));
    }

    /// All judgements at this position were stored: what was read for them holds for the next transaction.
    pub(super) const fn complete(&mut self, position: u64) {
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
