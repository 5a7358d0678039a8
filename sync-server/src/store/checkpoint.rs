//! Signed heads of the ledger's chain.

use shared::wire::SignedCheckpoint;
use sqlx::{AnyConnection, Row};

use super::entry::{self, EntryKind};
use super::{StoreError, to_i64};

/// The newest checkpoint.
pub async fn newest(conn: &mut AnyConnection) -> Result<Option<SignedCheckpoint>, StoreError> {
    let row = sqlx::query("select body from checkpoint order by entries desc limit 1").fetch_optional(conn).await?;
    row.map(|row| Ok(serde_json::from_str(&row.try_get::<String, _>("body")?)?)).transpose()
}

/// The checkpoints from the one with so many entries on, oldest first, at most a thousand.
pub async fn from(conn: &mut AnyConnection, entries: u64) -> Result<Vec<SignedCheckpoint>, StoreError> {
    let sql = "select body from checkpoint where entries >= $1 order by entries limit 1000";
    let rows = sqlx::query(sql).bind(to_i64(entries)).fetch_all(conn).await?;
    rows.iter().map(|row| Ok(serde_json::from_str(&row.try_get::<String, _>("body")?)?)).collect()
}

/// Keeps one, with an entry of its own behind those that it covers, so that it cannot be taken away unnoticed.
pub async fn put(conn: &mut AnyConnection, checkpoint: &SignedCheckpoint) -> Result<(), StoreError> {
    entry::append(conn, EntryKind::Checkpoint, entry::checkpoint_digest(checkpoint)?).await?;
    sqlx::query("insert into checkpoint (entries, body) values ($1, $2)")
        .bind(to_i64(checkpoint.value().head.entries))
        .bind(serde_json::to_string(checkpoint)?)
        .execute(conn)
        .await?;
    Ok(())
}
