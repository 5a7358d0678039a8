//! The append-only side: heads of terminals' chains, signed batches.

use std::collections::BTreeSet;

use shared::chain::{Hash, PublicKey};
use shared::ids::{EpochId, MemberId, TerminalId};
use shared::time::Timestamp;
use shared::wire::BatchHeader;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::entry::{self, EntryKind};
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
pub async fn head(conn: &mut AnyConnection, terminal: TerminalId, epoch: EpochId) -> Result<Option<Head>, StoreError> {
    let row = sqlx::query("select next_seq, hash, closed from head where terminal = $1 and epoch = $2")
        .bind(terminal.to_string())
        .bind(epoch.to_string())
        .fetch_optional(conn)
        .await?;
    row.map(|row| read_head(&row)).transpose()
}

/// Moves the head of an epoch.
pub async fn set_head(
    conn: &mut AnyConnection,
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

/// A batch about to be kept.
#[derive(Debug)]
pub struct NewBatch<'a> {
    /// Its first line.
    pub header: &'a BatchHeader,
    /// The first number in it that was new.
    pub first_seq: u64,
    /// What its signature was checked with.
    pub key: &'a PublicKey,
    /// The bytes as they came.
    pub body: &'a [u8],
    /// Whose terminal sent it.
    pub member: &'a MemberId,
    /// Numbers of its new events that cannot be read.
    pub apart: &'a BTreeSet<u64>,
}

/// Keeps a batch as it came. Answers its entry in the ledger.
pub async fn keep_batch(
    conn: &mut AnyConnection,
    new: &NewBatch<'_>,
    (received_at, position): (Timestamp, u64),
) -> Result<u64, StoreError> {
    let NewBatch { header, first_seq, key, body, member, apart } = *new;
    let run = (first_seq, header.count);
    let digest = entry::batch_digest((header.terminal, header.epoch), run, Some(key), received_at, body);
    let entry = entry::append(conn, EntryKind::Batch, digest).await?;
    sqlx::query(
        "insert into batch (terminal, epoch, first_seq, count, wire, received_at, position, body, entry, public_key, member, \
         apart) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(header.terminal.to_string())
    .bind(header.epoch.to_string())
    .bind(to_i64(first_seq))
    .bind(to_i64(header.count))
    .bind(i64::from(header.wire))
    .bind(received_at.as_ms())
    .bind(to_i64(position))
    .bind(body)
    .bind(to_i64(entry))
    .bind(key.to_string())
    .bind(member.as_str())
    .bind(if apart.is_empty() { None } else { Some(serde_json::to_string(apart)?) })
    .execute(conn)
    .await?;
    Ok(entry)
}

/// Closes every epoch of a terminal: what it made before must not go on as if nothing had been. Used when a revoked or forked
/// terminal is enrolled again.
pub async fn close_epochs(conn: &mut AnyConnection, terminal: TerminalId) -> Result<(), StoreError> {
    sqlx::query("update head set closed = 1 where terminal = $1").bind(terminal.to_string()).execute(conn).await?;
    Ok(())
}

/// The heads of a terminal's epochs, in no order.
pub async fn heads(conn: &mut AnyConnection, terminal: TerminalId) -> Result<Vec<(EpochId, Head)>, StoreError> {
    let sql = "select epoch, next_seq, hash, closed from head where terminal = $1";
    let rows = sqlx::query(sql).bind(terminal.to_string()).fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            let epoch: String = row.try_get("epoch")?;
            Ok((epoch.parse().map_err(|_| StoreError::Corrupt("an epoch is not a UUID"))?, read_head(row)?))
        })
        .collect()
}

fn read_head(row: &AnyRow) -> Result<Head, StoreError> {
    let closed: i64 = row.try_get("closed")?;
    let next_seq = from_i64(row.try_get("next_seq")?);
    Ok(Head { next_seq, hash: entry::hash(row.try_get("hash")?)?, closed: closed != 0 })
}

/// Moves a terminal's watermark forward, never back.
pub async fn set_reached(conn: &mut AnyConnection, terminal: TerminalId, at: Timestamp) -> Result<(), StoreError> {
    sqlx::query("update terminal set reached_at = $2 where terminal = $1 and coalesce(reached_at, 0) < $2")
        .bind(terminal.to_string())
        .bind(at.as_ms())
        .execute(conn)
        .await?;
    Ok(())
}
