//! Tasks that a terminal opened and did not close for good: a later event of it may complete what it worked on. Follows from the
//! events, so that a batch does not look through all that its terminal ever did.

use std::collections::BTreeSet;

use shared::event::{Act, Close, Event};
use shared::ids::{BasisId, TerminalId};
use sqlx::{AnyConnection, Row};

use super::StoreError;

/// Follows events that were appended, in their order.
pub async fn follow<'e>(
    conn: &mut AnyConnection,
    events: impl IntoIterator<Item = &'e Event> + Send,
) -> Result<(), StoreError> {
    for event in events.into_iter().filter(|event| event.act.is_of_task()).collect::<Vec<_>>() {
        let (sql, task, basis) = match &event.act {
            Act::TaskOpened { task, basis, .. } => (
                "insert into open_task (terminal, task, basis) values ($1, $2, $3) on conflict do nothing",
                task,
                basis,
            ),
            Act::TaskClosed { task, basis, close: Close::Final, .. } => {
                ("delete from open_task where terminal = $1 and task = $2 and basis = $3", task, basis)
            }
            _ => continue,
        };
        let query = sqlx::query(sql).bind(event.terminal.to_string()).bind(task.as_str()).bind(basis.as_str());
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

/// Bases on which a terminal has an open task.
pub async fn bases(conn: &mut AnyConnection, terminal: TerminalId) -> Result<BTreeSet<BasisId>, StoreError> {
    let sql = "select distinct basis from open_task where terminal = $1";
    let rows = sqlx::query(sql).bind(terminal.to_string()).fetch_all(conn).await?;
    rows.iter().map(|row| Ok(BasisId::from(row.try_get::<String, _>("basis")?))).collect()
}
