//! Every earlier version's ledger comes up to date, with what it holds.

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Row};
use sync_server::store::{DatabaseSettings, Store, entry, event, ledger, reference, terminal};
use uuid::Uuid;

use crate::on::{LEDGER, settings};
use crate::sample::{epoch_id, event, hash, key, scan, terminal_id};
use crate::schema::{self, Table};

async fn steps(database: &str) -> Vec<sqlx::migrate::Migration> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations/server").join(database);
    Migrator::new(folder).await.unwrap().iter().cloned().collect()
}

/// What a table held: each row as its filled columns.
type Held = BTreeMap<String, Vec<BTreeMap<String, String>>>;

/// A row in each table that the version has and nothing is in yet: every column filled with what its type takes.
async fn fill(conn: &mut AnyConnection, tables: &BTreeMap<String, Table>) {
    for (name, table) in tables {
        let count = format!("select count(*) as n from {name}");
        let count: i64 = sqlx::query(AssertSqlSafe(count)).fetch_one(&mut *conn).await.unwrap().get("n");
        if count > 0 {
            continue;
        }
        let is_sqlite = conn.backend_name() == "SQLite";
        let value = |(column, (kind, _)): (&String, &(String, bool))| match kind.as_str() {
            "integer" => "7".to_owned(),
            "text" => format!("'甲 {name} {column}'"),
            "blob" if is_sqlite => format!("x'{}'", "07".repeat(32)),
            "blob" => format!("decode('{}', 'hex')", "07".repeat(32)),
            other => panic!("{name}.{column} is of the type {other}"),
        };
        let columns: Vec<&str> = table.columns.keys().map(String::as_str).collect();
        let values: Vec<String> = table.columns.iter().map(value).collect();
        // Numbers that PostgreSQL draws itself are given as well.
        let own = if is_sqlite { "" } else { "overriding system value" };
        let sql = format!("insert into {name} ({}) {own} values ({})", columns.join(", "), values.join(", "));
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *conn).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

/// Everything in these tables.
async fn held(conn: &mut AnyConnection, tables: &BTreeMap<String, Table>) -> Held {
    let mut held = Held::new();
    let is_sqlite = conn.backend_name() == "SQLite";
    for (name, table) in tables {
        let shown = table.columns.iter().map(|(column, (kind, _))| match kind.as_str() {
            "blob" if is_sqlite => format!("hex({column}) as {column}"),
            "blob" => format!("upper(encode({column}, 'hex')) as {column}"),
            _ => format!("cast({column} as text) as {column}"),
        });
        let sql = format!("select {} from {name}", shown.collect::<Vec<_>>().join(", "));
        for row in sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *conn).await.unwrap() {
            let values = table
                .columns
                .keys()
                .filter_map(|column| Some((column.clone(), row.get::<Option<String>, _>(&**column)?)));
            held.entry(name.clone()).or_default().push(values.collect());
        }
    }
    held
}

/// Whatever was there is there still, with the values that it had; what was empty may be filled.
fn compare(before: &Held, after: &Held, known: usize) {
    for (table, rows) in before {
        let now = &after[table];
        for row in rows {
            let is_kept = now.iter().any(|new| row.iter().all(|(column, value)| new.get(column) == Some(value)));
            assert!(is_kept, "from step {known}, {table} held {row:?}, and holds {now:?}");
        }
    }
}

