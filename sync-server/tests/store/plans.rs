//! Statements that must not read a whole table are found by their index, on each database: lists of cases page by page (migration 0012),
//! what changed of a member's trade.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use sync_server::pull::{MANIFESTS, MISMATCHES};
use sync_server::store::{Database, Store};
use sync_server::workflow::list::PAGE;

crate::on_both!(a_page_of_cases_is_read_in_the_order_of_its_index, changes_of_a_trade_are_found_by_index);

/// Rows that make reading all of them dear.
const ROWS: &str = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000) ";

async fn fill(store: &Store) -> sqlx::Transaction<'static, sqlx::Any> {
    let mut tx = store.write().await.unwrap();
    let mismatches = "insert into mismatch (kind, subject, scope, state, severity, basis, body, raised_at, changed_at, position, opened_at) \
                      select 'missing-goods', 'S' || i, 'basis B' || i, 'confirmed', 'hold', 'B' || i, '{}', i, i, i, i from n";
    let manifests =
        "insert into manifest (manifest_key, basis, body, position) select 'M' || i, 'B' || i, '{}', i from n";
    for insert in [mismatches, manifests] {
        // PostgreSQL reads an insert behind `with`, SQLite as well.
        sqlx::query(AssertSqlSafe(format!("{ROWS}{insert}"))).execute(&mut *tx).await.unwrap();
    }
    sqlx::query("analyze").execute(&mut *tx).await.unwrap();
    tx
}

/// What a database would do, a step a line.
async fn steps(conn: &mut AnyConnection, store: &Store, sql: &str, bind: &[Value<'_>]) -> String {
    let (explain, column) = match store.database() {
        Database::Sqlite => ("explain query plan", "detail"),
        Database::Postgres => ("explain", "QUERY PLAN"),
    };
    let query = bind.iter().fold(sqlx::query(AssertSqlSafe(format!("{explain} {sql}"))), |query, value| match value {
        Value::Number(number) => query.bind(*number),
        Value::Text(text) => query.bind((*text).to_owned()),
    });
    let rows = query.fetch_all(conn).await.unwrap();
    let step = |row: &AnyRow| row.get::<String, _>(column);
    rows.iter().map(step).collect::<Vec<_>>().join("\n")
}

enum Value<'a> {
    Number(i64),
    Text(&'a str),
}

use Value::{Number, Text};

async fn a_page_of_cases_is_read_in_the_order_of_its_index(store: &Store) {
    let mut tx = fill(store).await;
    let bind = [
        Text("[\"confirmed\"]"),
        Text("[\"hold\"]"),
        Text("[\"missing-goods\"]"),
        Text("[\"open\"]"),
        Text(""),
        Text(""),
        Text(""),
        Number(1),
        Text("[]"),
        Text("[]"),
        Number(1),
        Number(-400),
        Text("missing-goods"),
        Text("S400"),
        Text("basis B400"),
        Number(200),
    ];
    let steps = steps(&mut tx, store, PAGE, &bind).await;
    assert!(steps.contains("mismatch_in_order"), "{steps}");
    let sorts = ["USE TEMP B-TREE FOR ORDER BY", "Sort Key"];
    assert!(!sorts.iter().any(|sort| steps.contains(sort)), "the page is sorted once more: {steps}");
    tx.rollback().await.unwrap();
}

async fn changes_of_a_trade_are_found_by_index(store: &Store) {
    let mut tx = fill(store).await;
    for (sql, indexes) in [
        (MISMATCHES, ["mismatch_by_position", "mismatch_by_basis"].as_slice()),
        (MANIFESTS, ["manifest_by_position"].as_slice()),
    ] {
        let steps = steps(&mut tx, store, sql, &[Number(4_990), Text("[\"B4995\"]")]).await;
        assert!(indexes.iter().any(|index| steps.contains(index)), "{sql}: {steps}");
    }
    tx.rollback().await.unwrap();
}
