//! One page down, kept with its cursor in one transaction.

use super::{SyncError, Synced, Transport};
use crate::store::Store;

/// Fetches the next page. Answers whether another follows.
pub(super) async fn pull_page(
    store: &mut Store,
    transport: &Transport,
    synced: &mut Synced,
) -> Result<bool, SyncError> {
    let (ledger, since) = store.cursor()?;
    let page = transport.changes(ledger, since).await?;
    store.keep_page(&page)?;
    synced.pulled += page.changes.len() as u64;
    Ok(page.more)
}
