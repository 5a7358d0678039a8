//! The ledger's own chain, and that each entry still stands for what it stood for.

use std::collections::BTreeMap;

use shared::chain::{Hash, entry_hash, ledger_hash, sha256};
use shared::time::Timestamp;
use shared::wire::SignedCheckpoint;
use sqlx::{AnyConnection, Row};

use super::Fault;
use crate::store::entry::{self, EntryKind};
use crate::store::{admission, from_i64, quarantine};

/// Checks all. Answers the chain's value after each entry; at 0 that before the first.
pub(super) async fn check(conn: &mut AnyConnection) -> Result<Vec<Hash>, Fault> {
    let stood_for = stood_for(conn).await?;
    let rows = sqlx::query("select entry, kind, digest, hash from ledger_entry order by entry").fetch_all(&mut *conn);
    let rows = rows.await?;
    let mut hashes = vec![ledger_hash(entry::first_ledger_id(conn).await?)];
    for (expected, row) in (1..).zip(&rows) {
        if from_i64(row.try_get("entry")?) != expected {
            return Err(Fault::Found(format!("entry {expected} of the ledger is missing")));
        }
        let kind: String = row.try_get("kind")?;
        let digest = entry::hash(row.try_get("digest")?)?;
        match stood_for.get(&expected) {
            None => return Err(Fault::Found(format!("what entry {expected} ({kind}) stands for is gone"))),
            Some(held) if *held != (kind.clone(), digest) => {
                return Err(Fault::Found(format!("what entry {expected} ({kind}) stands for was changed")));
            }
            Some(_) => {}
        }
        let previous = hashes.last().copied().unwrap_or(digest);
        let hash = entry_hash(previous, &kind, digest);
        if entry::hash(row.try_get("hash")?)? != hash {
            return Err(Fault::Found(format!("entry {expected} of the ledger is not what was hashed")));
        }
        hashes.push(hash);
    }
    if stood_for.len() != rows.len() {
        let more = stood_for.keys().find(|entry| **entry > rows.len() as u64).copied().unwrap_or(0);
        return Err(Fault::Found(format!("entry {more} of the ledger is missing")));
    }
    Ok(hashes)
}

/// What each entry should say, from the rows that it stands for.
async fn stood_for(conn: &mut AnyConnection) -> Result<BTreeMap<u64, (String, Hash)>, Fault> {
    let mut found = BTreeMap::new();
    let mut add = |entry: Option<i64>, kind: EntryKind, digest: Hash| {
        let Some(entry) = entry.map(from_i64) else {
            return Err(Fault::Found(format!("a row of kind {} belongs to no entry", kind.as_str())));
        };
        match found.insert(entry, (kind.as_str().to_owned(), digest)) {
            None => Ok(()),
            Some(_) => Err(Fault::Found(format!("two rows claim entry {entry} of the ledger"))),
        }
    };
    let sql = "select terminal, epoch, first_seq, count, received_at, public_key, body, entry from batch";
    for row in sqlx::query(sql).fetch_all(&mut *conn).await? {
        add(row.try_get("entry")?, EntryKind::Batch, entry::stored_batch_digest(&row)?)?;
    }
    let sql = "select reason, received_at, body, digest, entry from quarantine";
    for row in sqlx::query(sql).fetch_all(&mut *conn).await? {
        let (reason, body): (String, Vec<u8>) = (row.try_get("reason")?, row.try_get("body")?);
        let received_at = Timestamp::from_ms(row.try_get("received_at")?);
        let entry: Option<i64> = row.try_get("entry")?;
        if entry::hash(row.try_get("digest")?)? != sha256(&[&body]) {
            return Err(Fault::Found(format!("evidence of entry {} was changed", entry.unwrap_or_default())));
        }
        add(entry, EntryKind::Evidence, entry::evidence_digest(&reason, received_at, &body))?;
    }
    for admission in admission::list(conn).await? {
        let lost = || Fault::Found(format!("the evidence of admission {} is gone", admission.epoch));
        let kept = quarantine::find(conn, admission.quarantine_id).await?.ok_or_else(lost)?;
        let row = sqlx::query("select settled_by, settled_why from quarantine where quarantine_id = $1");
        let row = row.bind(kept.id).fetch_one(&mut *conn).await?;
        let said = |column| row.try_get::<Option<String>, _>(column).map(Option::unwrap_or_default);
        let covered = entry::evidence_digest(kept.reason.as_str(), kept.received_at, &kept.body);
        let (by, why) = (said("settled_by")?, said("settled_why")?);
        let digest = entry::admission_digest(&admission.epoch.to_string(), &by, &why, covered);
        add(i64::try_from(admission.entry).ok(), EntryKind::Admission, digest)?;
    }
    let rows = sqlx::query("select entries, body from checkpoint").fetch_all(&mut *conn).await?;
    for row in rows {
        let checkpoint: SignedCheckpoint =
            serde_json::from_str(&row.try_get::<String, _>("body")?).map_err(crate::store::StoreError::from)?;
        let entries: i64 = row.try_get("entries")?;
        if from_i64(entries) != checkpoint.value().head.entries {
            return Err(Fault::Found(format!("a checkpoint stands at {entries} entries and says otherwise")));
        }
        add(Some(entries + 1), EntryKind::Checkpoint, entry::checkpoint_digest(&checkpoint)?)?;
    }
    let rows = sqlx::query("select entry, body from restore").fetch_all(&mut *conn).await?;
    for row in rows {
        let restored =
            serde_json::from_str(&row.try_get::<String, _>("body")?).map_err(crate::store::StoreError::from)?;
        add(row.try_get("entry")?, EntryKind::Restore, entry::restore_digest(&restored)?)?;
    }
    Ok(found)
}
