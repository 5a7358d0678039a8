//! What was stored while there was no time to judge it.

use std::collections::BTreeSet;

use shared::ids::TerminalId;
use shared::time::Timestamp;

use crate::packs::reported;
use crate::reconcile::{self, Known, Touched};
use crate::store::{self, Store, StoreError};

/// Judges some of what was stored while there was no time. Answers whether more waits.
pub async fn judge_waiting(store: &Store, now: Timestamp, runs: i64, known: &mut Known) -> Result<bool, StoreError> {
    let mut tx = store.write().await?;
    let position = store::next_position(&mut tx).await?;
    let facts = store::unjudged::take(&mut tx, runs).await?;
    if facts.found().next().is_none() {
        tx.rollback().await?;
        return Ok(false);
    }
    let mut touched = Touched::default();
    let terminals: BTreeSet<TerminalId> = facts.found().map(|fact| fact.by.terminal).collect();
    for terminal in terminals {
        touched.bases.extend(store::open_task::bases(&mut tx, terminal).await?);
    }
    for fact in facts.found() {
        touched.follow(&mut tx, &**fact).await?;
    }
    let reports = reported::among(facts.found().map(|fact| (fact.by, &fact.act)));
    reconcile::rejudge_known(&mut tx, known, (&touched, Vec::new()), (now, position)).await?;
    reported::follow(&mut tx, &reports, now).await?;
    let more = store::unjudged::count(&mut tx).await? > 0;
    tx.commit().await?;
    Ok(more)
}
