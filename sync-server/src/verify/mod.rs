//! Checks the whole ledger offline, from nothing but its rows: every terminal's chain, every batch against the events that came with it,
//! the ledger's own chain, its checkpoints, and those that terminals kept.

mod chains;
mod checkpoints;
mod entries;
mod trails;

use serde::Serialize;
use shared::chain::PublicKey;
use shared::wire::SignedCheckpoint;
use sqlx::AnyConnection;

use crate::audit;
use crate::store::StoreError;

/// What the check found.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Whether everything holds.
    pub ok: bool,
    /// How many events were checked.
    pub events: u64,
    /// How many entries of the ledger were checked.
    pub entries: u64,
    /// How many checkpoints were checked, the ledger's own and those from outside.
    pub checkpoints: u64,
    /// How many acts of the audit log were checked.
    pub acts: u64,
    /// The first place where something does not hold.
    pub first_fault: Option<String>,
}

/// Why a check stopped: the first thing that does not hold, or a database that cannot be read.
pub(crate) enum Fault {
    /// What does not hold, and where.
    Found(String),
    /// The database failed, or what it holds cannot even be read.
    Store(StoreError),
}

impl<E: Into<StoreError>> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::Store(error.into())
    }
}

/// Checks the ledger of the server with this key. `kept` are checkpoints that terminals were given: a ledger that contradicts one was
/// rewritten, unless a restore explains it.
pub async fn verify_log(
    conn: &mut AnyConnection,
    key: &PublicKey,
    kept: &[SignedCheckpoint],
) -> Result<Verified, StoreError> {
    let mut verified = Verified { ok: true, events: 0, entries: 0, checkpoints: 0, acts: 0, first_fault: None };
    match all(conn, key, kept, &mut verified).await {
        Ok(()) => {}
        Err(Fault::Found(fault)) => verified.first_fault = Some(fault),
        // Rows that cannot be read at all are a finding as well.
        Err(Fault::Store(error)) if error.is_passing() => return Err(error),
        Err(Fault::Store(error)) => verified.first_fault = Some(error.to_string()),
    }
    verified.ok = verified.first_fault.is_none();
    Ok(verified)
}

async fn all(
    conn: &mut AnyConnection,
    key: &PublicKey,
    kept: &[SignedCheckpoint],
    verified: &mut Verified,
) -> Result<(), Fault> {
    verified.events = chains::check(conn).await?;
    let hashes = entries::check(conn).await?;
    verified.entries = hashes.len() as u64 - 1;
    verified.checkpoints = checkpoints::check(conn, key, kept, &hashes).await?;
    let (acts, fault) = audit::check(conn).await?;
    verified.acts = acts;
    fault.map_or(Ok(()), |fault| Err(Fault::Found(fault)))
}
