//! The server's answers to gates that were asked, kept as they came with a push reply.

use rusqlite::OptionalExtension;
use shared::ids::EpochId;
use shared::wire::GateAnswer;

use super::{Store, StoreError};

impl Store {
    /// Keeps answers; a later answer to the same question replaces the earlier one.
    pub fn keep_gate_answers(&mut self, epoch: EpochId, answers: &[GateAnswer]) -> Result<(), StoreError> {
        if answers.is_empty() {
            return Ok(());
        }
        let tx = self.conn.transaction()?;
        for answer in answers {
            super::set_meta(&tx, &key(epoch, answer.seq), &serde_json::to_string(answer)?)?;
        }
        tx.commit()?;
        Ok(())
    }

    /// The server's newest answer to the question that an event asked.
    pub fn gate_answer(&self, epoch: EpochId, seq: u64) -> Result<Option<GateAnswer>, StoreError> {
        let answer = super::meta(&self.conn, &key(epoch, seq))?;
        Ok(answer.map(|answer| serde_json::from_str(&answer)).transpose()?)
    }

    /// The last number of an epoch that the server has acknowledged; 0 before the first.
    pub fn acknowledged(&self, epoch: EpochId) -> Result<u64, StoreError> {
        let sql = "select acknowledged_seq from epoch where epoch = ?1";
        let seq: Option<i64> = self.conn.query_row(sql, [epoch.to_string()], |row| row.get(0)).optional()?;
        Ok(seq.and_then(|seq| u64::try_from(seq).ok()).unwrap_or(0))
    }
}

fn key(epoch: EpochId, seq: u64) -> String {
    format!("gate/{epoch}/{seq}")
}
