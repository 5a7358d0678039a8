//! Whether a server that lacks what it acknowledged was restored from a backup, which it says itself and signs, or its history was
//! rewritten, which it does not.

use rusqlite::Connection;
use shared::time::Timestamp;
use shared::wire::{ChangesPage, SignedRestored};
use uuid::Uuid;

use super::{Store, StoreError, meta, set_meta};

/// The ledger before another one spoke.
const FROM: &str = "restored_from";
/// The ledger that spoke instead.
const LEDGER: &str = "restored_ledger";
/// When it was restored, by its own signed record.
const AT: &str = "restored_at";
/// The ledger that took an acknowledgement back, until the next page tells whether it was restored.
const TAKEN_BACK: &str = "taken_back";
/// Present once a page settled that nothing was restored.
const REWRITTEN: &str = "rewritten";

/// What became of the ledger that had acknowledged this terminal's events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerHistory {
    /// It stands.
    Stands,
    /// It was restored from a backup, then.
    Restored(Timestamp),
    /// It lacks what it acknowledged, and names no restore.
    Rewritten,
}

impl Store {
    /// What became of the ledger that had acknowledged this terminal's events, as far as pages told.
    pub fn server_history(&self) -> Result<ServerHistory, StoreError> {
        if meta(&self.conn, REWRITTEN)?.is_some() {
            return Ok(ServerHistory::Rewritten);
        }
        let at = meta(&self.conn, AT)?.and_then(|at| at.parse().ok());
        Ok(at.map_or(ServerHistory::Stands, ServerHistory::Restored))
    }
}

/// Another ledger than before spoke.
pub(super) fn changed(conn: &Connection, before: &str, now: &str) -> Result<(), StoreError> {
    set_meta(conn, FROM, before)?;
    set_meta(conn, LEDGER, now)?;
    forget(conn, &[AT, REWRITTEN])
}

/// A ledger lacks what it had acknowledged.
pub(super) fn took_back(conn: &Connection, ledger: &str) -> Result<(), StoreError> {
    set_meta(conn, TAKEN_BACK, ledger)
}

/// A page came: its records of restores, whose signatures the caller has checked, tell what happened.
pub(super) fn settle(conn: &Connection, page: &ChangesPage) -> Result<(), StoreError> {
    let now = page.ledger_id.to_string();
    let (from, ledger) = (meta(conn, FROM)?, meta(conn, LEDGER)?);
    if ledger.as_ref() == Some(&now) && meta(conn, AT)?.is_none() {
        let from: Option<Uuid> = from.and_then(|from| from.parse().ok());
        match from.and_then(|from| led_here(page, from)) {
            Some(at) => {
                set_meta(conn, AT, &at.to_string())?;
                forget(conn, &[REWRITTEN, TAKEN_BACK])?;
            }
            None => set_meta(conn, REWRITTEN, "1")?,
        }
    }
    if meta(conn, TAKEN_BACK)?.as_ref() == Some(&now) && meta(conn, AT)?.is_none() {
        set_meta(conn, REWRITTEN, "1")?;
    }
    forget(conn, &[TAKEN_BACK])
}

/// When the last of the restores was made that lead from a ledger to the page's; none where they do not lead there.
fn led_here(page: &ChangesPage, from: Uuid) -> Option<Timestamp> {
    let (mut ledger, mut at) = (from, None);
    for record in page.restored.iter().map(SignedRestored::value) {
        if record.from_ledger_id == ledger {
            (ledger, at) = (record.ledger_id, Some(record.at));
        }
    }
    at.filter(|_| ledger == page.ledger_id)
}

/// Two signed statements of the server contradict each other: no later word mends that.
pub(super) fn rewritten(conn: &Connection) -> Result<(), StoreError> {
    set_meta(conn, REWRITTEN, "1")
}

fn forget(conn: &Connection, names: &[&str]) -> Result<(), StoreError> {
    names.iter().try_for_each(|name| conn.execute("delete from meta where name = ?1", [name]).map(drop))?;
    Ok(())
}