/// Makes the ledger of a version that knew so many steps, with something in all its tables. Answers what it holds.
async fn make(url: &str, steps: Vec<sqlx::migrate::Migration>) -> Held {
    sqlx::any::install_default_drivers();
    let mut conn = AnyConnection::connect(url).await.unwrap();
    Migrator::with_migrations(steps).run_direct(None, &mut conn, false).await.unwrap();
    let event = event(1, 1, scan("C1", 0));
    let (terminal, epoch) = (terminal_id(1).to_string(), epoch_id(1).to_string());
    let bytes = event.to_body().unwrap();
    let filled = [
        "insert into ledger (only_row, ledger_id, position) values (1, $1, 4)",
        "insert into terminal (terminal, public_key, member, site, name) values ($1, $2, 'M', 'S', '门')",
        "insert into head (terminal, epoch, next_seq, hash) values ($1, $2, 2, $3)",
        "insert into batch (terminal, epoch, first_seq, count, wire, received_at, position, body) values ($1, $2, 1, 1, 3, 5, 4, $3)",
        "insert into event (terminal, epoch, seq, member, at, kind, body, hash) values ($1, $2, 1, 'M', 5, 'outbound', $3, $4)",
        "insert into quarantine (terminal, epoch, reason, received_at, digest, body) values ($1, $2, 'disputed', 5, $3, $3)",
    ];
    let digest = hash("x").as_bytes().to_vec();
    let [ledger, device, head, batch, fact, evidence] = filled.map(sqlx::query);
    let public_key = shared::chain::PublicKey::of(&key(1)).to_string();
    ledger.bind(LEDGER.to_string()).execute(&mut conn).await.unwrap();
    device.bind(&terminal).bind(public_key).execute(&mut conn).await.unwrap();
    head.bind(&terminal).bind(&epoch).bind(&digest).execute(&mut conn).await.unwrap();
    batch.bind(&terminal).bind(&epoch).bind(b"batch".as_slice()).execute(&mut conn).await.unwrap();
    fact.bind(&terminal).bind(&epoch).bind(&bytes).bind(&digest).execute(&mut conn).await.unwrap();
    evidence.bind(&terminal).bind(&epoch).bind(&digest).execute(&mut conn).await.unwrap();
    let tables = schema::of(&mut conn).await;
    fill(&mut conn, &tables).await;
    let held = held(&mut conn, &tables).await;
    let empty: Vec<&String> = tables.keys().filter(|name| !held.contains_key(*name)).collect();
    assert!(empty.is_empty(), "{empty:?} hold nothing");
    conn.close().await.unwrap();
    held
}

/// Opens it with this version: everything is there, and what earlier versions lacked is made up.
async fn opened(settings: &DatabaseSettings, before: &Held, known: usize) -> Store {
    let store = Store::connect(settings, Uuid::from_u128(99)).await.unwrap();
    let mut conn = store.snapshot().await.unwrap();
    assert_eq!(sync_server::store::ledger_id(&mut conn).await.unwrap(), LEDGER);
    assert_eq!(sync_server::store::position(&mut conn).await.unwrap(), 4);
    let tables = schema::of(&mut conn).await;
    compare(before, &held(&mut conn, &tables).await, known);
    assert_eq!(event::list(&mut conn).await.unwrap().len(), 1);
    assert_eq!(terminal::list(&mut conn).await.unwrap()[0].name, "门");
    assert_eq!(ledger::head(&mut conn, terminal_id(1), epoch_id(1)).await.unwrap().unwrap().next_seq, 2);
    let entries = if before.contains_key("ledger_entry") { 7 } else { 0 };
    assert_eq!(
        entry::head(&mut conn).await.unwrap().entries,
        entries + 2,
        "the batch and the evidence, after what there was"
    );
    reference::policy(&mut conn).await.unwrap();
    conn.rollback().await.unwrap();
    store
}

#[tokio::test]
async fn every_earlier_file_comes_up_to_date() {
    let all = steps("sqlite").await;
    let new = schema::of_sqlite(&mut crate::on::sqlite().await.store.read().await.unwrap()).await;
    for known in 1..=all.len() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tallyman.sqlite");
        let url = format!("sqlite://{}?mode=rwc", path.display());
        let before = make(&url, all[..known].to_vec()).await;
        let mut conn = AnyConnection::connect(&url).await.unwrap();
        sqlx::query("pragma application_id = 1413565523").execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        let store = opened(&DatabaseSettings::Sqlite(path), &before, known).await;
        assert_eq!(schema::of_sqlite(&mut store.read().await.unwrap()).await, new, "from step {known}");
    }
}

#[tokio::test]
async fn every_earlier_database_comes_up_to_date() {
    let all = steps("postgres").await;
    assert_eq!(all.iter().map(|step| step.version).collect::<Vec<_>>(), {
        steps("sqlite").await.iter().map(|step| step.version).collect::<Vec<_>>()
    });
    let new = schema::of_postgres(&mut crate::on::postgres().await.store.read().await.unwrap()).await;
    for known in 1..=all.len() {
        let database = cluster::Cluster::shared().unwrap().create().unwrap();
        let before = make(&database.url(), all[..known].to_vec()).await;
        let store = opened(&settings(&database), &before, known).await;
        assert_eq!(schema::of_postgres(&mut store.read().await.unwrap()).await, new, "from step {known}");
    }
}
