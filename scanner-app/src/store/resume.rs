//! What a task needs beside its events to go on exactly where it was: small JSON values by task and name, gone when the task is.
//! And the numbers of notes that this terminal has reserved.

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::event::Stage;
use shared::ids::{BasisId, DocumentId, TaskId};

use super::{Store, StoreError};

impl Store {
    /// What was remembered of a task under a name.
    pub fn remembered<T: DeserializeOwned>(&self, task: &TaskId, name: &str) -> Result<Option<T>, StoreError> {
        let value = super::meta(&self.conn, &key(task, name))?;
        Ok(value.map(|value| serde_json::from_str(&value)).transpose()?)
    }

    /// Remembers a value of a task durably; none forgets it.
    pub fn remember<T: Serialize>(&mut self, task: &TaskId, name: &str, value: Option<&T>) -> Result<(), StoreError> {
        let value = value.map(serde_json::to_string).transpose()?;
        remember(&self.conn, task, name, value.as_deref())
    }

    /// The tasks that something is remembered of under a name, oldest first by their identity.
    pub fn tasks_remembering(&self, name: &str) -> Result<Vec<TaskId>, StoreError> {
        let mut statement = self.conn.prepare("select name from meta where name glob 'task/*' order by name")?;
        let names = statement.query_map([], |row| row.get::<_, String>(0))?;
        let mut tasks = Vec::new();
        for found in names {
            let found = found?;
            let task = found.strip_prefix("task/").and_then(|rest| rest.strip_suffix(name)?.strip_suffix('/'));
            tasks.extend(task.filter(|task| !task.contains('/')).map(TaskId::from));
        }
        Ok(tasks)
    }

    /// The documents of tasks on a stage of a basis that may still go on (open, or closed partially), newest first.
    pub fn documents_under_way(&self, stage: Stage, basis: &BasisId) -> Result<Vec<DocumentId>, StoreError> {
        let sql = "select document from task t where stage = ?1 and basis = ?2 and not exists (select 1 from task f \
                   where f.stage = t.stage and f.basis = t.basis and f.document = t.document and f.closed = 'final') \
                   order by ordinal desc";
        let mut statement = self.conn.prepare(sql)?;
        let rows = statement.query_map(params![stage.as_str(), basis.as_str()], |row| row.get::<_, String>(0))?;
        rows.map(|document| Ok(DocumentId::from(document?))).collect()
    }

    /// Takes the next number for a note of this epoch, counted from 1 and durable at once: a number that was taken is never
    /// given again, whether or not it is used. Also says which life of the log this is: 1 for the first.
    pub fn take_note_number(&mut self) -> Result<(u64, u64), StoreError> {
        let epoch = self.writing.epoch.to_string();
        let sql = "insert into meta (name, value) values (?1, '1') on conflict (name) \
                   do update set value = cast(cast(value as integer) + 1 as text) returning value";
        let number: String = self.conn.query_row(sql, [format!("notes/{epoch}")], |row| row.get(0))?;
        let sql = "select count(*) from epoch where ordinal <= (select ordinal from epoch where epoch = ?1)";
        let life: Option<i64> = self.conn.query_row(sql, [epoch], |row| row.get(0)).optional()?;
        let number = number.parse().map_err(|_| StoreError::Corrupt("the count of reserved notes is no number"))?;
        Ok((number, life.and_then(|life| u64::try_from(life).ok()).unwrap_or(1)))
    }
}

/// The same inside a transaction: beside the events that it belongs to.
pub(crate) fn remember(conn: &Connection, task: &TaskId, name: &str, value: Option<&str>) -> Result<(), StoreError> {
    if let Some(value) = value {
        return super::set_meta(conn, &key(task, name), value);
    }
    conn.execute("delete from meta where name = ?1", [key(task, name)])?;
    Ok(())
}

fn key(task: &TaskId, name: &str) -> String {
    format!("task/{task}/{name}")
}
