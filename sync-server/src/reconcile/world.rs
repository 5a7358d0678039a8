//! What one judgement needs: everything under the touched bases, every scan of the codes there and of the packages that hold or fill
//! them, and what was said of these codes and people elsewhere. Work grows with what is touched, not with the ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use shared::ids::{BasisId, DocumentId, MemberId, PackId, TerminalId};
use shared::mismatch::Scope;
use shared::reference::References;
use shared::time::Timestamp;
use shared::trail::{Fact, History, Index};
use sqlx::AnyConnection;

use super::Touched;
use super::sessions;
use crate::store::facts::Facts;
use crate::store::named::{self, Name};
use crate::store::packages::PackageNo;
use crate::store::{self, StoreError, lookup};

/// How often a family is followed on: up to the outermost package and down to the units of all that it holds, by what is registered
/// and by what was told of relabelled and repacked goods. Records that lead round in a circle end here.
const ROUNDS_MAX: usize = 10;

/// Everything that one judgement needs.
pub(super) struct World {
    /// Bases that are judged whole.
    pub(super) bases: BTreeSet<BasisId>,
    /// Packages that are judged whole.
    pub(super) packages: Family,
    /// The code packs that they were registered with.
    pub(super) packs: BTreeSet<PackId>,
    /// Members everything of whose trade is here.
    pub(super) members: BTreeSet<MemberId>,
    /// Terminals all of whose conduct is here.
    pub(super) terminals: BTreeSet<TerminalId>,
    facts: Vec<Arc<Fact>>,
    /// How far each terminal's log is held.
    reached: BTreeMap<TerminalId, Timestamp>,
}

impl World {
    /// Loads what `touched` may change, with the records of its codes into `references`.
    pub(super) async fn load(
        conn: &mut AnyConnection,
        (references, facts): (&mut References, &mut Facts),
        touched: &Touched,
    ) -> Result<Self, StoreError> {
        let mut bases = touched.bases.clone();
        let elsewhere = sessions::scanned_elsewhere(conn, &touched.operators, facts).await?;
        for pack in &touched.packs {
            bases.extend(store::event::bases_of_pack(conn, pack).await?);
        }
        // A scanned code may end a mismatch under each basis that its trail, or that of its case, names.
        let mut family = Family::default();
        let seeds = facts.numbers(touched.codes.iter().chain(&elsewhere));
        trails(conn, &mut family, seeds, references, facts).await?;
        bases.extend(bases_of(facts));
        let members = whole_trades(&mut bases, references, touched);

        lookup::of_bases(conn, &bases, facts).await?;
        let under = facts.packages_found();
        trails(conn, &mut family, under, references, facts).await?;
        lookup::of_tasks(conn, &bases_of(facts), facts).await?;
        let packs = each_once(family.members.iter().filter_map(|number| facts.pack_of(*number)));
        let names = packs.iter().map(|pack| Name::Pack(pack).key()).collect();
        named::of(conn, &names, facts).await?;
        sessions::of_scans(conn, facts).await?;
        lookup::of_conduct(conn, &touched.terminals, facts).await?;
        lookup::about_found(conn, facts).await?;

        // Only who opened or closed a task is asked how far its log is held.
        let tasks = facts.found().filter(|fact| fact.act.is_of_task());
        let reached = store::event::reached(conn, &tasks.map(|fact| fact.by.terminal).collect()).await?;
        let facts = facts.found().map(Arc::clone).collect();
        Ok(Self { bases, packages: family, packs, members, terminals: touched.terminals.clone(), facts, reached })
    }

    /// Sorted out for the rules.
    pub(super) fn index<'i>(&'i self, references: &'i References) -> Index<'i> {
        Index::over(self.facts.iter().map(|fact| &**fact).collect(), (&self.reached, None), references)
    }

    /// The facts, for rules that ask for a history of their own.
    pub(super) fn history(&self) -> History {
        let facts = self.facts.iter().map(|fact| Fact::clone(fact)).collect();
        History { facts, reached: self.reached.clone(), beside: None }
    }

