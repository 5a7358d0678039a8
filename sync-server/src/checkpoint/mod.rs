//! Checkpoints of the ledger: made hourly, handed out with every acknowledgement, kept by terminals. Who rewrites the ledger afterwards
//! contradicts one that is out of reach.

pub mod http;

use ring::signature::Ed25519KeyPair;
use shared::time::Timestamp;
use shared::wire::{Checkpoint, SignedCheckpoint};

use crate::store::{self, Store, StoreError};

/// How old the newest checkpoint may be while the ledger grows.
pub const CHECKPOINT_MS: i64 = 3_600_000;

/// Makes a checkpoint if the ledger has grown and the newest is an hour old, or there is none. Answers whether it did.
pub async fn make_if_due(store: &Store, key: &Ed25519KeyPair, now: Timestamp) -> Result<bool, StoreError> {
    let mut tx = store.write().await?;
    let newest = store::checkpoint::newest(&mut tx).await?;
    let recent = newest.as_ref().is_some_and(|newest| {
        let age_ms = now.as_ms().saturating_sub(newest.value().at.as_ms());
        // A clock that was set back must not stop checkpoints for good.
        (0..CHECKPOINT_MS).contains(&age_ms)
    });
    if recent {
        tx.rollback().await?;
        return Ok(false);
    }
    let made = make(&mut tx, key, newest, now).await?;
    tx.commit().await?;
    Ok(made)
}

/// Makes a checkpoint of a ledger that has grown since the newest.
pub(crate) async fn make(
    conn: &mut sqlx::AnyConnection,
    key: &Ed25519KeyPair,
    newest: Option<SignedCheckpoint>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let head = store::entry::head(conn).await?;
    let previous = newest.map(|newest| newest.value().head);
    // The last checkpoint's own entry is no growth.
    let grown = head.entries > previous.map_or(0, |previous| previous.entries + 1);
    if !grown {
        return Ok(false);
    }
    let ledger_id = store::ledger_id(conn).await?;
    let checkpoint = SignedCheckpoint::sign(Checkpoint { ledger_id, head, previous, at: now }, key)?;
    store::checkpoint::put(conn, &checkpoint).await?;
    Ok(true)
}
