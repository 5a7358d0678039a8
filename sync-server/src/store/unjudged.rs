//! Events that are stored and acknowledged, and wait to be judged.

use shared::ids::{EpochId, TerminalId};
use sqlx::{AnyConnection, Row};

use super::facts::Facts;
use super::{StoreError, from_i64, lookup, to_i64};

/// Notes that a run of events waits.
pub async fn put(
    conn: &mut AnyConnection,
    terminal: TerminalId,
    epoch: EpochId,
    (first_seq, last_seq): (u64, u64),
) -> Result<(), StoreError> {
    let sql = "insert into unjudged (terminal, epoch, first_seq, last_seq) values ($1, $2, $3, $4) \
               on conflict (terminal, epoch, first_seq) do update set last_seq = excluded.last_seq \
               where unjudged.last_seq < excluded.last_seq";
    let query = sqlx::query(sql).bind(terminal.to_string()).bind(epoch.to_string());
    query.bind(to_i64(first_seq)).bind(to_i64(last_seq)).execute(conn).await?;
    Ok(())
}

/// How many runs wait.
pub async fn count(conn: &mut AnyConnection) -> Result<u64, StoreError> {
    let row = sqlx::query("select count(*) as runs from unjudged").fetch_one(conn).await?;
    Ok(from_i64(row.try_get("runs")?))
}

/// Takes up to so many runs out. Answers their events, and their terminals by way of them.
pub async fn take(conn: &mut AnyConnection, runs: i64) -> Result<Facts, StoreError> {
    let mut facts = Facts::default();
    let sql = "delete from unjudged where (terminal, epoch, first_seq) in \
               (select terminal, epoch, first_seq from unjudged limit $1) returning terminal, epoch, first_seq, last_seq";
    let rows = sqlx::query(sql).bind(runs).fetch_all(&mut *conn).await?;
    for row in rows {
        let damaged = |_| StoreError::Corrupt("a terminal or epoch that waits is not a UUID");
        let terminal: TerminalId = row.try_get::<String, _>("terminal")?.parse().map_err(damaged)?;
        let epoch: EpochId = row.try_get::<String, _>("epoch")?.parse().map_err(damaged)?;
        let run = (from_i64(row.try_get("first_seq")?), from_i64(row.try_get("last_seq")?));
        lookup::of_run(conn, (terminal, epoch), run, &mut facts).await?;
    }
    Ok(facts)
}
