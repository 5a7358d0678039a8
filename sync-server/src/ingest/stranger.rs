//! Batches of terminals that are not enrolled here: kept as they came, not unfolded.

use shared::time::Timestamp;
use shared::wire::BatchHeader;

use super::PushError;
use crate::store::quarantine::{Evidence, Reason, keep};
use crate::store::{self, Store};

/// Refuses a batch whose terminal is unknown. Its bytes are kept, up to a bound for all strangers: the terminal may be enrolled later.
pub async fn refuse(store: &Store, header: &BatchHeader, bytes: &[u8], now: Timestamp) -> Result<(), PushError> {
    if store::terminal::find(&mut *store.read().await?, header.terminal).await?.is_some() {
        return Ok(());
    }
    let reason = Reason::Stranger;
    let evidence = Evidence { terminal: header.terminal, epoch: header.epoch, seq: None, reason: &reason, body: bytes };
    let mut tx = store.write().await?;
    let kept = keep(&mut tx, &evidence, now).await;
    store::end(tx, kept).await?;
    Err(PushError::UnknownTerminal)
}
