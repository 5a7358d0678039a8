//! Judges again what a batch or a changed reference may have changed, in the transaction that changed it.
//!
//! The rules stay in `shared`; here is only which facts they need: everything under the touched bases, every scan of the codes
//! there and of the packages that hold or fill them. Work grows with the bases touched, not with the ledger.

mod known;

use std::collections::BTreeSet;

use shared::code::PackageCode;
use shared::event::Act;
use shared::ids::{BasisId, DocumentId, MemberId};
use shared::mismatch::{Mismatch, Scope};
use shared::reference::{Policy, References};
use shared::rules::judge_index;
use shared::time::Timestamp;
use shared::trail::{History, Index, manifests};
use shared::wire::Record;
use sqlx::AnyConnection;

use crate::store::{self, Store, StoreError, event::Facts};

pub use known::Known;

/// What changed.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    /// Bases whose events or references changed.
    pub bases: BTreeSet<BasisId>,
    /// Codes that were scanned or registered.
    pub codes: BTreeSet<PackageCode>,
    /// Members whose quota, relocations or reports changed.
    pub members: BTreeSet<MemberId>,
}

impl Touched {
    /// What an act may change: the basis that it names, the code that it scans.
    pub fn add_act(&mut self, act: &Act) {
        self.bases.extend(act.reference().map(|(basis, _)| basis.clone()));
        let code = act.movement().and_then(|(_, movement)| shared::code::parse(&movement.text).ok());
        self.codes.extend(code);
    }

    /// What either touched.
    pub fn add(&mut self, other: &Self) {
        self.bases.extend(other.bases.iter().cloned());
        self.codes.extend(other.codes.iter().cloned());
        self.members.extend(other.members.iter().cloned());
    }
}

/// Everything that one judgement needs.
struct World {
    bases: BTreeSet<BasisId>,
    codes: BTreeSet<PackageCode>,
    /// Members everything of whose trade is here.
    members: BTreeSet<MemberId>,
    history: History,
}

/// Judges again after `touched` changed; stores what differs under `position`. Answers the live mismatches of what it judged.
pub async fn rejudge(
    conn: &mut AnyConnection,
    touched: &Touched,
    now: Timestamp,
    position: u64,
) -> Result<Vec<Mismatch>, StoreError> {
    rejudge_known(conn, &mut Known::default(), touched, (now, position)).await
}

/// The same by one who knows the references of before.
pub async fn rejudge_known(
    conn: &mut AnyConnection,
    known: &mut Known,
    touched: &Touched,
    (now, position): (Timestamp, u64),
) -> Result<Vec<Mismatch>, StoreError> {
    let references = known.refresh(conn, position).await?;
    let world = load(conn, references, touched).await?;
    let (judged, manifests) = known.among(&named_bases(&world), &named_documents(&world), |references| {
        let index = Index::new(&world.history, references);
        (judge_index(&index, &references.policy(), now), manifests(&index))
    });
    let scopes: BTreeSet<Scope> = world
        .bases
        .iter()
        .map(|basis| Scope::Basis(basis.clone()))
        .chain(world.codes.iter().map(|code| Scope::Code(code.clone())))
        .chain(world.members.iter().map(|member| Scope::Member(member.clone())))
        .collect();
    let live: Vec<Mismatch> = judged.into_iter().filter(|mismatch| scopes.contains(&mismatch.scope)).collect();
    store::verdict::replace(conn, &scopes, &live.iter().collect::<Vec<_>>(), now, position).await?;
    for manifest in manifests.into_iter().filter(|manifest| world.bases.contains(&manifest.basis)) {
        store::verdict::put_manifest(conn, &manifest, position).await?;
    }
    Ok(live)
}

/// Judges again after references changed, in the transaction that changed them.
pub async fn references_changed(
    conn: &mut AnyConnection,
    touched: &Touched,
    now: Timestamp,
    position: u64,
) -> Result<(), StoreError> {
    rejudge(conn, touched, now, position).await.map(drop)
}

/// Makes the configured thresholds those that everyone judges by: terminals pull them like any reference. Where they differ from
/// before, everything that was worked on is judged again.
pub async fn adopt_policy(store: &Store, policy: Policy, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = store.write().await?;
    let position = store::next_position(&mut tx).await?;
    if store::reference::put(&mut tx, &Record::Policy(policy), position).await? {
        let bases = store::event::bases_worked_on(&mut tx).await?;
        rejudge(&mut tx, &Touched { bases, ..Touched::default() }, now, position).await?;
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    Ok(())
}

/// Judges again what time alone has changed by `now`. Answers how many bases it touched.
pub async fn sweep(store: &Store, now: Timestamp) -> Result<usize, StoreError> {
    let mut tx = store.write().await?;
    let bases = store::verdict::due_bases(&mut tx, now).await?;
    let swept = bases.len();
    if swept > 0 {
        let position = store::next_position(&mut tx).await?;
        rejudge(&mut tx, &Touched { bases, ..Touched::default() }, now, position).await?;
    }
    tx.commit().await?;
    Ok(swept)
}

async fn load(conn: &mut AnyConnection, references: &mut References, touched: &Touched) -> Result<World, StoreError> {
    let mut bases = touched.bases.clone();
    let mut facts = Facts::default();

    // A scanned code may end a mismatch under each basis that its trail, or that of its case, names.
    let scanned = store::code::load_families(conn, &touched.codes, references).await?;
    store::event::of_codes(conn, &scanned, &mut facts).await?;
    bases.extend(bases_of(&facts));

    // A quota counts all that a member executes: its whole trade is needed.
    let sellers = bases.iter().filter_map(|basis| references.bases.get(basis)).map(|basis| basis.seller.clone());
    let members: BTreeSet<MemberId> = sellers.chain(touched.members.iter().cloned()).collect();
    let has_quota = |member: &MemberId| references.quotas.keys().any(|(of, _, _)| of == member);
    let with_quota: BTreeSet<&MemberId> = members.iter().filter(|member| has_quota(member)).collect();
    let whole = references.bases.values().filter(|basis| with_quota.contains(&basis.seller));
    bases.extend(whole.map(|basis| basis.basis.clone()));

    store::event::of_bases(conn, &bases, &mut facts).await?;
    let under = scanned.union(&named_codes(&facts)).cloned().collect();
    let codes = store::code::load_families(conn, &under, references).await?;
    store::event::of_codes(conn, &codes, &mut facts).await?;
    store::event::of_tasks(conn, &bases_of(&facts), &mut facts).await?;
    store::event::about_found(conn, &mut facts).await?;

    let reached = store::event::reached(conn).await?;
    let history = History { facts: facts.found.into_values().collect(), reached, beside: None };
    Ok(World { bases, codes, members, history })
}

/// The bases that are judged, and those that some fact names.
fn named_bases(world: &World) -> BTreeSet<BasisId> {
    let named = world.history.facts.iter().filter_map(|fact| fact.act.reference()).map(|(basis, _)| basis);
    named.chain(&world.bases).cloned().collect()
}

fn named_documents(world: &World) -> BTreeSet<DocumentId> {
    world.history.facts.iter().filter_map(|fact| fact.act.reference()).map(|(_, document)| document.clone()).collect()
}

fn bases_of(facts: &Facts) -> BTreeSet<BasisId> {
    facts.found.values().filter_map(|fact| fact.act.reference()).map(|(basis, _)| basis.clone()).collect()
}

fn named_codes(facts: &Facts) -> BTreeSet<PackageCode> {
    let movements = facts.found.values().filter_map(|fact| fact.act.movement());
    movements.filter_map(|(_, movement)| shared::code::parse(&movement.text).ok()).collect()
}
