//! What a ledger holds, in a few digests: two databases that were told the same have the same.

use std::collections::BTreeMap;

use shared::chain::{Hash, sha256};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Column, Row};

use super::StoreError;

/// Numbers that a database draws by itself: one that was rolled back leaves a hole on `PostgreSQL`.
const DRAWN: [&str; 3] = ["quarantine_id", "act_no", "delivery_id"];

/// A digest of each table with a row in it, by its name: of all columns of all rows, in no order.
pub async fn of_tables(conn: &mut AnyConnection) -> Result<BTreeMap<String, Hash>, StoreError> {
    let mut digests = BTreeMap::new();
    for table in tables(conn).await? {
        // A table's name comes from the database's own list.
        let sql = AssertSqlSafe(format!("select * from {table}"));
        let rows = sqlx::query(sql).fetch_all(&mut *conn).await?;
        let mut hashes: Vec<Hash> = rows.iter().map(of_row).collect::<Result<_, _>>()?;
        hashes.sort_unstable();
        let parts: Vec<&[u8]> = hashes.iter().map(|hash| hash.as_bytes().as_slice()).collect();
        if !parts.is_empty() {
            digests.insert(table, sha256(&parts));
        }
    }
    Ok(digests)
}

/// The names of all tables of the ledger, in order.
pub async fn tables(conn: &mut AnyConnection) -> Result<Vec<String>, StoreError> {
    let sql = match conn.backend_name() {
        "SQLite" => "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'",
        _ => {
            "select cast(table_name as text) as name from information_schema.tables where table_schema = current_schema()"
        }
    };
    let rows = sqlx::query(sql).fetch_all(conn).await?;
    let mut names: Vec<String> = rows.iter().map(|row| row.try_get("name")).collect::<Result<_, _>>()?;
    names.retain(|name| name != "_sqlx_migrations");
    names.sort_unstable();
    Ok(names)
}

fn of_row(row: &AnyRow) -> Result<Hash, StoreError> {
    let mut parts = BTreeMap::new();
    for column in row.columns().iter().filter(|column| !DRAWN.contains(&column.name())) {
        let at = column.ordinal();
        let value = if let Ok(number) = row.try_get::<Option<i64>, _>(at) {
            number.map(|number| number.to_be_bytes().to_vec())
        } else if let Ok(text) = row.try_get::<Option<String>, _>(at) {
            text.map(String::into_bytes)
        } else {
            row.try_get::<Option<Vec<u8>>, _>(at)?
        };
        parts.insert(column.name(), value);
    }
    let mut bytes = Vec::new();
    for (name, value) in parts {
        // Names and lengths keep the values apart; columns come in the order of their names, not of their making.
        bytes.extend(name.as_bytes());
        bytes.extend(value.as_ref().map_or([0xff; 8], |value| (value.len() as u64).to_be_bytes()));
        bytes.extend(value.unwrap_or_default());
    }
    Ok(sha256(&[&bytes]))
}