    /// The scopes that are judged whole, but for those of packages.
    pub(super) fn scopes(&self) -> BTreeSet<Scope> {
        let bases = self.bases.iter().map(|basis| Scope::Basis(basis.clone()));
        let members = self.members.iter().map(|member| Scope::Member(member.clone()));
        let terminals = self.terminals.iter().map(|terminal| Scope::Terminal(*terminal));
        bases.chain(members).chain(terminals).collect()
    }

    /// The bases that are judged, and those that some fact names.
    pub(super) fn named_bases(&self) -> BTreeSet<BasisId> {
        let named = self.facts.iter().filter_map(|fact| fact.act.reference()).map(|(basis, _)| basis);
        each_once(named.chain(&self.bases))
    }

    /// The documents that some fact names.
    pub(super) fn named_documents(&self) -> BTreeSet<DocumentId> {
        let named = self.facts.iter().filter_map(|fact| fact.act.reference());
        each_once(named.map(|(_, document)| document))
    }
}

/// Adds the bases of each member with a quota: it counts all that a member executes. Answers the members.
fn whole_trades(bases: &mut BTreeSet<BasisId>, references: &References, touched: &Touched) -> BTreeSet<MemberId> {
    let sellers = bases.iter().filter_map(|basis| references.bases.get(basis)).map(|basis| basis.seller.clone());
    let members: BTreeSet<MemberId> = sellers.chain(touched.members.iter().cloned()).collect();
    let has_quota = |member: &MemberId| references.quotas.keys().any(|(of, _, _)| of == member);
    let with_quota: BTreeSet<&MemberId> = members.iter().filter(|member| has_quota(member)).collect();
    let whole = references.bases.values().filter(|basis| with_quota.contains(&basis.seller));
    bases.extend(whole.map(|basis| basis.basis.clone()));
    members
}

/// Packages whose families and trails are here.
#[derive(Default)]
pub(super) struct Family {
    members: Vec<PackageNo>,
    is_member: Vec<bool>,
}

impl Family {
    pub(super) fn members(&self) -> &[PackageNo] {
        &self.members
    }

    pub(super) fn has(&self, number: PackageNo) -> bool {
        self.is_member.get(number as usize).is_some_and(|is_member| *is_member)
    }

    /// Those that are new; they are members from now on.
    fn admit(&mut self, numbers: &[PackageNo]) -> Vec<PackageNo> {
        let mut new = Vec::new();
        for number in numbers {
            let at = *number as usize;
            if at >= self.is_member.len() {
                self.is_member.resize(at + 1, false);
            }
            if !std::mem::replace(&mut self.is_member[at], true) {
                new.push(*number);
            }
        }
        self.members.extend(&new);
        new
    }
}

/// Adds packages to those whose families and trails are here: all that hold or fill them, as registered and as told, and every scan of
/// each. Records that were not read before go into `references`, what was told and scanned into `facts`.
async fn trails(
    conn: &mut AnyConnection,
    family: &mut Family,
    seeds: Vec<PackageNo>,
    references: &mut References,
    facts: &mut Facts,
) -> Result<(), StoreError> {
    let mut fresh = family.admit(&seeds);
    for _ in 0..ROUNDS_MAX {
        if fresh.is_empty() {
            break;
        }
        for record in lookup::meet(conn, &fresh, facts).await? {
            references.insert_code(record);
        }
        let mut kin = Vec::new();
        facts.find_packages(&fresh, &mut kin);
        fresh = family.admit(&kin);
    }
    Ok(())
}

/// Each once: neighbours are mostly the same, since events are told in the order of their logs.
pub(super) fn distinct<T: Copy + Ord>(all: impl Iterator<Item = T>) -> BTreeSet<T> {
    let (mut found, mut last) = (BTreeSet::new(), None);
    for one in all {
        if last != Some(one) {
            found.insert(one);
            last = Some(one);
        }
    }
    found
}

fn each_once<'t, T: Clone + Ord + 't>(all: impl Iterator<Item = &'t T>) -> BTreeSet<T> {
    distinct(all).into_iter().cloned().collect()
}

fn bases_of(facts: &Facts) -> BTreeSet<BasisId> {
    each_once(facts.found().filter_map(|fact| fact.act.reference()).map(|(basis, _)| basis))
}
