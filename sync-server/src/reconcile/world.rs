//! What one judgement needs: everything under the touched bases, every scan of the codes there and of the packages that hold or fill
//! them, and what was said of these codes and people elsewhere. Work grows with what is touched, not with the ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use shared::code::PackageCode;
use shared::ids::{BasisId, DocumentId, MemberId, TerminalId};
use shared::mismatch::Scope;
use shared::reference::References;
use shared::time::Timestamp;
use shared::trail::{Fact, History, Index};
use sqlx::AnyConnection;

use super::Touched;
use super::sessions;
use crate::store::facts::{Brought, Facts};
use crate::store::named::{self, Name};
use crate::store::{self, StoreError, lookup};

/// How often a family is followed on: up to the outermost package and down to the units of all that it holds, by what is registered
/// and by what was told of relabelled and repacked goods. Records that lead round in a circle end here.
const ROUNDS_MAX: usize = 10;

/// Everything that one judgement needs.
pub(super) struct World {
    /// Bases that are judged whole.
    pub(super) bases: BTreeSet<BasisId>,
    /// Codes that are judged whole.
    pub(super) codes: BTreeSet<PackageCode>,
    /// Members everything of whose trade is here.
    pub(super) members: BTreeSet<MemberId>,
    /// Terminals all of whose conduct is here.
    pub(super) terminals: BTreeSet<TerminalId>,
    facts: Vec<Arc<Fact>>,
    /// How far each terminal's log is held.
    reached: BTreeMap<TerminalId, Timestamp>,
}

impl World {
    /// Loads what `touched` may change, with the records of its codes into `references`. Events that are `new` here need not be read
    /// again.
    pub(super) async fn load(
        conn: &mut AnyConnection,
        (references, facts): (&mut References, &mut Facts),
        touched: &Touched,
        new: Vec<Brought>,
    ) -> Result<Self, StoreError> {
        lookup::append(conn, new, facts).await?;
        let mut bases = touched.bases.clone();
        let mut seeds = touched.codes.clone();
        seeds.extend(sessions::scanned_elsewhere(conn, &touched.operators, facts).await?);
        for pack in &touched.packs {
            bases.extend(store::event::bases_of_pack(conn, pack).await?);
        }
        // A scanned code may end a mismatch under each basis that its trail, or that of its case, names.
        let mut codes = BTreeSet::new();
        trails(conn, &mut codes, seeds, references, facts).await?;
        bases.extend(bases_of(facts));
        let members = whole_trades(&mut bases, references, touched);

        lookup::of_bases(conn, &bases, facts).await?;
        let under = named_codes(facts);
        trails(conn, &mut codes, under, references, facts).await?;
        lookup::of_tasks(conn, &bases_of(facts), facts).await?;
        activations(conn, references, facts).await?;
        sessions::of_scans(conn, facts).await?;
        lookup::of_conduct(conn, &touched.terminals, facts).await?;
        lookup::about_found(conn, facts).await?;

        let reached = store::event::reached(conn).await?;
        let facts = std::mem::take(&mut facts.found).into_values().collect();
        Ok(Self { bases, codes, members, terminals: touched.terminals.clone(), facts, reached })
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

    /// The scopes that are judged whole.
    pub(super) fn scopes(&self) -> BTreeSet<Scope> {
        let bases = self.bases.iter().map(|basis| Scope::Basis(basis.clone()));
        let codes = self.codes.iter().map(|code| Scope::Code(code.clone()));
        let members = self.members.iter().map(|member| Scope::Member(member.clone()));
        let terminals = self.terminals.iter().map(|terminal| Scope::Terminal(*terminal));
        bases.chain(codes).chain(members).chain(terminals).collect()
    }

    /// The bases that are judged, and those that some fact names.
    pub(super) fn named_bases(&self) -> BTreeSet<BasisId> {
        let named = self.facts.iter().filter_map(|fact| fact.act.reference()).map(|(basis, _)| basis);
        named.chain(&self.bases).cloned().collect()
    }

    /// The documents that some fact names.
    pub(super) fn named_documents(&self) -> BTreeSet<DocumentId> {
        let named = self.facts.iter().filter_map(|fact| fact.act.reference());
        named.map(|(_, document)| document.clone()).collect()
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

/// Adds codes to those whose families and trails are here: all packages that hold or fill them, as registered and as told, and every
/// scan of each. Records go into `references`, what was told and scanned into `facts`.
async fn trails(
    conn: &mut AnyConnection,
    here: &mut BTreeSet<PackageCode>,
    codes: BTreeSet<PackageCode>,
    references: &mut References,
    facts: &mut Facts,
) -> Result<(), StoreError> {
    let mut fresh: BTreeSet<PackageCode> = codes.difference(here).cloned().collect();
    for _ in 0..ROUNDS_MAX {
        if fresh.is_empty() {
            break;
        }
        let mut found = BTreeSet::new();
        for record in lookup::related(conn, &fresh, facts).await? {
            found.insert(record.code.clone());
            found.extend(record.parent.clone());
            references.insert_code(record);
        }
        let names = fresh.iter().map(|code| Name::Package(code).key()).collect();
        for act in named::of(conn, &names, facts).await?.iter().filter_map(|by| facts.found.get(by)) {
            found.extend(act.act.named_texts().into_iter().filter_map(|text| shared::code::parse(text).ok()));
        }
        lookup::of_codes(conn, &fresh, facts).await?;
        here.append(&mut fresh);
        fresh = found.difference(here).cloned().collect();
    }
    Ok(())
}

/// When the packs of the codes here were put into use, as far as terminals say it.
async fn activations(conn: &mut AnyConnection, references: &References, facts: &mut Facts) -> Result<(), StoreError> {
    let packs: BTreeSet<_> = references.codes.values().map(|code| &code.pack).collect();
    let names = packs.into_iter().map(|pack| Name::Pack(pack).key()).collect();
    named::of(conn, &names, facts).await.map(drop)
}

fn bases_of(facts: &Facts) -> BTreeSet<BasisId> {
    facts.found.values().filter_map(|fact| fact.act.reference()).map(|(basis, _)| basis.clone()).collect()
}

/// Packages that facts scan or name.
fn named_codes(facts: &Facts) -> BTreeSet<PackageCode> {
    let texts = facts.found.values().flat_map(|fact| {
        let scanned = fact.act.movement().map(|(_, movement)| movement.text.as_str());
        fact.act.named_texts().into_iter().chain(scanned)
    });
    texts.filter_map(|text| shared::code::parse(text).ok()).collect()
}
