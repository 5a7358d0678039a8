//! Checkpoints of the server's ledger: kept as they come, compared with those kept before. A ledger has one history; a checkpoint that
//! does not follow from an older one of the same ledger is proof that it was rewritten.

use rusqlite::{Connection, OptionalExtension, params};
use shared::wire::{LedgerHead, SignedCheckpoint};
use uuid::Uuid;

use super::log::{from_i64, to_i64};
use super::{Store, StoreError, restored};

/// Where the kept checkpoints of a ledger leave off, and the server has to show how it went on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckpointGap {
    /// Entries of the newest checkpoint before the gap.
    pub from: u64,
}

impl Store {
    /// Every checkpoint that was kept, by ledger and age, as it came: evidence against a rewritten ledger.
    pub fn checkpoints(&self) -> Result<Vec<SignedCheckpoint>, StoreError> {
        let mut statement = self.conn.prepare("select body from checkpoint order by ledger_id, entries")?;
        let bodies = statement.query_map([], |row| row.get::<_, String>(0))?;
        bodies.map(|body| Ok(serde_json::from_str(&body?)?)).collect()
    }

    /// Where a checkpoint of the ledger names one before it that is not here, though an older one is.
    pub fn checkpoint_gap(&self, ledger: Uuid) -> Result<Option<CheckpointGap>, StoreError> {
        let sql = "select before from (select entries, previous, lag(entries) over (order by entries) as before from checkpoint \
                   where ledger_id = ?1) where previous > before order by entries limit 1";
        let from: Option<i64> =
            self.conn.prepare_cached(sql)?.query_row([ledger.to_string()], |row| row.get(0)).optional()?;
        Ok(from.map(|from| CheckpointGap { from: from_i64(from) }))
    }

    /// Keeps checkpoints that the server showed, oldest first; the caller has checked their signatures.
    pub fn keep_checkpoints(&mut self, shown: &[SignedCheckpoint]) -> Result<(), StoreError> {
        let tx = self.conn.transaction()?;
        shown.iter().try_for_each(|checkpoint| keep(&tx, checkpoint))?;
        tx.commit()?;
        Ok(())
    }
}

/// Keeps one, inside a transaction; notes where it contradicts another.
pub(super) fn keep(conn: &Connection, checkpoint: &SignedCheckpoint) -> Result<(), StoreError> {
    let value = checkpoint.value();
    let (ledger, head) = (value.ledger_id.to_string(), value.head);
    if contradicts(conn, &ledger, head, value.previous)? {
        tracing::error!(%ledger, entries = head.entries, "the server's ledger was rewritten: a checkpoint contradicts one kept here");
        restored::rewritten(conn)?;
    }
    // The first of two that contradict each other stays: it is the evidence.
    conn.execute(
        "insert into checkpoint (ledger_id, entries, hash, body, previous) values (?1, ?2, ?3, ?4, ?5) on conflict do nothing",
        params![
            ledger,
            to_i64(head.entries),
            head.hash.as_bytes(),
            serde_json::to_string(checkpoint)?,
            to_i64(value.previous.map_or(0, |previous| previous.entries))
        ],
    )?;
    Ok(())
}

fn contradicts(
    conn: &Connection,
    ledger: &str,
    head: LedgerHead,
    previous: Option<LedgerHead>,
) -> Result<bool, StoreError> {
    let held = |entries: u64| -> Result<Option<[u8; 32]>, StoreError> {
        let sql = "select hash from checkpoint where ledger_id = ?1 and entries = ?2";
        Ok(conn.query_row(sql, params![ledger, to_i64(entries)], |row| row.get(0)).optional()?)
    };
    let differs = |place: LedgerHead| -> Result<bool, StoreError> {
        Ok(held(place.entries)?.is_some_and(|hash| hash != *place.hash.as_bytes()))
    };
    // A checkpoint between this one and the one that it names as the one before cannot have been.
    let sql = "select count(*) from checkpoint where ledger_id = ?1 and entries > ?2 and entries < ?3";
    let before = previous.map_or(0, |previous| previous.entries);
    let skipped: i64 = conn.query_row(sql, params![ledger, to_i64(before), to_i64(head.entries)], |row| row.get(0))?;
    Ok(skipped > 0 || differs(head)? || previous.map(differs).transpose()?.unwrap_or(false))
}
