//! Many codes at once: a statement for some hundred of them, as a pack of a million must not take a million round trips.

use std::collections::{HashMap, HashSet};

use shared::code::{CodeKey, PackageCode};
use shared::ids::PackId;
use shared::reference::CodeRecord;
use shared::time::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::{StoreError, to_i64};

/// Codes of one statement: both databases take so many values, and the text of a full one is prepared once.
pub const CHUNK: usize = 500;

/// Those of some codes that are registered, by their keys.
pub async fn known(conn: &mut AnyConnection, keys: &[CodeKey]) -> Result<HashMap<CodeKey, CodeRecord>, StoreError> {
    let sql = "select code, pack, product, parent, cancelled_at from code \
               where code_key in (select unhex(value) from json_each($1))";
    let mut found = HashMap::new();
    for keys in keys.chunks(CHUNK) {
        for row in sqlx::query(sql).bind(hex_list(keys)?).fetch_all(&mut *conn).await? {
            let record = read(&row)?;
            found.insert(CodeKey::of(&record.code), record);
        }
    }
    Ok(found)
}

/// Those of some codes that an event names.
pub async fn scanned(conn: &mut AnyConnection, keys: &[CodeKey]) -> Result<HashSet<Vec<u8>>, StoreError> {
    let sql = "select distinct code_key from event where code_key in (select unhex(value) from json_each($1))";
    let mut found = HashSet::new();
    for keys in keys.chunks(CHUNK) {
        for row in sqlx::query(sql).bind(hex_list(keys)?).fetch_all(&mut *conn).await? {
            found.insert(row.try_get("code_key")?);
        }
    }
    Ok(found)
}

/// Registers codes, or changes them.
pub async fn put(conn: &mut AnyConnection, codes: &[(CodeKey, CodeRecord)], position: u64) -> Result<(), StoreError> {
    for codes in codes.chunks(CHUNK) {
        let values: Vec<String> = (0..codes.len()).map(|at| row_of_values(at * 8)).collect();
        let sql = format!(
            "insert into code (code_key, code, pack, product, parent_key, parent, cancelled_at, position) values {} \
             on conflict (code_key) do update set pack = excluded.pack, product = excluded.product, \
             parent_key = excluded.parent_key, parent = excluded.parent, cancelled_at = excluded.cancelled_at, \
             position = excluded.position",
            values.join(", ")
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (key, record) in codes {
            query = query
                .bind(key.as_bytes().to_vec())
                .bind(record.code.to_string())
                .bind(record.pack.as_str())
                .bind(record.product.as_str())
                .bind(record.parent.as_ref().map(|parent| CodeKey::of(parent).as_bytes().to_vec()))
                .bind(record.parent.as_ref().map(ToString::to_string))
                .bind(record.cancelled_at.map(Timestamp::as_ms))
                .bind(to_i64(position));
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

/// The codes of a pack after one of them, by key, at most so many.
pub async fn of_pack_after(
    conn: &mut AnyConnection,
    pack: &PackId,
    after: Option<CodeKey>,
    at_most: usize,
) -> Result<Vec<CodeRecord>, StoreError> {
    let sql = "select code, pack, product, parent, cancelled_at from code \
               where pack = $1 and ($2 = 1 or code_key > $3) order by code_key limit $4";
    let rows = sqlx::query(sql)
        .bind(pack.as_str())
        .bind(i64::from(after.is_none()))
        .bind(after.map_or_else(Vec::new, |after| after.as_bytes().to_vec()))
        .bind(i64::try_from(at_most).unwrap_or(i64::MAX))
        .fetch_all(conn)
        .await?;
    rows.iter().map(read).collect()
}

/// `($1, $2, …)` of the eight values from a number on.
fn row_of_values(before: usize) -> String {
    let numbers: Vec<String> = (1..=8).map(|at| format!("${}", before + at)).collect();
    format!("({})", numbers.join(", "))
}

fn hex_list(keys: &[CodeKey]) -> Result<String, StoreError> {
    let keys: Vec<String> = keys.iter().map(|key| hex::encode(key.as_bytes())).collect();
    Ok(serde_json::to_string(&keys)?)
}

fn read(row: &AnyRow) -> Result<CodeRecord, StoreError> {
    let parsed = |text: &str| -> Result<PackageCode, StoreError> {
        text.parse().map_err(|_| StoreError::Corrupt("a registered code is malformed"))
    };
    let parent: Option<String> = row.try_get("parent")?;
    Ok(CodeRecord {
        code: parsed(&row.try_get::<String, _>("code")?)?,
        pack: row.try_get::<String, _>("pack")?.into(),
        product: row.try_get::<String, _>("product")?.into(),
        parent: parent.as_deref().map(parsed).transpose()?,
        cancelled_at: row.try_get::<Option<i64>, _>("cancelled_at")?.map(Timestamp::from_ms),
    })
}
