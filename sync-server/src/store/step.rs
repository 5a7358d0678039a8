//! Every step that people, or the server for them, took about a mismatch, oldest first. Rows are only ever added.

use serde::Serialize;
use shared::time::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::{StoreError, from_i64, to_i64};

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// From 1, within the mismatch.
    pub step_no: u64,
    /// When.
    pub at: Timestamp,
    /// Who; empty: the server itself.
    pub who: String,
    /// What, a word.
    pub step: String,
    /// The assignee, the reason, the moment.
    pub detail: String,
    /// What was said.
    pub comment: String,
}

/// What tells one mismatch from all others: kind, subject, scope.
pub type Key<'a> = (&'a str, &'a str, &'a str);

/// Adds a step; with a ledger position, where listeners are to be told of it.
pub async fn add(
    conn: &mut AnyConnection,
    (kind, subject, scope): Key<'_>,
    who: &str,
    (step, detail, comment): (&str, &str, &str),
    (now, position): (Timestamp, Option<u64>),
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into workflow_step (scope, kind, subject, step_no, at, who, step, detail, comment, position) \
         select $1, $2, $3, coalesce(max(step_no), 0) + 1, $4, $5, $6, $7, $8, $9 from workflow_step \
         where scope = $1 and kind = $2 and subject = $3",
    )
    .bind(scope)
    .bind(kind)
    .bind(subject)
    .bind(now.as_ms())
    .bind(who)
    .bind(step)
    .bind(detail)
    .bind(comment)
    .bind(position.map(to_i64))
    .execute(conn)
    .await?;
    Ok(())
}

/// The steps about a mismatch.
pub async fn list(conn: &mut AnyConnection, (kind, subject, scope): Key<'_>) -> Result<Vec<Step>, StoreError> {
    let sql = "select step_no, at, who, step, detail, comment from workflow_step \
               where scope = $1 and kind = $2 and subject = $3 order by step_no";
    let rows = sqlx::query(sql).bind(scope).bind(kind).bind(subject).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

/// The steps about a mismatch that were told after a ledger position, each with its own.
pub async fn since(
    conn: &mut AnyConnection,
    (kind, subject, scope): Key<'_>,
    position: u64,
) -> Result<Vec<(u64, Step)>, StoreError> {
    let sql = "select step_no, at, who, step, detail, comment, position from workflow_step \
               where scope = $1 and kind = $2 and subject = $3 and position > $4 order by step_no";
    let query = sqlx::query(sql).bind(scope).bind(kind).bind(subject).bind(to_i64(position));
    let rows = query.fetch_all(conn).await?;
    rows.iter().map(|row| Ok((from_i64(row.try_get("position")?), read(row)?))).collect()
}

fn read(row: &AnyRow) -> Result<Step, StoreError> {
    Ok(Step {
        step_no: from_i64(row.try_get("step_no")?),
        at: Timestamp::from_ms(row.try_get("at")?),
        who: row.try_get("who")?,
        step: row.try_get("step")?,
        detail: row.try_get("detail")?,
        comment: row.try_get("comment")?,
    })
}
