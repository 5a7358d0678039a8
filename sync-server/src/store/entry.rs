//! The ledger's chain: an entry for everything that was taken in, linked to the one before (`shared::chain`).

use shared::chain::{Hash, PublicKey, entry_hash, ledger_hash, sha256};
use shared::ids::{EpochId, TerminalId};
use shared::time::Timestamp;
use shared::wire::{LedgerHead, SignedCheckpoint, SignedRestored};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use uuid::Uuid;

use super::{StoreError, from_i64, to_i64};

/// What an entry stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A batch that was taken into a terminal's chain.
    Batch,
    /// Evidence that was quarantined.
    Evidence,
    /// Evidence that a person admitted.
    Admission,
    /// The ledger was restored from a backup.
    Restore,
    /// A checkpoint was made of all entries before this one.
    Checkpoint,
}

impl EntryKind {
    /// The word in the table and in the hash.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Batch => "batch",
            Self::Evidence => "evidence",
            Self::Admission => "admission",
            Self::Restore => "restore",
            Self::Checkpoint => "checkpoint",
        }
    }
}

/// Adds an entry. Answers its number.
pub async fn append(conn: &mut AnyConnection, kind: EntryKind, digest: Hash) -> Result<u64, StoreError> {
    let LedgerHead { entries, hash } = head(conn).await?;
    let hash = entry_hash(hash, kind.as_str(), digest);
    sqlx::query("insert into ledger_entry (entry, kind, digest, hash) values ($1, $2, $3, $4)")
        .bind(to_i64(entries + 1))
        .bind(kind.as_str())
        .bind(digest.as_bytes().to_vec())
        .bind(hash.as_bytes().to_vec())
        .execute(conn)
        .await?;
    Ok(entries + 1)
}

/// Where the chain stands.
pub async fn head(conn: &mut AnyConnection) -> Result<LedgerHead, StoreError> {
    let sql = "select entry, hash from ledger_entry order by entry desc limit 1";
    match sqlx::query(sql).fetch_optional(&mut *conn).await? {
        Some(row) => Ok(LedgerHead { entries: from_i64(row.try_get("entry")?), hash: hash(row.try_get("hash")?)? }),
        None => Ok(LedgerHead { entries: 0, hash: ledger_hash(first_ledger_id(conn).await?) }),
    }
}

/// The ledger that the chain began in: this one, or the one that the first restore was from.
pub async fn first_ledger_id(conn: &mut AnyConnection) -> Result<Uuid, StoreError> {
    match restores(conn).await?.first() {
        Some(restored) => Ok(restored.value().from_ledger_id),
        None => super::ledger_id(conn).await,
    }
}

/// The restores that led to this ledger, oldest first.
pub async fn restores(conn: &mut AnyConnection) -> Result<Vec<SignedRestored>, StoreError> {
    let rows = sqlx::query("select body from restore order by entry").fetch_all(conn).await?;
    rows.iter().map(|row| Ok(serde_json::from_str(&row.try_get::<String, _>("body")?)?)).collect()
}

/// Keeps the record of a restore.
pub async fn put_restore(conn: &mut AnyConnection, entry: u64, restored: &SignedRestored) -> Result<(), StoreError> {
    let query = sqlx::query("insert into restore (entry, body) values ($1, $2)").bind(to_i64(entry));
    query.bind(serde_json::to_string(restored)?).execute(conn).await?;
    Ok(())
}

