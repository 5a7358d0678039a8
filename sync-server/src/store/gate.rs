//! What speaks for or against goods that are to leave.

use std::collections::BTreeSet;

use shared::ids::BasisId;
use shared::mismatch::{Mismatch, Scope, State};
use sqlx::{AnyConnection, Row};

use super::key::bounded;
use super::verdict::parse_state;
use super::{StoreError, step, verdict};

/// A mismatch that holds goods, or would if nobody had settled it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// As judged.
    pub mismatch: Mismatch,
    /// Its state now: live, or resolved.
    pub state: State,
    /// Who settled it; empty while live.
    pub by: String,
    /// How it came about, a word; empty while live.
    pub reason: String,
    /// What was said when it was settled; empty while live.
    pub comment: String,
}

/// Blocks and holds, live or resolved, about these bases or in these scopes.
pub async fn speaking(
    conn: &mut AnyConnection,
    bases: &BTreeSet<BasisId>,
    scopes: &BTreeSet<Scope>,
) -> Result<Vec<Spoken>, StoreError> {
    let scopes: Vec<String> = scopes.iter().map(|scope| bounded(&scope.to_string()).into_owned()).collect();
    let sql = "select body, state, coalesce(resolved_by, '') as resolved_by, coalesce(resolved_reason, '') as resolved_reason \
               from mismatch where basis in (select value from json_each($1)) and severity in ('block', 'hold') \
               and state <> 'closed' \
               union select body, state, coalesce(resolved_by, '') as resolved_by, coalesce(resolved_reason, '') as resolved_reason \
               from mismatch where scope in (select value from json_each($2)) and severity in ('block', 'hold') \
               and state <> 'closed'";
    let query = sqlx::query(sql).bind(serde_json::to_string(bases)?).bind(serde_json::to_string(&scopes)?);
    let rows = query.fetch_all(&mut *conn).await?;
    let mut spoken = Vec::with_capacity(rows.len());
    for row in &rows {
        let mismatch: Mismatch = serde_json::from_str(&row.try_get::<String, _>("body")?)?;
        let state = parse_state(&row.try_get::<String, _>("state")?)?;
        let comment = if state == State::Resolved { said_last(conn, &mismatch).await? } else { String::new() };
        spoken.push(Spoken {
            mismatch,
            state,
            by: row.try_get("resolved_by")?,
            reason: row.try_get("resolved_reason")?,
            comment,
        });
    }
    spoken.sort_by(|one, other| one.mismatch.cmp(&other.mismatch));
    Ok(spoken)
}

/// What was said when it was settled last.
async fn said_last(conn: &mut AnyConnection, mismatch: &Mismatch) -> Result<String, StoreError> {
    let (kind, subject, scope) = verdict::key(mismatch);
    let steps = step::list(conn, (&kind, &subject, &scope)).await?;
    let settled = steps.into_iter().rev().find(|step| step.step == "resolve");
    Ok(settled.map(|step| step.comment).unwrap_or_default())
}
