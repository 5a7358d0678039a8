//! The server's answers to gates that were asked, kept as they came with a push reply; and the questions whose gate is still shut.

use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};
use shared::ids::{BasisId, DocumentId, EpochId, EventRef};
use shared::wire::GateAnswer;

use super::{Store, StoreError};

/// Under what name the gates of a closed task are remembered that are not cleared.
pub const SHUT_GATES: &str = "gate";

/// A gate that is not cleared, as it is remembered of its task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShutGate {
    /// Basis and document of the goods.
    pub side: (BasisId, DocumentId),
    /// The event that asked last.
    pub asked: EventRef,
}

impl Store {
    /// Keeps answers; a later answer to the same question replaces the earlier one. Answers how many say something else than before.
    pub fn keep_gate_answers(&mut self, epoch: EpochId, answers: &[GateAnswer]) -> Result<u64, StoreError> {
        let mut changed = 0;
        if answers.is_empty() {
            return Ok(changed);
        }
        let tx = self.conn.transaction()?;
        for answer in answers {
            let key = key(epoch, answer.seq);
            let before: Option<GateAnswer> =
                super::meta(&tx, &key)?.map(|answer| serde_json::from_str(&answer)).transpose()?;
            let before = before.map(|before| GateAnswer { position: answer.position, ..before });
            changed += u64::from(before.as_ref() != Some(answer));
            super::set_meta(&tx, &key, &serde_json::to_string(answer)?)?;
        }
        tx.commit()?;
        Ok(changed)
    }

    /// The server's newest answer to the question that an event asked.
    pub fn gate_answer(&self, epoch: EpochId, seq: u64) -> Result<Option<GateAnswer>, StoreError> {
        let answer = super::meta(&self.conn, &key(epoch, seq))?;
        Ok(answer.map(|answer| serde_json::from_str(&answer)).transpose()?)
    }

    /// The questions of gates that are still shut and that the server holds: at most so many, the newest first.
    pub fn open_questions(&self, at_most: usize) -> Result<Vec<EventRef>, StoreError> {
        let mut questions = Vec::new();
        for task in self.tasks_remembering(SHUT_GATES)? {
            // An older version remembered no question: its gate is watched when the task is looked at.
            let shut: serde_json::Value = self.remembered(&task, SHUT_GATES)?.unwrap_or_default();
            let shut = serde_json::from_value::<Vec<ShutGate>>(shut).unwrap_or_default();
            questions.extend(shut.into_iter().map(|gate| gate.asked));
        }
        let mut held = Vec::with_capacity(questions.len());
        for by in questions {
            if self.acknowledged(by.epoch)? >= by.seq && self.hash_after(by.epoch, by.seq)?.is_some() {
                held.push(by);
            }
        }
        held.sort_by_key(|by| std::cmp::Reverse(by.seq));
        held.truncate(at_most);
        Ok(held)
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
