//! When time alone changes what was judged: the next moment of each basis, member and terminal. Mismatches that wait for a grace have theirs
//! beside them.

use std::collections::{BTreeMap, BTreeSet};

use shared::ids::{BasisId, MemberId, TerminalId};
use shared::mismatch::Scope;
use shared::time::Timestamp;
use sqlx::{AnyConnection, Row};

use super::StoreError;
use super::key::bounded;

/// Scopes that are to be judged again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// Bases.
    pub bases: BTreeSet<BasisId>,
    /// Members.
    pub members: BTreeSet<MemberId>,
    /// Terminals.
    pub terminals: BTreeSet<TerminalId>,
}

/// Replaces what is known of these scopes: those without a moment have none.
pub async fn replace(
    conn: &mut AnyConnection,
    scopes: &BTreeSet<Scope>,
    next: &BTreeMap<Scope, Timestamp>,
) -> Result<(), StoreError> {
    let text = |scope: &Scope| bounded(&scope.to_string()).into_owned();
    let wanted: Vec<(String, Option<i64>)> =
        scopes.iter().map(|scope| (text(scope), next.get(scope).map(|at| at.as_ms()))).collect();
    let names: Vec<&str> = wanted.iter().map(|(scope, _)| scope.as_str()).collect();
    let sql = "select scope, due_at from due where scope in (select value from json_each($1))";
    let rows = sqlx::query(sql).bind(serde_json::to_string(&names)?).fetch_all(&mut *conn).await?;
    let mut held: BTreeMap<String, i64> = BTreeMap::new();
    for row in &rows {
        held.insert(row.try_get("scope")?, row.try_get("due_at")?);
    }
    for (scope, due_at) in wanted {
        match (held.get(&scope), due_at) {
            (Some(before), Some(due_at)) if *before == due_at => {}
            (_, Some(due_at)) => {
                let sql = "insert into due (scope, due_at) values ($1, $2) \
                           on conflict (scope) do update set due_at = excluded.due_at";
                sqlx::query(sql).bind(scope).bind(due_at).execute(&mut *conn).await?;
            }
            (Some(_), None) => {
                sqlx::query("delete from due where scope = $1").bind(scope).execute(&mut *conn).await?;
            }
            (None, None) => {}
        }
    }
    Ok(())
}

/// Scopes that are to be judged again at `at` at the latest.
pub async fn put(conn: &mut AnyConnection, scopes: &[Scope], at: Timestamp) -> Result<(), StoreError> {
    for scope in scopes {
        let sql = "insert into due (scope, due_at) values ($1, $2) \
                   on conflict (scope) do update set due_at = excluded.due_at where due.due_at > excluded.due_at";
        let scope = bounded(&scope.to_string()).into_owned();
        sqlx::query(sql).bind(scope).bind(at.as_ms()).execute(&mut *conn).await?;
    }
    Ok(())
}

/// What time alone has changed by `now`.
pub async fn by(conn: &mut AnyConnection, now: Timestamp) -> Result<Due, StoreError> {
    let mut due = Due::default();
    let sql = "select distinct basis from mismatch where due_at <= $1 and basis is not null";
    for row in sqlx::query(sql).bind(now.as_ms()).fetch_all(&mut *conn).await? {
        due.bases.insert(BasisId::from(row.try_get::<String, _>("basis")?));
    }
    let rows = sqlx::query("select scope from due where due_at <= $1").bind(now.as_ms()).fetch_all(conn).await?;
    for row in rows {
        let scope: String = row.try_get("scope")?;
        match scope.split_once(' ') {
            Some(("basis", basis)) => drop(due.bases.insert(basis.into())),
            Some(("member", member)) => drop(due.members.insert(member.into())),
            Some(("terminal", terminal)) => {
                let damaged = |_| StoreError::Corrupt("a terminal that is due is not a UUID");
                due.terminals.insert(terminal.parse().map_err(damaged)?);
            }
            _ => return Err(StoreError::Corrupt("a due scope is neither a basis, a member nor a terminal")),
        }
    }
    Ok(due)
}
