//! The append-only side: heads, signed batches, quarantined evidence.

use shared::chain::{Hash, sha256};
use shared::ids::{EpochId, TerminalId};
use shared::time::Timestamp;
use shared::wire::BatchHeader;
use sqlx::{Row, SqliteConnection};

use super::{StoreError, from_i64, to_i64};

/// Where an epoch's chain stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The number that comes next.
    pub next_seq: u64,
    /// The chain's value after the last.
    pub hash: Hash,
    /// Whether a fork closed the epoch.
    pub closed: bool,
}

/// The head of an epoch, where the epoch is known.
pub async fn head(
    conn: &mut SqliteConnection,
    terminal: TerminalId,
    epoch: EpochId,
) -> Result<Option<Head>, StoreError> {
    let row = sqlx::query("select next_seq, hash, closed from head where terminal = $1 and epoch = $2")
        .bind(terminal.to_string())
        .bind(epoch.to_string())
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let hash: Vec<u8> = row.try_get("hash")?;
    let hash = hash.try_into().map_err(|_| StoreError::Corrupt("a head's hash is not 32 bytes"))?;
    let closed: i64 = row.try_get("closed")?;
    Ok(Some(Head { next_seq: from_i64(row.try_get("next_seq")?), hash: Hash::new(hash), closed: closed != 0 }))
}

/// Moves the head of an epoch.
pub async fn set_head(
    conn: &mut SqliteConnection,
    terminal: TerminalId,
    epoch: EpochId,
    head: Head,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into head (terminal, epoch, next_seq, hash, closed) values ($1, $2, $3, $4, $5) \
         on conflict (terminal, epoch) do update set next_seq = excluded.next_seq, hash = excluded.hash, \
         closed = excluded.closed",
    )
    .bind(terminal.to_string())
    .bind(epoch.to_string())
    .bind(to_i64(head.next_seq))
    .bind(head.hash.as_bytes().to_vec())
    .bind(i64::from(head.closed))
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps a batch as it came. `first_seq` is the first number in it that was new.
pub async fn keep_batch(
    conn: &mut SqliteConnection,
    header: &BatchHeader,
    first_seq: u64,
    body: &[u8],
    (received_at, position): (Timestamp, u64),
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into batch (terminal, epoch, first_seq, count, wire, received_at, position, body) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(header.terminal.to_string())
    .bind(header.epoch.to_string())
    .bind(to_i64(first_seq))
    .bind(to_i64(header.count))
    .bind(i64::from(header.wire))
    .bind(received_at.as_ms())
    .bind(to_i64(position))
    .bind(body)
    .execute(conn)
    .await?;
    Ok(())
}

/// Evidence that could not be taken in: whose it claims to be, which event (none: a whole batch), why, and its bytes.
#[derive(Debug)]
pub struct Evidence<'a> {
    /// The terminal that it claims.
    pub terminal: TerminalId,
    /// The epoch that it claims.
    pub epoch: EpochId,
    /// The event's number, for a single event.
    pub seq: Option<u64>,
    /// Why it was not taken in.
    pub reason: &'a str,
    /// The bytes.
    pub body: &'a [u8],
}

/// Keeps evidence whole for a person; the same bytes once.
pub async fn quarantine(
    conn: &mut SqliteConnection,
    evidence: &Evidence<'_>,
    received_at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into quarantine (terminal, epoch, seq, reason, received_at, digest, body) \
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (digest) do nothing",
    )
    .bind(evidence.terminal.to_string())
    .bind(evidence.epoch.to_string())
    .bind(evidence.seq.map(to_i64))
    .bind(evidence.reason)
    .bind(received_at.as_ms())
    .bind(sha256(&[evidence.body]).as_bytes().to_vec())
    .bind(evidence.body)
    .execute(conn)
    .await?;
    Ok(())
}

/// Moves a terminal's watermark forward, never back.
pub async fn set_reached(conn: &mut SqliteConnection, terminal: TerminalId, at: Timestamp) -> Result<(), StoreError> {
    sqlx::query("update terminal set reached_at = max(coalesce(reached_at, 0), $2) where terminal = $1")
        .bind(terminal.to_string())
        .bind(at.as_ms())
        .execute(conn)
        .await?;
    Ok(())
}
