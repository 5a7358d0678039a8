//! What deliveries themselves say of a terminal, judged again: apart from trails (`shared::rules::arrivals`).

use std::collections::{BTreeMap, BTreeSet};

use shared::ids::TerminalId;
use shared::mismatch::Scope;
use shared::reference::{Limits, References};
use shared::rules::arrivals::{self, Arrivals};
use shared::time::Timestamp;
use shared::trail::{History, Index};
use sqlx::AnyConnection;

use crate::store::verdict::JudgedBy;
use crate::store::{self, StoreError};

/// Judges the faults of a terminal's log again.
pub async fn arrivals_changed(
    conn: &mut AnyConnection,
    terminal: TerminalId,
    limits: &Limits,
    now: Timestamp,
    position: u64,
) -> Result<(), StoreError> {
    let arrivals = Arrivals { faults: store::log_fault::of_terminal(conn, terminal).await?, ..Arrivals::default() };
    let (history, references) = (History::default(), References::default());
    let judged = arrivals::judge(&arrivals, &Index::new(&history, &references), limits, now);
    let scopes = BTreeSet::from([Scope::Terminal(terminal)]);
    store::verdict::replace(conn, &scopes, (JudgedBy::Arrivals, &judged), now, position).await
}

/// The same when its time has come.
pub(super) async fn sweep(
    conn: &mut AnyConnection,
    terminal: TerminalId,
    now: Timestamp,
    position: u64,
) -> Result<(), StoreError> {
    let limits = store::reference::policy(conn).await?.limits;
    arrivals_changed(conn, terminal, &limits, now, position).await?;
    store::due::replace(conn, &[Scope::Terminal(terminal)].into(), &BTreeMap::new()).await
}
