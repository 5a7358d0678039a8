//! Tasks: what is open on this terminal, so that it resumes exactly where it was.

use rusqlite::{OptionalExtension, Row, params};
use shared::event::Stage;
use shared::ids::{BasisId, DocumentId, TaskId};

use super::{Store, StoreError};

/// A clerk's work: one stage of one basis and document on this terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its identity on this terminal.
    pub task: TaskId,
    /// Which scan.
    pub stage: Stage,
    /// Against what.
    pub basis: BasisId,
    /// With which note.
    pub document: DocumentId,
    /// Whether this terminal reserved the note's number and drafts it at the close.
    pub reserved: bool,
}

const COLUMNS: &str = "select task, stage, basis, document, reserved from task";

impl Store {
    /// The open task on this stage, basis and document.
    pub fn open_task(&self, stage: Stage, basis: &BasisId, document: &DocumentId) -> Result<Option<Task>, StoreError> {
        let sql = format!("{COLUMNS} where closed is null and stage = ?1 and basis = ?2 and document = ?3");
        let found =
            self.conn.query_row(&sql, params![stage.as_str(), basis.as_str(), document.as_str()], read).optional()?;
        Ok(found)
    }

    /// All open tasks, newest first.
    pub fn open_tasks(&self) -> Result<Vec<Task>, StoreError> {
        let mut statement = self.conn.prepare(&format!("{COLUMNS} where closed is null order by ordinal desc"))?;
        let tasks = statement.query_map([], read)?;
        Ok(tasks.collect::<Result<_, _>>()?)
    }

    /// The final closes made here: (stage, basis, document) that need no task any more.
    pub fn closed_final(&self) -> Result<Vec<Task>, StoreError> {
        let mut statement = self.conn.prepare(&format!("{COLUMNS} where closed = 'final'"))?;
        let tasks = statement.query_map([], read)?;
        Ok(tasks.collect::<Result<_, _>>()?)
    }

    /// An identity for the next task.
    pub fn next_task_id(&self) -> Result<TaskId, StoreError> {
        let sql = "select coalesce(max(ordinal), 0) + 1 from task";
        let next: i64 = self.conn.query_row(sql, [], |row| row.get(0))?;
        Ok(TaskId::from(format!("T{next}")))
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Task> {
    let stage: String = row.get(1)?;
    let known = Stage::EVERY.into_iter().find(|known| known.as_str() == stage);
    let stage = known.ok_or_else(|| rusqlite::Error::InvalidColumnName(stage))?;
    Ok(Task {
        task: row.get::<_, String>(0)?.into(),
        stage,
        basis: row.get::<_, String>(2)?.into(),
        document: row.get::<_, String>(3)?.into(),
        reserved: row.get(4)?,
    })
}
