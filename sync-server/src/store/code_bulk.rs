//! Many codes at once: a statement for some hundred of them, as a pack of a million must not take a million round trips.

use std::collections::{BTreeMap, HashMap, HashSet};

use shared::code::{CodeKey, PackageCode};
use shared::ids::PackId;
use shared::reference::CodeRecord;
use shared::time::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::{StoreError, from_i64, to_i64};

/// Codes of one statement.
pub const CHUNK: usize = 1_000;

/// Those of some codes that are registered, by their keys.
pub async fn known(conn: &mut AnyConnection, keys: &[CodeKey]) -> Result<HashMap<CodeKey, CodeRecord>, StoreError> {
    let sql = "select code, pack, product, parent, associated_at, cancelled_at from code \
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
    let sql = "select code_key from event where code_key in (select unhex(value) from json_each($1)) \
               union select code_key from trail where code_key in (select unhex(value) from json_each($1))";
    let mut found = HashSet::new();
    for keys in keys.chunks(CHUNK) {
        for row in sqlx::query(sql).bind(hex_list(keys)?).fetch_all(&mut *conn).await? {
            found.insert(row.try_get("code_key")?);
        }
    }
    Ok(found)
}

/// What is inside some packages: how many live codes of which pack, by the key of the package.
pub async fn inside(
    conn: &mut AnyConnection,
    parents: &[CodeKey],
) -> Result<HashMap<Vec<u8>, Vec<(PackId, u64)>>, StoreError> {
    let sql = "select parent_key, pack, count(*) as codes from code \
               where parent_key in (select unhex(value) from json_each($1)) and cancelled_at is null \
               group by parent_key, pack";
    let mut found: HashMap<Vec<u8>, Vec<(PackId, u64)>> = HashMap::new();
    for keys in parents.chunks(CHUNK) {
        for row in sqlx::query(sql).bind(hex_list(keys)?).fetch_all(&mut *conn).await? {
            let codes = (row.try_get::<String, _>("pack")?.into(), from_i64(row.try_get("codes")?));
            found.entry(row.try_get("parent_key")?).or_default().push(codes);
        }
    }
    Ok(found)
}

/// Registers codes, or changes them. No code may be there twice.
pub async fn put(conn: &mut AnyConnection, codes: &[(CodeKey, CodeRecord)], position: u64) -> Result<(), StoreError> {
    let mut groups: BTreeMap<Group<'_>, Vec<String>> = BTreeMap::new();
    for (key, record) in codes {
        let ends = (record.associated_at, record.cancelled_at);
        let group = (record.pack.as_str(), record.product.as_str(), ends, record.parent.is_some());
        groups.entry(group).or_default().push(packed(key, record));
    }
    for (group, rows) in groups {
        for rows in rows.chunks(CHUNK) {
            put_alike(conn, group, rows, position).await?;
        }
    }
    Ok(())
}

/// What codes of one statement share: pack, product, when they were put into a parent and when they ended, whether they are in one.
type Group<'a> = (&'a str, &'a str, (Option<Timestamp>, Option<Timestamp>), bool);

/// A code in one text of fixed places: 32 hex digits of its key; with a parent 32 of the parent's and four digits of the length of the
/// code; the code; the parent. A statement of many codes so has a handful of values, which is several times as fast as eight for each.
fn packed(key: &CodeKey, record: &CodeRecord) -> String {
    let (key, code) = (hex::encode(key.as_bytes()), record.code.to_string());
    match &record.parent {
        None => format!("{key}{code}"),
        Some(parent) => {
            let parent_key = hex::encode(CodeKey::of(parent).as_bytes());
            format!("{key}{parent_key}{:04}{code}{parent}", code.chars().count())
        }
    }
}

async fn put_alike(
    conn: &mut AnyConnection,
    (pack, product, (associated_at, cancelled_at), in_parent): Group<'_>,
    rows: &[String],
    position: u64,
) -> Result<(), StoreError> {
    let sql = if in_parent {
        "insert into code (code_key, code, pack, product, parent_key, parent, associated_at, cancelled_at, position) \
         select unhex(substr(value, 1, 32)), substr(value, 69, cast(substr(value, 65, 4) as integer)), $2, $3, \
         unhex(substr(value, 33, 32)), substr(value, 69 + cast(substr(value, 65, 4) as integer)), $4, $5, $6 \
         from json_each($1) where true \
         on conflict (code_key) do update set pack = excluded.pack, product = excluded.product, \
         parent_key = excluded.parent_key, parent = excluded.parent, associated_at = excluded.associated_at, \
         cancelled_at = excluded.cancelled_at, position = excluded.position"
    } else {
        "insert into code (code_key, code, pack, product, associated_at, cancelled_at, position) \
         select unhex(substr(value, 1, 32)), substr(value, 33), $2, $3, $4, $5, $6 from json_each($1) where true \
         on conflict (code_key) do update set pack = excluded.pack, product = excluded.product, \
         parent_key = excluded.parent_key, parent = excluded.parent, associated_at = excluded.associated_at, \
         cancelled_at = excluded.cancelled_at, position = excluded.position"
    };
    sqlx::query(sql)
        .bind(serde_json::to_string(rows)?)
        .bind(pack)
        .bind(product)
        .bind(associated_at.map(Timestamp::as_ms))
        .bind(cancelled_at.map(Timestamp::as_ms))
        .bind(to_i64(position))
        .execute(conn)
        .await?;
    Ok(())
}

/// The codes of a pack after one of them, by key, at most so many.
pub async fn of_pack_after(
    conn: &mut AnyConnection,
    pack: &PackId,
    after: Option<CodeKey>,
    at_most: usize,
) -> Result<Vec<CodeRecord>, StoreError> {
    let sql = "select code, pack, product, parent, associated_at, cancelled_at from code \
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

fn hex_list(keys: &[CodeKey]) -> Result<String, StoreError> {
    let keys: Vec<String> = keys.iter().map(|key| hex::encode(key.as_bytes())).collect();
    Ok(serde_json::to_string(&keys)?)
}

fn read(row: &AnyRow) -> Result<CodeRecord, StoreError> {
    let parsed = |text: &str| -> Result<PackageCode, StoreError> {
        text.parse().map_err(|_| StoreError::Corrupt("a registered code is malformed"))
    };
    let parent: Option<String> = row.try_get("parent")?;
    let moment = |name: &str| Ok::<_, StoreError>(row.try_get::<Option<i64>, _>(name)?.map(Timestamp::from_ms));
    Ok(CodeRecord {
        code: parsed(&row.try_get::<String, _>("code")?)?,
        pack: row.try_get::<String, _>("pack")?.into(),
        product: row.try_get::<String, _>("product")?.into(),
        parent: parent.as_deref().map(parsed).transpose()?,
        associated_at: moment("associated_at")?,
        cancelled_at: moment("cancelled_at")?,
    })
}
