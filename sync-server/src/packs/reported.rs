//! Code packs that a terminal reports lost or stolen as a whole (traceability/2022 art. 22): what the report says is done to the pack,
//! as if a person had said it to the registry, so that terminals learn of the freeze with their next pull. Only a person releases it.
//!
//! It is done in the transaction that judges the report: whatever ends the server in between, a report that was judged has frozen its
//! pack, and one that was not waits among the unjudged.

use shared::event::{Act as Told, Report, ReportKind};
use shared::ids::{EventRef, PackId};
use shared::reference::{Pack, PackLoss};
use shared::time::Timestamp;
use shared::trail::Fact;
use sqlx::AnyConnection;

use super::acts::{Act, ActError, act_in};
use crate::people::Actor;
use crate::registry::outcome::EditError;
use crate::store::facts::Facts;
use crate::store::lookup::{about_found, of_run};
use crate::store::{self, StoreError};

/// Those of some acts that report a whole pack lost or stolen.
#[must_use]
pub fn among<'a>(acts: impl IntoIterator<Item = (EventRef, &'a Told)>) -> Vec<EventRef> {
    acts.into_iter().filter(|(_, act)| loss(act).is_some()).map(|(by, _)| by).collect()
}

/// How a whole pack was lost, and which.
fn loss(act: &Told) -> Option<(PackLoss, &PackId)> {
    let Told::Report(Report { what, pack: Some(pack), .. }) = act else { return None };
    match what {
        ReportKind::Lost => Some((PackLoss::Lost, pack)),
        ReportKind::Stolen => Some((PackLoss::Stolen, pack)),
        _ => None,
    }
}

/// Freezes the packs of reports that are in the ledger. A report counts by the time that its log's anchors give it, where its member is
/// party to the contract of the pack, it was not taken back and the pack is not lost already; any other stays on record and is logged.
/// Doing it twice changes nothing.
pub async fn follow(conn: &mut AnyConnection, reports: &[EventRef], now: Timestamp) -> Result<(), StoreError> {
    for by in reports {
        // Reports of whole packs are rare: what every batch carries with it stays small.
        Box::pin(follow_one(conn, *by, now)).await?;
    }
    Ok(())
}

async fn follow_one(conn: &mut AnyConnection, by: EventRef, now: Timestamp) -> Result<(), StoreError> {
    let mut facts = Facts::default();
    of_run(conn, (by.terminal, by.epoch), (by.seq, by.seq), &mut facts).await?;
    about_found(conn, &mut facts).await?;
    let taken_back = |fact: &Fact| matches!(&fact.act, Told::Void { voids, .. } if *voids == by);
    let is_taken_back = facts.found().any(|fact| taken_back(fact));
    match facts.by_event().remove(&by) {
        Some(fact) if !is_taken_back => freeze(conn, fact, now).await,
        _ => Ok(()),
    }
}

async fn freeze(conn: &mut AnyConnection, report: &Fact, now: Timestamp) -> Result<(), StoreError> {
    let Some((how, name)) = loss(&report.act) else { return Ok(()) };
    let known = store::reference::load_all(conn).await?;
    let (by, at) = (report.by, report.at.min(now));
    let pack = known.packs.get(name);
    let basis = pack.and_then(|pack| known.bases.get(&pack.basis));
    if !basis.is_some_and(|basis| basis.is_party_at(&report.member, at)) {
        tracing::warn!(report = %by, pack = %name, member = %report.member, "a pack is reported lost by a member that it does not concern");
        return Ok(());
    }
    if pack.is_some_and(Pack::is_lost) {
        return Ok(());
    }
    let why = format!("reported by terminal {}", by.terminal);
    match act_in(conn, name, Act::Lose(how, at), (&Actor::server(), &why), now).await {
        Ok(()) => tracing::info!(report = %by, pack = %name, "a pack is frozen by a terminal's report"),
        Err(ActError::Store(error) | ActError::Edit(EditError::Store(error))) => return Err(error),
        Err(error) => tracing::warn!(report = %by, pack = %name, %error, "a reported pack is not frozen"),
    }
    Ok(())
}
