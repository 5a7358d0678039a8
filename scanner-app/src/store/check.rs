//! The full check of a store: every page, every chain. Works on a store that is open elsewhere, and on a damaged one.

use std::path::Path;

use shared::ids::TerminalId;

use super::{Store, StoreError, VerifiedLog, damage};

/// Checks the store at a path without writing to it. A damaged file is an answer, not an error; a missing file, one of another
/// program or of another version is an error.
pub fn verify(path: &Path, terminal: TerminalId) -> Result<VerifiedLog, StoreError> {
    let store = match Store::open_to_read(path, terminal) {
        Ok(store) => store,
        Err(error) => return fault(0, error),
    };
    let pages = damage::whole(&store.conn);
    match (store.verify_log(), pages) {
        (Ok(verified), Err(error)) if verified.ok => fault(verified.events, error),
        (Ok(verified), _) => Ok(verified),
        (Err(error), _) => fault(0, error),
    }
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
