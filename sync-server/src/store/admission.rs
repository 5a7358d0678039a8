//! Admitted evidence: each admission is an epoch of its own, since other events may hold its numbers.

use shared::chain::{Hash, sha256};
use shared::ids::{EpochId, TerminalId};
use sqlx::{AnyConnection, Row};
use uuid::Builder;

use super::quarantine::Kept;
use super::{StoreError, from_i64, to_i64};

/// One admission.
#[derive(Clone, Debug)]
pub struct Admission {
    /// The epoch that its events are held under.
    pub epoch: EpochId,
    /// The epoch that their bodies name.
    pub of_epoch: EpochId,
    /// Whose.
    pub terminal: TerminalId,
    /// First number.
    pub first_seq: u64,
    /// Last number.
    pub last_seq: u64,
    /// Which evidence.
    pub quarantine_id: i64,
    /// Its entry in the ledger.
    pub entry: u64,
}

/// The epoch under which a piece of evidence is held once it is admitted: follows from its bytes.
#[must_use]
pub fn epoch_of(kept: &Kept) -> EpochId {
    let digest: Hash = sha256(&[b"tallyman/admission/1", &kept.body]);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_bytes()[..16]);
    EpochId::new(Builder::from_custom_bytes(bytes).into_uuid())
}

/// Notes an admission.
pub async fn put(conn: &mut AnyConnection, admission: &Admission) -> Result<(), StoreError> {
    sqlx::query(
        "insert into admission (epoch, terminal, of_epoch, first_seq, last_seq, quarantine_id, entry) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(admission.epoch.to_string())
    .bind(admission.terminal.to_string())
    .bind(admission.of_epoch.to_string())
    .bind(to_i64(admission.first_seq))
    .bind(to_i64(admission.last_seq))
    .bind(admission.quarantine_id)
    .bind(to_i64(admission.entry))
    .execute(conn)
    .await?;
    Ok(())
}

/// All admissions, in the order of the ledger.
pub async fn list(conn: &mut AnyConnection) -> Result<Vec<Admission>, StoreError> {
    let sql =
        "select epoch, terminal, of_epoch, first_seq, last_seq, quarantine_id, entry from admission order by entry";
    let rows = sqlx::query(sql).fetch_all(conn).await?;
    let damaged = |_| StoreError::Corrupt("a terminal or epoch of an admission is not a UUID");
    rows.iter()
        .map(|row| {
            Ok(Admission {
                epoch: row.try_get::<String, _>("epoch")?.parse().map_err(damaged)?,
                terminal: row.try_get::<String, _>("terminal")?.parse().map_err(damaged)?,
                of_epoch: row.try_get::<String, _>("of_epoch")?.parse().map_err(damaged)?,
                first_seq: from_i64(row.try_get("first_seq")?),
                last_seq: from_i64(row.try_get("last_seq")?),
                quarantine_id: row.try_get("quarantine_id")?,
                entry: from_i64(row.try_get("entry")?),
            })
        })
        .collect()
}
