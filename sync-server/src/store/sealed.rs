//! Sealed parcels: batches that wait for a hole to fill, and who delivered what.

use shared::chain::{Hash, sha256};
use shared::ids::{EpochId, TerminalId};
use shared::time::Timestamp;
use sqlx::{AnyConnection, Row};

use super::{StoreError, from_i64, to_i64};

/// Bytes of waiting batches of one terminal, at most.
pub const WAITING_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Waiting batches of one terminal, at most.
pub const WAITING_BATCHES_MAX: u64 = 512;

/// Keeps a batch that came before those in front of it; the same bytes once. Answers whether there was room.
pub async fn keep_waiting(
    conn: &mut AnyConnection,
    (terminal, epoch, first_seq): (TerminalId, EpochId, u64),
    body: &[u8],
    received_at: Timestamp,
) -> Result<bool, StoreError> {
    let digest = sha256(&[body]);
    // The insert comes first, so that the transaction never reads before it writes.
    sqlx::query(
        "insert into sealed_waiting (terminal, epoch, first_seq, digest, received_at, body) \
         values ($1, $2, $3, $4, $5, $6) on conflict (terminal, epoch, first_seq, digest) do nothing",
    )
    .bind(terminal.to_string())
    .bind(epoch.to_string())
    .bind(to_i64(first_seq))
    .bind(digest.as_bytes().to_vec())
    .bind(received_at.as_ms())
    .bind(body)
    .execute(&mut *conn)
    .await?;
    let sql = "select count(*) as batches, cast(coalesce(sum(length(body)), 0) as bigint) as bytes from sealed_waiting where terminal = $1";
    let row = sqlx::query(sql).bind(terminal.to_string()).fetch_one(&mut *conn).await?;
    let (batches, bytes) = (from_i64(row.try_get("batches")?), from_i64(row.try_get("bytes")?));
    Ok(batches <= WAITING_BATCHES_MAX && bytes <= WAITING_BYTES_MAX)
}

/// A batch that waits.
#[derive(Debug)]
pub struct Waiting {
    /// Of which epoch.
    pub epoch: EpochId,
    /// Its first number.
    pub first_seq: u64,
    /// SHA-256 of its bytes.
    pub digest: Hash,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// The waiting batch of a terminal that can join what is held now, if there is one.
pub async fn next_waiting(conn: &mut AnyConnection, terminal: TerminalId) -> Result<Option<Waiting>, StoreError> {
    // A closed epoch takes nothing more, but says so to each batch: it must not wait for ever.
    let row = sqlx::query(
        "select w.epoch, w.first_seq, w.digest, w.body from sealed_waiting w \
         join head h on h.terminal = w.terminal and h.epoch = w.epoch \
         where w.terminal = $1 and (w.first_seq <= h.next_seq or h.closed <> 0) order by w.epoch, w.first_seq limit 1",
    )
    .bind(terminal.to_string())
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let epoch: String = row.try_get("epoch")?;
    let digest: Vec<u8> = row.try_get("digest")?;
    Ok(Some(Waiting {
        epoch: epoch.parse().map_err(|_| StoreError::Corrupt("a waiting batch's epoch is not a UUID"))?,
        first_seq: from_i64(row.try_get("first_seq")?),
        digest: Hash::new(digest.try_into().map_err(|_| StoreError::Corrupt("a digest is not 32 bytes"))?),
        body: row.try_get("body")?,
    }))
}

/// A batch waits no longer.
pub async fn drop_waiting(conn: &mut AnyConnection, terminal: TerminalId, waiting: &Waiting) -> Result<(), StoreError> {
    sqlx::query("delete from sealed_waiting where terminal = $1 and epoch = $2 and first_seq = $3 and digest = $4")
        .bind(terminal.to_string())
        .bind(waiting.epoch.to_string())
        .bind(to_i64(waiting.first_seq))
        .bind(waiting.digest.as_bytes().to_vec())
        .execute(conn)
        .await?;
    Ok(())
}

/// Terminals of which batches wait.
pub async fn terminals_waiting(conn: &mut AnyConnection) -> Result<Vec<TerminalId>, StoreError> {
    let rows = sqlx::query("select distinct terminal from sealed_waiting").fetch_all(conn).await?;
    let parse =
        |text: String| text.parse().map_err(|_| StoreError::Corrupt("a waiting batch's terminal is not a UUID"));
    rows.iter().map(|row| parse(row.try_get("terminal")?)).collect()
}

/// One delivery of a parcel.
#[derive(Clone, Copy, Debug)]
pub struct Delivery {
    /// Digest of the parcel.
    pub parcel: Hash,
    /// Whose, as its header says.
    pub terminal: TerminalId,
    /// Who delivered it; none where it came as a file.
    pub carrier: Option<TerminalId>,
    /// Batches in it.
    pub batches: u64,
    /// Of them, kept for later.
    pub waiting: u64,
    /// Of them, refused.
    pub refused: u64,
}

/// Notes a delivery.
pub async fn note_delivery(conn: &mut AnyConnection, of: &Delivery, at: Timestamp) -> Result<(), StoreError> {
    sqlx::query(
        "insert into sealed_delivery (parcel, terminal, carrier, delivered_at, batches, waiting, refused) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(of.parcel.as_bytes().to_vec())
    .bind(of.terminal.to_string())
    .bind(of.carrier.map(|carrier| carrier.to_string()))
    .bind(at.as_ms())
    .bind(to_i64(of.batches))
    .bind(to_i64(of.waiting))
    .bind(to_i64(of.refused))
    .execute(conn)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::testing::{NOW, Trade};

    #[tokio::test]
    async fn what_waits_is_bounded_for_each_terminal_alone() {
        let trade = Trade::empty().await;
        let (one, two) = (TerminalId::new(Uuid::from_u128(1)), TerminalId::new(Uuid::from_u128(2)));
        let epoch = EpochId::new(Uuid::from_u128(3));
        let mut tx = trade.store.write().await.unwrap();
        for n in 0..WAITING_BATCHES_MAX {
            assert!(keep_waiting(&mut tx, (one, epoch, n + 2), b"batch", NOW).await.unwrap(), "{n}");
        }
        assert!(keep_waiting(&mut tx, (one, epoch, 2), b"batch", NOW).await.unwrap(), "a copy takes no room");
        assert!(keep_waiting(&mut tx, (two, epoch, 2), b"batch", NOW).await.unwrap(), "another has room of its own");
        assert!(!keep_waiting(&mut tx, (one, epoch, 2), b"another", NOW).await.unwrap());
        tx.rollback().await.unwrap();
        let mut tx = trade.store.write().await.unwrap();
        let long = vec![0; usize::try_from(WAITING_BYTES_MAX).unwrap()];
        assert!(keep_waiting(&mut tx, (one, epoch, 2), &long, NOW).await.unwrap());
        assert!(!keep_waiting(&mut tx, (one, epoch, 3), b"x", NOW).await.unwrap());
    }
}
