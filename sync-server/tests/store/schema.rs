//! Both databases have the same tables, columns and keys.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AnyConnection, AssertSqlSafe, Row};

use crate::on::{postgres, sqlite};

/// Where the databases differ, and why: on `SQLite` a number of the ledger is unique among batches; on `PostgreSQL` such a key could
/// not be distributed by terminal, and the number's own table holds it unique.
const UNIQUE_ON_SQLITE_ALONE: [(&str, &str); 1] = [("batch", "entry")];

/// A table: its columns with type and whether they may be null, and its keys.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Table {
    pub columns: BTreeMap<String, (String, bool)>,
    pub keys: BTreeSet<Key>,
}

/// Columns of an index in their order, joined by commas.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub columns: String,
    pub is_unique: bool,
    pub is_partial: bool,
}

pub type Schema = BTreeMap<String, Table>;

async fn rows(conn: &mut AnyConnection, sql: &str) -> Vec<sqlx::any::AnyRow> {
    sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(conn).await.unwrap()
}

/// Of whichever database it is.
pub async fn of(conn: &mut AnyConnection) -> Schema {
    if conn.backend_name() == "SQLite" { of_sqlite(conn).await } else { of_postgres(conn).await }
}

pub async fn of_sqlite(conn: &mut AnyConnection) -> Schema {
    let mut schema = Schema::new();
    let tables = "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' and name <> '_sqlx_migrations'";
    for table in rows(conn, tables).await {
        let (name, mut table) = (table.get::<String, _>("name"), Table::default());
        let mut primary = BTreeMap::new();
        let columns =
            format!("select name, lower(type) as type, \"notnull\" as filled, pk from pragma_table_info('{name}')");
        for column in rows(conn, &columns).await {
            let (column_name, place): (String, i64) = (column.get("name"), column.get("pk"));
            let may_be_null = column.get::<i64, _>("filled") == 0 && place == 0;
            if place > 0 {
                primary.insert(place, column_name.clone());
            }
            table.columns.insert(column_name, (column.get("type"), may_be_null));
        }
        let columns = primary.into_values().collect::<Vec<_>>().join(",");
        table.keys.insert(Key { columns, is_unique: true, is_partial: false });
        let indexes =
            format!("select name, \"unique\" as one, partial from pragma_index_list('{name}') where origin <> 'pk'");
        for index in rows(conn, &indexes).await {
            let columns = format!(
                "select coalesce(name, 'expression') as name from pragma_index_info('{}') order by seqno",
                index.get::<String, _>("name")
            );
            let columns: Vec<String> = rows(conn, &columns).await.iter().map(|row| row.get("name")).collect();
            let columns = columns.join(",");
            let may_differ = UNIQUE_ON_SQLITE_ALONE.contains(&(&*name, &*columns));
            let is_unique = index.get::<i64, _>("one") == 1 && !may_differ;
            table.keys.insert(Key { columns, is_unique, is_partial: index.get::<i64, _>("partial") == 1 });
        }
        schema.insert(name, table);
    }
    schema
}

pub async fn of_postgres(conn: &mut AnyConnection) -> Schema {
    let mut schema = Schema::new();
    let columns = "select cast(table_name as text) as name, cast(column_name as text) as field, cast(data_type as text) as type, \
                   is_nullable = 'YES' as may_be_null, coalesce(cast(collation_name as text), '') as sorted \
                   from information_schema.columns where table_schema = current_schema() and table_name <> '_sqlx_migrations'";
    for column in rows(conn, columns).await {
        let (table, field): (String, String) = (column.get("name"), column.get("field"));
        let kind = match (&*column.get::<String, _>("type"), &*column.get::<String, _>("sorted")) {
            ("bigint", "") => "integer",
            ("bytea", "") => "blob",
            ("text", "C") => "text",
            other => panic!("{table}.{field} is {other:?}: see the types in migrations/README.md"),
        };
        let column = (kind.to_owned(), column.get("may_be_null"));
        schema.entry(table).or_default().columns.insert(field, column);
    }
    let keys = "select cast(t.relname as text) as name, i.indisunique as one, i.indpred is not null as partial, \
                (select string_agg(coalesce(cast(a.attname as text), 'expression'), ',' order by k.place) from unnest(i.indkey) with ordinality k (number, place) \
                left join pg_attribute a on a.attrelid = t.oid and a.attnum = k.number) as columns from pg_index i \
                join pg_class t on t.oid = i.indrelid join pg_namespace n on n.oid = t.relnamespace \
                where n.nspname = current_schema() and t.relname <> '_sqlx_migrations'";
    for key in rows(conn, keys).await {
        let (table, columns) = (key.get::<String, _>("name"), key.get("columns"));
        let key = Key { columns, is_unique: key.get("one"), is_partial: key.get("partial") };
        schema.entry(table).or_default().keys.insert(key);
    }
    schema
}

#[tokio::test]
async fn both_databases_have_the_same_tables_columns_and_keys() {
    let (one, other) = (sqlite().await, postgres().await);
    let sqlite = of_sqlite(&mut one.store.read().await.unwrap()).await;
    let postgres = of_postgres(&mut other.store.read().await.unwrap()).await;
    assert!(sqlite.len() > 20, "{:?}", sqlite.keys());
    assert_eq!(sqlite.keys().collect::<Vec<_>>(), postgres.keys().collect::<Vec<_>>());
    for (name, table) in &sqlite {
        assert_eq!(table, &postgres[name], "{name}: SQLite left, PostgreSQL right");
    }
}
