//! One page down, kept with its cursor in one transaction.

use shared::credential::SealingKey;
use shared::wire::{ChangesPage, Record};

use super::{SyncError, Synced, Transport};
use crate::device::{Contact, Device};
use crate::store::Store;

/// How far fetching has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fetching {
    /// Records that came in this run of pages.
    pub fetched: u64,
    /// About how many are still to come.
    pub left: u64,
}

impl Fetching {
    /// How much of the whole has come, from 0 to 99: the rest is done when no page follows.
    #[must_use]
    pub fn percent(&self) -> u8 {
        let whole = self.fetched.saturating_add(self.left).max(1);
        u8::try_from(self.fetched.saturating_mul(100) / whole).unwrap_or(99).min(99)
    }

    /// After a page with so many records.
    const fn after(self, records: u64) -> Self {
        Self { fetched: self.fetched.saturating_add(records), left: self.left.saturating_sub(records) }
    }
}

/// What a page was.
pub(super) struct Fetched {
    /// Whether another follows.
    pub(super) more: bool,
    /// Ledger position of the newest change that came.
    pub(super) newest: Option<u64>,
    /// How far it has come, while another follows and the server tells.
    pub(super) fetching: Option<Fetching>,
}

/// Fetches the next page of a run that has come so far; none: the first page, which asks how many records are to come.
pub(super) async fn pull_page(
    store: &mut Store,
    transport: &Transport,
    device: &dyn Device,
    synced: &mut Synced,
    so_far: Option<Fetching>,
) -> Result<Fetched, SyncError> {
    let (ledger, since) = store.cursor()?;
    let asked_ms = device.mono_ms();
    let resume = store.cursor_resume()?;
    let mut page = sealed(
        transport.changes(ledger, (since, resume.as_deref()), so_far.is_none()).await?,
        &SealingKey::derive(&transport.key),
    );
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
    let records = page.changes.len() as u64;
    synced.pulled += records;
    let first = page.left.map(|left| Fetching { fetched: records, left });
    let fetching = so_far.map(|so_far| so_far.after(records)).or(first).filter(|_| page.more);
    Ok(Fetched { more: page.more, newest: page.changes.iter().map(|change| change.position).max(), fetching })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_goes_up_and_is_whole_only_at_the_end() {
        let mut fetching = Fetching { fetched: 1_000, left: 3_000 };
        let mut shown = vec![fetching.percent()];
        for _ in 0..4 {
            fetching = fetching.after(1_000);
            shown.push(fetching.percent());
        }
        assert_eq!(shown, [25, 50, 75, 99, 99], "more than was announced is no more than nearly all");
        assert_eq!(Fetching::default().percent(), 0);
    }
}
