//! Batches that came before those in front of them.

use ring::signature::Ed25519KeyPair;
use shared::ids::TerminalId;
use shared::time::Timestamp;

use crate::ingest::{PushError, Received, push};
use crate::store::{Store, StoreError, sealed};
use crate::unfold::read;

/// Takes in whatever waited and need not any more: what a kill between a batch and its followers left behind. Answers how many batches.
pub async fn take_all_waiting(store: &Store, key: &Ed25519KeyPair, now: Timestamp) -> Result<u64, StoreError> {
    let terminals = sealed::terminals_waiting(&mut *store.read().await?).await?;
    let mut taken = 0;
    for terminal in terminals {
        taken += take_waiting(store, key, terminal, now).await?;
    }
    Ok(taken)
}

/// Takes in what of a terminal waited for events that are held now. Answers how many batches. Called after each batch of the
/// terminal, however it came; it costs one look where nothing waits.
pub async fn take_waiting(
    store: &Store,
    key: &Ed25519KeyPair,
    terminal: TerminalId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let mut taken = 0;
    loop {
        let waiting = sealed::next_waiting(&mut *store.read().await?, terminal).await?;
        let Some(waiting) = waiting else { return Ok(taken) };
        let done = match read(&waiting.body) {
            Ok(batch) => push(store, key, Received::new(batch, waiting.body.clone()), now).await.map(drop),
            Err(error) => {
                // It could be read when it came: nothing is thrown away by guessing.
                tracing::error!(%terminal, %error, "a waiting batch cannot be read any more; it stays");
                return Ok(taken);
            }
        };
        match done {
            Ok(()) => {
                taken += 1;
                tracing::info!(%terminal, epoch = %waiting.epoch, first_seq = waiting.first_seq, "a waiting batch was taken in");
            }
            Err(PushError::Store(error)) => return Err(error),
            Err(PushError::Gap(..)) => return Ok(taken),
            // Forked or no longer genuine: what must be kept of it was kept, its terminal has it still and hears why.
            Err(error) => tracing::warn!(%terminal, epoch = %waiting.epoch, %error, "a waiting batch is not taken in"),
        }
        let mut tx = store.write().await?;
        sealed::drop_waiting(&mut tx, terminal, &waiting).await?;
        tx.commit().await?;
    }
}
