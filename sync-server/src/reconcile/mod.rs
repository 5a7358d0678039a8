//! Judges again what a batch or a changed reference may have changed, in the transaction that changed it.
//!
//! The rules stay in `shared`; here is only which facts they need.
//!
//! | to find | look in |
//! |---|---|
//! | what deliveries say of a terminal | `arrivals` |
//! | which facts a judgement needs | `world`, `sessions` |
//! | what an event or a record may change | `touched` |
//! | references from batch to batch | `known` |
//! | how much is judged at once | `parts` |
//! | whether goods may leave | [`gates`] |
//! | which label texts are codes | [`grammars`] |

mod arrivals;
pub mod gates;
pub mod grammars;
mod known;
mod parts;
mod sessions;
mod touched;
mod world;

use std::collections::BTreeSet;

use shared::ids::{BasisId, MemberId};
use shared::mismatch::{Mismatch, Scope};
use shared::reference::Policy;
use shared::rules::{judge_index, next_due};
use shared::time::Timestamp;
use shared::trail::manifests;
use shared::wire::Record;
use sqlx::AnyConnection;

use crate::store::facts::Brought;
use crate::store::verdict::JudgedBy;
use crate::store::{self, Store, StoreError};
use world::World;

pub use arrivals::arrivals_changed;
pub use known::Known;
pub use touched::Touched;

/// Bases that one transaction judges again: a change that concerns more of them is worked off bit by bit, by the next sweeps.
pub const BASES_AT_ONCE: usize = 64;

/// Judges again after `touched` changed; stores what differs under `position`. Answers the live mismatches of what it judged.
pub async fn rejudge(
    conn: &mut AnyConnection,
    touched: &Touched,
    now: Timestamp,
    position: u64,
) -> Result<Vec<Mismatch>, StoreError> {
    let each = touched.clone().by_basis();
    rejudge_known(conn, &mut Known::default(), (each, Vec::new()), (now, position)).await
}

/// The same by one who knows the references of before, and has some of the events, those just appended, in hand. What was touched comes
/// in pieces, none of which needs another: they are judged in as few parts as memory allows.
pub async fn rejudge_known(
    conn: &mut AnyConnection,
    known: &mut Known,
    (touched, new): (Vec<Touched>, Vec<Brought>),
    (now, position): (Timestamp, u64),
) -> Result<Vec<Mismatch>, StoreError> {
    let is_under_way = is_under_way(&new);
    known.refresh(conn, position).await?;
    known.append(conn, new).await?;
    let (mut live, mut done) = (Vec::new(), BTreeSet::new());
    for mut part in parts::parts(conn, touched, known.batches_max()).await? {
        // A quota leads to all that a member sells: another part may have judged it already.
        part.bases.retain(|basis| !done.contains(basis));
        if part == Touched::default() {
            continue;
        }
        let Judged { bases, scopes, live: of_part } =
            Box::pin(judge(conn, known, (&part, is_under_way), (now, position))).await?;
        live.retain(|mismatch: &Mismatch| !scopes.contains(&mismatch.scope));
        live.extend(of_part);
        done.extend(bases);
    }
    known.complete(position);
    Ok(live)
}

/// What one judgement came to.
struct Judged {
    bases: BTreeSet<BasisId>,
    /// Under which everything is said.
    scopes: BTreeSet<Scope>,
    live: Vec<Mismatch>,
}

