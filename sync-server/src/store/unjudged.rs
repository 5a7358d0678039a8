//! Events that are stored and acknowledged, and wait to be judged.

use shared::ids::{EpochId, TerminalId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::{StoreError, from_i64, to_i64};

/// A run of events of one log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run {
    /// Whose log.
    pub terminal: TerminalId,
    /// Its epoch.
    pub epoch: EpochId,
    /// The first event.
    pub first_seq: u64,
    /// The last one.
    pub last_seq: u64,
}

impl Run {
    fn read(row: &AnyRow) -> Result<Self, StoreError> {
        let damaged = |_| StoreError::Corrupt("a terminal or epoch that waits is not a UUID");
        Ok(Self {
            terminal: row.try_get::<String, _>("terminal")?.parse().map_err(damaged)?,
            epoch: row.try_get::<String, _>("epoch")?.parse().map_err(damaged)?,
            first_seq: from_i64(row.try_get("first_seq")?),
            last_seq: from_i64(row.try_get("last_seq")?),
        })
    }

    /// How many events.
    #[must_use]
    pub const fn events(&self) -> u64 {
        self.last_seq.saturating_sub(self.first_seq) + 1
    }
}

/// Notes that a run waits.
pub async fn put(conn: &mut AnyConnection, run: Run) -> Result<(), StoreError> {
    let sql = "insert into unjudged (terminal, epoch, first_seq, last_seq) values ($1, $2, $3, $4) \
               on conflict (terminal, epoch, first_seq) do update set last_seq = excluded.last_seq \
               where unjudged.last_seq < excluded.last_seq";
    let query = sqlx::query(sql).bind(run.terminal.to_string()).bind(run.epoch.to_string());
    query.bind(to_i64(run.first_seq)).bind(to_i64(run.last_seq)).execute(conn).await?;
    Ok(())
}

/// How many runs wait.
pub async fn count(conn: &mut AnyConnection) -> Result<u64, StoreError> {
    let row = sqlx::query("select count(*) as runs from unjudged").fetch_one(conn).await?;
    Ok(from_i64(row.try_get("runs")?))
}

/// Runs that wait, up to so many after this one, in the order of their logs: what one log brought is judged together.
pub async fn after(conn: &mut AnyConnection, run: Option<Run>, runs_max: u32) -> Result<Vec<Run>, StoreError> {
    let (terminal, epoch, first_seq) = match run {
        Some(run) => (run.terminal.to_string(), run.epoch.to_string(), to_i64(run.first_seq)),
        None => (String::new(), String::new(), 0),
    };
    let sql = "select terminal, epoch, first_seq, last_seq from unjudged where (terminal, epoch, first_seq) > ($1, $2, $3) \
               order by terminal, epoch, first_seq limit $4";
    let query = sqlx::query(sql).bind(terminal).bind(epoch).bind(first_seq).bind(i64::from(runs_max));
    query.fetch_all(conn).await?.iter().map(Run::read).collect()
}

/// A run waits no longer.
pub async fn remove(conn: &mut AnyConnection, run: &Run) -> Result<(), StoreError> {
    let sql = "delete from unjudged where terminal = $1 and epoch = $2 and first_seq = $3";
    let query = sqlx::query(sql).bind(run.terminal.to_string()).bind(run.epoch.to_string());
    query.bind(to_i64(run.first_seq)).execute(conn).await?;
    Ok(())
}
