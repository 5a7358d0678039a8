//! One page down, kept with its cursor in one transaction.

use shared::credential::SealingKey;
use shared::wire::{ChangesPage, Record};

use super::{SyncError, Synced, Transport};
use crate::device::{Contact, Device};
use crate::store::Store;

/// Fetches the next page. Answers whether another follows, and the ledger position of the newest change that came.
pub(super) async fn pull_page(
    store: &mut Store,
    transport: &Transport,
    device: &dyn Device,
    synced: &mut Synced,
) -> Result<(bool, Option<u64>), SyncError> {
    let (ledger, since) = store.cursor()?;
    let asked_ms = device.mono_ms();
    let resume = store.cursor_resume()?;
    let mut page =
        sealed(transport.changes(ledger, since, resume.as_deref()).await?, &SealingKey::derive(&transport.key));
    let answered_ms = device.mono_ms();
    let round_trip_ms = answered_ms.saturating_sub(asked_ms);
    let contact = Contact { server_time: page.as_of, round_trip_ms, answered_ms };
    synced.clock_skew_ms = Some(contact.skew_ms(device.now()));
    synced.contact = Some(contact);
    // A restore that is not signed by the server's key did not happen.
    page.restored.retain(|restored| restored.verifies(&transport.server_key));
    store.keep_page(&page)?;
    if let Some(gap) = store.checkpoint_gap(page.ledger_id)? {
        let shown = transport.checkpoints(gap.from).await?;
        let signed: Vec<_> = shown.into_iter().filter(|shown| shown.verifies(&transport.server_key)).collect();
        store.keep_checkpoints(&signed)?;
    }
    synced.pulled += page.changes.len() as u64;
    Ok((page.more, page.changes.iter().map(|change| change.position).max()))
}

/// Operators as a terminal keeps them: what signs them in is worth nothing without this terminal's key.
fn sealed(mut page: ChangesPage, key: &SealingKey) -> ChangesPage {
    for change in &mut page.changes {
        if let Record::Operator(operator) = &mut change.record {
            *operator = operator.clone().sealed(key);
        }
    }
    page
}