/// Judges one part, and stores what differs.
async fn judge(
    conn: &mut AnyConnection,
    known: &mut Known,
    (touched, is_under_way): (&Touched, bool),
    (now, position): (Timestamp, u64),
) -> Result<Judged, StoreError> {
    let world = World::load(conn, known.begin(), touched).await?;
    let (judged, manifests, next) =
        known.among(&world.packs, &world.named_bases(), &world.named_documents(), |references| {
            let (index, policy) = (world.index(references), references.policy());
            let (mut long, mut next) = (BTreeSet::new(), next_due(&index, &policy, now));
            let manifests = manifests(&index, |basis, packages| {
                let is_later = is_under_way && packages > MANIFEST_AT_ONCE_MAX;
                if is_later && world.bases.contains(basis) {
                    long.insert(basis.clone());
                }
                !is_later && world.bases.contains(basis)
            });
            next.extend(long.into_iter().map(|basis| (Scope::Basis(basis), now)));
            (judge_index(&index, &policy, now), manifests, next)
        });
    let scopes = world.scopes();
    let (facts, standing) = known.facts_and_standing();
    let is_judged = |scope: &Scope| match scope {
        Scope::Code(code) => facts.number(code).is_some_and(|number| world.packages.has(number)),
        scope => scopes.contains(scope),
    };
    let live: Vec<Mismatch> = judged.into_iter().filter(|mismatch| is_judged(&mismatch.scope)).collect();
    let of_packages = facts.unclear(world.packages.members()).map(|code| Scope::Code(code.clone()));
    let found = live.iter().map(|mismatch| mismatch.scope.clone());
    let all: BTreeSet<Scope> = of_packages.chain(found).chain(scopes.iter().cloned()).collect();
    store::verdict::replace_known(conn, standing, &all, (JudgedBy::Rules, &live), (now, position)).await?;
    for scope in &all {
        if let Scope::Code(code) = scope {
            facts.set_clear(code, standing.forget_empty(scope));
        }
    }
    for manifest in &manifests {
        store::verdict::put_manifest(conn, manifest, position).await?;
    }
    let timed = |scope: &&Scope| matches!(scope, Scope::Basis(_) | Scope::Member(_));
    store::due::replace(conn, &scopes.iter().filter(timed).cloned().collect(), &next).await?;
    known.judged(&world.bases);
    Ok(Judged { bases: world.bases, scopes: all, live })
}

/// Packages of a manifest that is written with each batch. A longer one, whose task goes on, is written by the next sweep: else each
/// batch of a large shipment would write everything that was sent before it once more.
const MANIFEST_AT_ONCE_MAX: usize = 200;

/// Whether batches bring nothing but scans: no task ends, nothing is taken back.
fn is_under_way(new: &[Brought]) -> bool {
    !new.is_empty() && new.iter().flat_map(|brought| &brought.events).all(|event| event.act.movement().is_some())
}

/// Judges again after references changed, in the transaction that changed them. What is too much for one transaction is due at once.
pub async fn references_changed(
    conn: &mut AnyConnection,
    touched: &Touched,
    now: Timestamp,
    position: u64,
) -> Result<(), StoreError> {
    let mut touched = touched.clone();
    let first_later = touched.bases.iter().nth(BASES_AT_ONCE).cloned();
    let later = first_later.map(|first| touched.bases.split_off(&first)).unwrap_or_default();
    let later: Vec<Scope> = later.into_iter().map(Scope::Basis).collect();
    store::due::put(conn, &later, now).await?;
    rejudge(conn, &touched, now, position).await.map(drop)
}

/// Makes the configured thresholds those that everyone judges by: terminals pull them like any reference. Where they differ from
/// before, or an older program left something unnamed, everything that was worked on is judged again.
pub async fn adopt_policy(store: &Store, policy: Policy, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = store.write().await?;
    let position = store::next_position(&mut tx).await?;
    let caught_up = store::named::catch_up(&mut tx).await? > 0;
    if store::reference::put(&mut tx, &Record::Policy(policy), position).await? || caught_up {
        let bases = store::event::bases_worked_on(&mut tx).await?;
        references_changed(&mut tx, &Touched { bases, ..Touched::default() }, now, position).await?;
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    Ok(())
}

/// Judges again what time alone has changed by `now`, bit by bit. Answers how many bases, members and terminals it touched.
pub async fn sweep(store: &Store, now: Timestamp) -> Result<usize, StoreError> {
    let due = store::due::by(&mut *store.read().await?, now).await?;
    let (bases, members): (Vec<BasisId>, Vec<MemberId>) =
        (due.bases.into_iter().collect(), due.members.into_iter().collect());
    let touched_bases =
        bases.chunks(BASES_AT_ONCE).map(|part| Touched { bases: part.iter().cloned().collect(), ..Touched::default() });
    let touched_members = members
        .chunks(BASES_AT_ONCE)
        .map(|part| Touched { members: part.iter().cloned().collect(), ..Touched::default() });
    for touched in touched_bases.chain(touched_members) {
        let mut tx = store.write().await?;
        let position = store::next_position(&mut tx).await?;
        rejudge(&mut tx, &touched, now, position).await?;
        tx.commit().await?;
    }
    for terminal in &due.terminals {
        let mut tx = store.write().await?;
        let position = store::next_position(&mut tx).await?;
        arrivals::sweep(&mut tx, *terminal, now, position).await?;
        tx.commit().await?;
    }
    Ok(bases.len() + members.len() + due.terminals.len())
}