/// Gives entries to what versions without them took in, in its order. Done once, at the first start after the upgrade.
pub async fn adopt(conn: &mut AnyConnection) -> Result<(), StoreError> {
    let sql = "select terminal, epoch, first_seq, count, received_at, public_key, body from batch where entry is null \
               order by position, terminal, epoch, first_seq";
    for row in sqlx::query(sql).fetch_all(&mut *conn).await? {
        let digest = stored_batch_digest(&row)?;
        let entry = append(conn, EntryKind::Batch, digest).await?;
        let sql = "update batch set entry = $1 where terminal = $2 and epoch = $3 and first_seq = $4";
        let query = sqlx::query(sql).bind(to_i64(entry)).bind(row.try_get::<String, _>("terminal")?);
        let query = query.bind(row.try_get::<String, _>("epoch")?).bind(row.try_get::<i64, _>("first_seq")?);
        query.execute(&mut *conn).await?;
    }
    let sql =
        "select quarantine_id, reason, received_at, body from quarantine where entry is null order by quarantine_id";
    for row in sqlx::query(sql).fetch_all(&mut *conn).await? {
        let received_at = Timestamp::from_ms(row.try_get("received_at")?);
        let (reason, body): (String, Vec<u8>) = (row.try_get("reason")?, row.try_get("body")?);
        let entry = append(conn, EntryKind::Evidence, evidence_digest(&reason, received_at, &body)).await?;
        let sql = "update quarantine set entry = $1 where quarantine_id = $2";
        let query = sqlx::query(sql).bind(to_i64(entry)).bind(row.try_get::<i64, _>("quarantine_id")?);
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

/// What the entry of a stored batch covers, from its row.
pub fn stored_batch_digest(row: &AnyRow) -> Result<Hash, StoreError> {
    let damaged = |_| StoreError::Corrupt("a batch's terminal or epoch is not a UUID");
    let terminal: TerminalId = row.try_get::<String, _>("terminal")?.parse().map_err(damaged)?;
    let epoch: EpochId = row.try_get::<String, _>("epoch")?.parse().map_err(damaged)?;
    let (first_seq, count) = (from_i64(row.try_get("first_seq")?), from_i64(row.try_get("count")?));
    let received_at = Timestamp::from_ms(row.try_get("received_at")?);
    let key: Option<String> = row.try_get("public_key")?;
    let key = key.and_then(|key| PublicKey::from_hex(&key));
    let body: Vec<u8> = row.try_get("body")?;
    Ok(batch_digest((terminal, epoch), (first_seq, count), key.as_ref(), received_at, &body))
}

/// What a batch's entry covers: whose events, which, up to which hash, when, and the bytes as they came.
#[must_use]
pub fn batch_digest(
    (terminal, epoch): (TerminalId, EpochId),
    (first_seq, count): (u64, u64),
    key: Option<&PublicKey>,
    received_at: Timestamp,
    body: &[u8],
) -> Hash {
    sha256(&[
        b"tallyman/entry/batch/1",
        key.map_or(&[], |key| key.as_bytes().as_slice()),
        terminal.as_bytes(),
        epoch.as_bytes(),
        &first_seq.to_be_bytes(),
        &count.to_be_bytes(),
        &received_at.as_ms().to_be_bytes(),
        sha256(&[body]).as_bytes(),
    ])
}

/// What the entry of a piece of evidence covers.
#[must_use]
pub fn evidence_digest(reason: &str, received_at: Timestamp, body: &[u8]) -> Hash {
    sha256(&[
        b"tallyman/entry/evidence/1",
        reason.as_bytes(),
        b"\0",
        &received_at.as_ms().to_be_bytes(),
        sha256(&[body]).as_bytes(),
    ])
}

/// What the entry of an admission covers.
#[must_use]
pub fn admission_digest(epoch: &str, by: &str, why: &str, evidence_digest: Hash) -> Hash {
    let parts = [
        b"tallyman/entry/admission/1".as_slice(),
        epoch.as_bytes(),
        b"\0",
        by.as_bytes(),
        b"\0",
        why.as_bytes(),
        b"\0",
    ];
    sha256(&[&parts.concat(), evidence_digest.as_bytes()])
}

/// What the entry of a restore covers.
pub fn restore_digest(restored: &SignedRestored) -> Result<Hash, StoreError> {
    Ok(sha256(&[b"tallyman/entry/restore/1", &serde_json::to_vec(restored)?]))
}

/// What the entry of a checkpoint covers.
pub fn checkpoint_digest(checkpoint: &SignedCheckpoint) -> Result<Hash, StoreError> {
    Ok(sha256(&[b"tallyman/entry/checkpoint/1", &serde_json::to_vec(checkpoint)?]))
}

/// Reads a hash out of a row.
pub fn hash(bytes: Vec<u8>) -> Result<Hash, StoreError> {
    Ok(Hash::new(bytes.try_into().map_err(|_| StoreError::Corrupt("a stored hash is not 32 bytes"))?))
}
