//! Cases in the database: a mismatch with what people did about it.

use shared::mismatch::State;
use shared::time::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::due::Allowances;
use super::id::MismatchId;
use super::stage::{Reason, Stage};
use crate::store::mismatch::{self, StoredMismatch};
use crate::store::{StoreError, from_i64, to_i64};

/// A mismatch in the hands of people.
#[derive(Clone, Debug)]
pub struct Case {
    /// As judged.
    pub found: StoredMismatch,
    /// Where it is in the hands of people.
    pub stage: Stage,
    /// When it came into its state: the time to answer counts from here.
    pub opened_at: Timestamp,
    /// Who has it.
    pub assignee: Option<String>,
    /// Until when it is to be settled, where a person said so.
    pub respond_by: Option<Timestamp>,
    /// How it came about, once settled.
    pub reason: Option<Reason>,
    /// Who settled it.
    pub resolved_by: Option<String>,
    /// When.
    pub resolved_at: Option<Timestamp>,
    /// Ledger position of its last change.
    pub position: u64,
}

impl Case {
    /// Its name in addresses.
    #[must_use]
    pub fn id(&self) -> MismatchId {
        MismatchId::of(&self.found.mismatch)
    }
}

/// The case of this name.
pub async fn find(conn: &mut AnyConnection, id: &MismatchId) -> Result<Option<Case>, StoreError> {
    let sql = "select body, state, workflow, raised_at, changed_at, opened_at, assignee, respond_by, resolved_reason, \
               resolved_by, resolved_at, position from mismatch where kind = $1 and subject = $2 and scope = $3";
    let query = sqlx::query(sql).bind(&id.kind).bind(&id.subject).bind(&id.scope);
    query.fetch_optional(conn).await?.map(|row| read(&row)).transpose()
}

/// Cases of this kind and subject, gravest first; of one scope, where it is not empty.
pub async fn named(conn: &mut AnyConnection, kind: &str, subject: &str, scope: &str) -> Result<Vec<Case>, StoreError> {
    let sql = "select body, state, workflow, raised_at, changed_at, opened_at, assignee, respond_by, resolved_reason, \
               resolved_by, resolved_at, position from mismatch where kind = $1 and subject = $2 \
               and ($3 = '' or scope = $3)";
    let rows = sqlx::query(sql).bind(kind).bind(subject).bind(scope).fetch_all(conn).await?;
    let mut cases: Vec<Case> = rows.iter().map(read).collect::<Result<_, _>>()?;
    cases.sort_by(|a, b| {
        let gravest = b.found.mismatch.severity.cmp(&a.found.mismatch.severity);
        gravest.then(b.found.raised_at.cmp(&a.found.raised_at)).then(a.found.mismatch.cmp(&b.found.mismatch))
    });
    Ok(cases)
}

/// What an act changes of a case.
#[derive(Clone, Debug)]
pub struct Change {
    /// The stage before: where it is another by now, nothing is changed.
    pub before: Stage,
    /// The stage after.
    pub stage: Stage,
    /// Who has it after.
    pub assignee: Option<String>,
    /// Until when it is to be settled after.
    pub respond_by: Option<Timestamp>,
    /// The ledger position of the change, where listeners are to be told of it.
    pub position: Option<u64>,
}

