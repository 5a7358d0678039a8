//! The full check of a store: every page, every chain. Works on a store that is open elsewhere, and on a damaged one.

use std::collections::BTreeMap;
use std::path::Path;

use shared::chain::PublicKey;
use shared::ids::{EpochId, TerminalId};
use shared::wire::Acknowledgement;

use super::log::to_i64;
use super::{Store, StoreError, VerifiedLog, damage};

/// Checks the store at a path without writing to it. A damaged file is an answer, not an error; a missing file, one of another
/// program or of another version is an error.
///
/// With the server's key its acknowledgements are checked as well: they name hashes that the log must hold, or must have held.
pub fn verify(path: &Path, terminal: TerminalId, server_key: Option<&PublicKey>) -> Result<VerifiedLog, StoreError> {
    let store = match Store::open_to_read(path, terminal) {
        Ok(store) => store,
        Err(error) => return fault(0, error),
    };
    let pages = damage::whole(&store.conn);
    let log = store.verify_log().and_then(|verified| match server_key {
        Some(key) if verified.ok => acknowledged(&store, key, verified),
        _ => Ok(verified),
    });
    match (log, pages) {
        (Ok(verified), Err(error)) if verified.ok => fault(verified.events, error),
        (Ok(verified), _) => Ok(verified),
        (Err(error), _) => fault(0, error),
    }
}

/// Each acknowledgement must be the server's, name this terminal, and name the hash that the log has at its end.
fn acknowledged(store: &Store, key: &PublicKey, verified: VerifiedLog) -> Result<VerifiedLog, StoreError> {
    let sql = "select body, epoch, from_seq, to_seq from acknowledgement order by epoch, from_seq, to_seq";
    let mut statement = store.conn.prepare(sql)?;
    let rows = statement.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, (row.get::<_, String>(1)?, row.get::<_, i64>(2)?, row.get::<_, i64>(3)?)))
    })?;
    let mut reached: BTreeMap<EpochId, u64> = BTreeMap::new();
    for row in rows {
        let (body, kept_as) = row?;
        let acknowledgement: Acknowledgement = serde_json::from_str(&body)?;
        let range = acknowledgement.value();
        let wrong = |what: String| Ok(VerifiedLog { ok: false, events: verified.events, first_fault: Some(what) });
        let which = format!("epoch {}: the acknowledgement of {} to {}", range.epoch, range.from, range.to);
        let is_kept_as_it_says = kept_as == (range.epoch.to_string(), to_i64(range.from), to_i64(range.to));
        if !acknowledgement.verifies(key) || range.terminal != store.terminal() || !is_kept_as_it_says {
            return wrong(format!("{which} is not the server's for this terminal"));
        }
        // What left the log after its retention cannot be compared any more.
        let (left, _) = store.left(range.epoch)?;
        if range.to >= left && store.hash_after(range.epoch, range.to)? != Some(range.hash) {
            return wrong(format!("{which} names another history than the log holds"));
        }
        let until = reached.entry(range.epoch).or_default();
        if range.from > *until + 1 {
            return wrong(format!("{which} follows on a hole: the one before it is missing"));
        }
        *until = range.to.max(*until);
    }
    for (_, row) in store.epoch_rows()? {
        // A server that was restored took its word back: then less counts as acknowledged than it once said.
        if row.acknowledged > reached.get(&row.epoch).copied().unwrap_or(0) {
            let first_fault = Some(format!(
                "epoch {}: {} events count as acknowledged without a word of the server",
                row.epoch, row.acknowledged
            ));
            return Ok(VerifiedLog { ok: false, events: verified.events, first_fault });
        }
    }
    Ok(verified)
}

fn fault(events: u64, error: StoreError) -> Result<VerifiedLog, StoreError> {
    let what = match error {
        StoreError::Damaged { what, .. } => what,
        StoreError::Corrupt(what) => what.to_owned(),
        StoreError::Json(error) => format!("a record cannot be read: {error}"),
        // A value of another type than its column's.
        StoreError::Sql(error) if error.sqlite_error_code().is_none() => format!("a record cannot be read: {error}"),
        other => return Err(other),
    };
    Ok(VerifiedLog { ok: false, events, first_fault: Some(what) })
}
