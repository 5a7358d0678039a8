//! Code packs that a terminal reports lost or stolen as a whole (traceability/2022 art. 22): what the report says is done to the pack,
//! as if a person had said it to the registry, so that terminals learn of the freeze with their next pull. Only a person releases it.

use shared::event::{Act as Told, Event, Report, ReportKind};
use shared::ids::EventRef;
use shared::reference::PackLoss;
use shared::time::Timestamp;
use shared::trail::Fact;
use shared::wire::Batch;

use super::acts::{Act, ActError, act};
use super::summary::is_lost;
use crate::people::Actor;
use crate::registry::outcome::EditError;
use crate::store::facts::Facts;
use crate::store::lookup::{about_found, of_run};
use crate::store::{self, Store, StoreError};

/// What every body of a report holds.
const MARK: &[u8] = b"\"report\"";

/// The events of a batch that report a whole pack lost or stolen. Without such events it costs one look at the bytes.
#[must_use]
pub fn of(batch: &Batch) -> Vec<EventRef> {
    let may_report = |body: &&Vec<u8>| body.windows(MARK.len()).any(|some| some == MARK);
    let events = batch.bodies.iter().filter(may_report).filter_map(|body| Event::from_body(body).ok());
    let reports = events.filter(|event| loss(&event.act).is_some());
    reports.map(|event| event.by()).collect()
}

fn loss(act: &Told) -> Option<(PackLoss, &Report)> {
    let Told::Report(report) = act else { return None };
    report.pack.as_ref()?;
    match report.what {
        ReportKind::Lost => Some((PackLoss::Lost, report)),
        ReportKind::Stolen => Some((PackLoss::Stolen, report)),
        _ => None,
    }
}

/// Freezes the packs of reports that are in the ledger. A report counts by the time that its log's anchors give it, where its member is
/// party to the contract of the pack, it was not taken back and the pack is not lost already; any other stays on record and is logged. Doing it twice
/// changes nothing.
pub async fn follow(store: &Store, reports: &[EventRef], now: Timestamp) -> Result<(), StoreError> {
    for by in reports {
        let mut facts = Facts::default();
        let mut conn = store.read().await?;
        of_run(&mut conn, (by.terminal, by.epoch), (by.seq, by.seq), &mut facts).await?;
        about_found(&mut conn, &mut facts).await?;
        let taken_back = |fact: &Fact| matches!(&fact.act, Told::Void { voids, .. } if voids == by);
        let is_taken_back = facts.found().any(|fact| taken_back(fact));
        let Some(fact) = facts.by_event().remove(by).filter(|_| !is_taken_back) else { continue };
        let Some((how, report)) = loss(&fact.act) else { continue };
        let Some(name) = &report.pack else { continue };
        let known = store::reference::load_all(&mut conn).await?;
        drop(conn);
        let at = fact.at.min(now);
        let pack = known.packs.get(name);
        let is_partys =
            pack.and_then(|pack| known.bases.get(&pack.basis)).is_some_and(|basis| basis.is_party_at(&fact.member, at));
        if !is_partys {
            tracing::warn!(report = %by, pack = %name, member = %fact.member, "a pack is reported lost by a member that it does not concern");
            continue;
        }
        if pack.is_some_and(is_lost) {
            continue;
        }
        let why = format!("reported by terminal {}", by.terminal);
        match act(store, name, Act::Lose(how, at), (&Actor::server(), &why), now).await {
            Ok(()) => tracing::info!(report = %by, pack = %name, "a pack is frozen by a terminal's report"),
            Err(ActError::Store(error) | ActError::Edit(EditError::Store(error))) => return Err(error),
            Err(error) => tracing::warn!(report = %by, pack = %name, %error, "a reported pack is not frozen"),
        }
    }
    Ok(())
}