/// Changes a case. Answers whether it was as expected.
pub async fn change(conn: &mut AnyConnection, id: &MismatchId, change: &Change) -> Result<bool, StoreError> {
    let sql = "update mismatch set workflow = $5, assignee = $6, respond_by = $7, \
               position = coalesce($8, position) \
               where kind = $1 and subject = $2 and scope = $3 and workflow = $4";
    let done = sqlx::query(sql)
        .bind(&id.kind)
        .bind(&id.subject)
        .bind(&id.scope)
        .bind(change.before.as_str())
        .bind(change.stage.as_str())
        .bind(&change.assignee)
        .bind(change.respond_by.map(Timestamp::as_ms))
        .bind(change.position.map(to_i64))
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Settles a case: it is withdrawn from the gate and from lists. Time alone changes it no more.
pub async fn resolve(
    conn: &mut AnyConnection,
    id: &MismatchId,
    (reason, by): (Reason, &str),
    now: Timestamp,
    position: u64,
) -> Result<(), StoreError> {
    let sql = "update mismatch set state = 'resolved', due_at = null, resolved_reason = $4, resolved_by = $5, \
               resolved_at = $6, changed_at = $6, position = $7 where kind = $1 and subject = $2 and scope = $3";
    sqlx::query(sql)
        .bind(&id.kind)
        .bind(&id.subject)
        .bind(&id.scope)
        .bind(reason.as_str())
        .bind(by)
        .bind(now.as_ms())
        .bind(to_i64(position))
        .execute(conn)
        .await?;
    Ok(())
}

/// Opens a settled case again, as it was judged last.
pub async fn reopen(conn: &mut AnyConnection, case: &Case, now: Timestamp, position: u64) -> Result<(), StoreError> {
    let id = case.id();
    let sql = "update mismatch set state = $4, due_at = $5, opened_at = $6, changed_at = $6, position = $7, \
               respond_by = null, resolved_reason = null, resolved_by = null, resolved_at = null \
               where kind = $1 and subject = $2 and scope = $3";
    sqlx::query(sql)
        .bind(&id.kind)
        .bind(&id.subject)
        .bind(&id.scope)
        .bind(case.found.mismatch.state.as_str())
        .bind(case.found.mismatch.due.map(Timestamp::as_ms))
        .bind(now.as_ms())
        .bind(to_i64(position))
        .execute(conn)
        .await?;
    Ok(())
}

/// Cases whose time may have run out by `now`: `due::escalates` decides.
pub async fn may_escalate(
    conn: &mut AnyConnection,
    allowances: &Allowances,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Case>, StoreError> {
    use shared::mismatch::Severity;
    let sql = "select body, state, workflow, raised_at, changed_at, opened_at, assignee, respond_by, resolved_reason, \
               resolved_by, resolved_at, position from mismatch where state = 'confirmed' \
               and workflow in ('open', 'seen', 'in-progress', 'waiting') and (respond_by <= $1 or (respond_by is null \
               and ((severity = 'block' and coalesce(opened_at, raised_at) <= $2) \
               or (severity = 'hold' and coalesce(opened_at, raised_at) <= $3) \
               or (severity = 'warn' and coalesce(opened_at, raised_at) <= $4)))) limit $5";
    let since = |severity| now.plus_ms(-allowances.of_ms(severity).unwrap_or(0)).as_ms();
    let rows = sqlx::query(sql)
        .bind(now.as_ms())
        .bind(since(Severity::Block))
        .bind(since(Severity::Hold))
        .bind(since(Severity::Warn))
        .bind(to_i64(limit as u64))
        .fetch_all(conn)
        .await?;
    rows.iter().map(read).collect()
}

/// Cases that changed after a ledger position, oldest change first: about so many, and always all of a position.
pub async fn since(conn: &mut AnyConnection, position: u64, limit: usize) -> Result<Vec<Case>, StoreError> {
    let sql = "select body, state, workflow, raised_at, changed_at, opened_at, assignee, respond_by, resolved_reason, \
               resolved_by, resolved_at, position from mismatch where position > $1 \
               and position <= (select max(position) from (select position from mismatch where position > $1 \
               order by position limit $2) as soonest) order by position, kind, subject, scope";
    let rows = sqlx::query(sql).bind(to_i64(position)).bind(to_i64(limit as u64)).fetch_all(conn).await?;
    rows.iter().map(read).collect()
}

/// A case from a row with the columns above.
pub(super) fn read(row: &AnyRow) -> Result<Case, StoreError> {
    let at = |column| -> Result<Option<Timestamp>, sqlx::Error> {
        Ok(row.try_get::<Option<i64>, _>(column)?.map(Timestamp::from_ms))
    };
    let found = mismatch::read(row)?;
    let stage = found.workflow.parse().map_err(|_| StoreError::Corrupt("a mismatch is in no known stage"))?;
    let reason: Option<String> = row.try_get("resolved_reason")?;
    let reason = reason.map(|word| word.parse()).transpose();
    Ok(Case {
        stage: if found.state == State::Resolved { Stage::Resolved } else { stage },
        opened_at: at("opened_at")?.unwrap_or(found.raised_at),
        assignee: row.try_get("assignee")?,
        respond_by: at("respond_by")?,
        reason: reason.map_err(|_| StoreError::Corrupt("a resolution has no known reason"))?,
        resolved_by: row.try_get("resolved_by")?,
        resolved_at: at("resolved_at")?,
        position: from_i64(row.try_get("position")?),
        found,
    })
}
