//! The code registry. Keys are pack-first, so that the codes of a pack lie together.

use std::collections::BTreeSet;

use shared::code::{CodeKey, PackageCode};
use shared::ids::PackId;
use shared::reference::{CodeRecord, References};
use shared::time::Timestamp;
use sqlx::{AnyConnection, AssertSqlSafe, Row, any::AnyRow};

use super::{StoreError, to_i64};

/// How many levels of nesting are followed, up and down.
const NESTING_MAX: usize = 4;

/// The codes' keys as a JSON array of hex, for `unhex(value)` over `json_each`.
pub fn keys_json<'c>(codes: impl IntoIterator<Item = &'c PackageCode>) -> Result<String, StoreError> {
    let keys: Vec<String> = codes.into_iter().map(|code| hex::encode(CodeKey::of(code).as_bytes())).collect();
    Ok(serde_json::to_string(&keys)?)
}

/// Loads the records of codes and of all packages that hold or fill them. Answers the whole families, registered or not.
pub async fn load_families(
    conn: &mut AnyConnection,
    codes: &BTreeSet<PackageCode>,
    references: &mut References,
) -> Result<BTreeSet<PackageCode>, StoreError> {
    let mut families = codes.clone();
    let mut fresh = codes.clone();
    for _ in 0..NESTING_MAX {
        let mut found = BTreeSet::new();
        for record in related(conn, &fresh).await? {
            found.insert(record.code.clone());
            found.extend(record.parent.clone());
            references.insert_code(record);
        }
        fresh = found.difference(&families).cloned().collect();
        if fresh.is_empty() {
            break;
        }
        families.extend(fresh.iter().cloned());
    }
    Ok(families)
}

/// The records of the codes themselves and of what is inside them.
pub async fn related(conn: &mut AnyConnection, codes: &BTreeSet<PackageCode>) -> Result<Vec<CodeRecord>, StoreError> {
    let wanted = "with wanted as (select unhex(value) as code_key from json_each($1)), found as ( \
               select code, pack, product, parent, associated_at, cancelled_at from code where code_key in (select code_key from wanted) \
               union select code, pack, product, parent, associated_at, cancelled_at from code where parent_key in (select code_key from wanted))";
    // One row: `SQLite`'s driver hands each row over from thread to thread.
    let packed = if super::is_sqlite(conn) {
        "json_group_array(json_array(code, pack, product, parent, associated_at, cancelled_at))"
    } else {
        "cast(coalesce(json_agg(json_build_array(code, pack, product, parent, associated_at, cancelled_at)), '[]') as text)"
    };
    let sql = AssertSqlSafe(format!("{wanted} select {packed} as records from found"));
    let row = sqlx::query(sql).bind(keys_json(codes)?).fetch_one(conn).await?;
    let packed: Vec<Packed> = serde_json::from_str(&row.try_get::<String, _>("records")?)?;
    packed.into_iter().map(record).collect()
}

/// Code, pack, product, parent, since when it is known to be in that, when it ended.
type Packed = (String, String, String, Option<String>, Option<i64>, Option<i64>);

fn record((code, pack, product, parent, associated_at, cancelled_at): Packed) -> Result<CodeRecord, StoreError> {
    let parsed = |text: &str| text.parse().map_err(|_| StoreError::Corrupt("a registered code is malformed"));
    Ok(CodeRecord {
        code: parsed(&code)?,
        pack: pack.into(),
        product: product.into(),
        parent: parent.as_deref().map(parsed).transpose()?,
        associated_at: associated_at.map(Timestamp::from_ms),
        cancelled_at: cancelled_at.map(Timestamp::from_ms),
    })
}

fn read(row: &AnyRow) -> Result<CodeRecord, StoreError> {
    let text = |name: &str| row.try_get::<String, _>(name);
    let (code, pack, product) = (text("code")?, text("pack")?, text("product")?);
    record((code, pack, product, row.try_get("parent")?, row.try_get("associated_at")?, row.try_get("cancelled_at")?))
}

/// The code of a key: as registered, else as the first scan of it says; none where nobody scanned it either.
pub async fn of_key(conn: &mut AnyConnection, key: &CodeKey) -> Result<Option<PackageCode>, StoreError> {
    let sql = "select code, pack, product, parent, associated_at, cancelled_at from code where code_key = $1";
    if let Some(row) = sqlx::query(sql).bind(key.as_bytes().as_slice()).fetch_optional(&mut *conn).await? {
        return Ok(Some(read(&row)?.code));
    }
    let places = super::trail::of_key(conn, key).await?;
    for place in places {
        let batches = super::stored::by_entries(conn, &[place.entry]).await?;
        for event in batches.iter().flat_map(super::stored::Stored::scans) {
            let named = super::labelled::scanned(&event?.act).filter(|code| CodeKey::of(code) == *key);
            if named.is_some() {
                return Ok(named);
            }
        }
    }
    Ok(None)
}

/// Registers a code. Answers whether it changed anything.
pub async fn put(conn: &mut AnyConnection, record: &CodeRecord, position: u64) -> Result<bool, StoreError> {
    let key = |code: &PackageCode| CodeKey::of(code).as_bytes().to_vec();
    let done = sqlx::query(
        "insert into code (code_key, code, pack, product, parent_key, parent, associated_at, cancelled_at, position) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (code_key) do update set pack = excluded.pack, \
         product = excluded.product, parent_key = excluded.parent_key, parent = excluded.parent, \
         associated_at = excluded.associated_at, cancelled_at = excluded.cancelled_at, position = excluded.position \
         where code.pack <> excluded.pack or code.product <> excluded.product \
         or code.parent is distinct from excluded.parent or code.cancelled_at is distinct from excluded.cancelled_at \
         or code.associated_at is distinct from excluded.associated_at",
    )
    .bind(key(&record.code))
    .bind(record.code.to_string())
    .bind(record.pack.as_str())
    .bind(record.product.as_str())
    .bind(record.parent.as_ref().map(key))
    .bind(record.parent.as_ref().map(ToString::to_string))
    .bind(record.associated_at.map(Timestamp::as_ms))
    .bind(record.cancelled_at.map(Timestamp::as_ms))
    .bind(to_i64(position))
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The codes of a pack, in canonical order.
pub async fn of_pack(conn: &mut AnyConnection, pack: &PackId) -> Result<Vec<CodeRecord>, StoreError> {
    let sql = "select code, pack, product, parent, associated_at, cancelled_at from code where pack = $1 order by code";
    sqlx::query(sql).bind(pack.as_str()).fetch_all(conn).await?.iter().map(read).collect()
}

/// The codes of these packs are pulled again by everybody who may see them.
pub async fn publish_again(conn: &mut AnyConnection, packs: &[PackId], position: u64) -> Result<(), StoreError> {
    let sql = "update code set position = $2 where pack in (select value from json_each($1))";
    sqlx::query(sql).bind(serde_json::to_string(packs)?).bind(to_i64(position)).execute(conn).await?;
    Ok(())
}

/// Codes issued for a product and level under a basis so far.
pub async fn issued_count(conn: &mut AnyConnection, packs: &[PackId]) -> Result<u64, StoreError> {
    let sql = "select count(*) as n from code where pack in (select value from json_each($1))";
    let row = sqlx::query(sql).bind(serde_json::to_string(packs)?).fetch_one(conn).await?;
    Ok(super::from_i64(row.try_get("n")?))
}

/// Records of the given packs that changed after `since`, each with its position.
pub async fn changed(
    conn: &mut AnyConnection,
    packs: &BTreeSet<PackId>,
    since: u64,
) -> Result<Vec<(i64, CodeRecord)>, StoreError> {
    changed_after(conn, packs, (since, &[0xff; 16]), usize::MAX).await
}

/// How many records of the given packs changed after a code of a position.
pub async fn count_after(
    conn: &mut AnyConnection,
    packs: &BTreeSet<PackId>,
    (position, key): (u64, &[u8; 16]),
) -> Result<u64, StoreError> {
    let sql = "select count(*) as n from code where position >= $1 and (position, code_key) > ($1, $2) \
               and pack in (select value from json_each($3))";
    let query = sqlx::query(sql).bind(to_i64(position)).bind(key.as_slice()).bind(serde_json::to_string(packs)?);
    Ok(super::from_i64(query.fetch_one(conn).await?.try_get("n")?))
}

/// The same after a code of a position, at most so many, by position and key.
pub async fn changed_after(
    conn: &mut AnyConnection,
    packs: &BTreeSet<PackId>,
    (position, key): (u64, &[u8; 16]),
    at_most: usize,
) -> Result<Vec<(i64, CodeRecord)>, StoreError> {
    let sql = "select code, pack, product, parent, associated_at, cancelled_at, position from code \
               where position >= $1 and (position, code_key) > ($1, $2) \
               and pack in (select value from json_each($3)) order by position, code_key limit $4";
    let query = sqlx::query(sql).bind(to_i64(position)).bind(key.as_slice());
    let query = query.bind(serde_json::to_string(packs)?).bind(i64::try_from(at_most).unwrap_or(i64::MAX));
    query.fetch_all(conn).await?.iter().map(|row| Ok((row.try_get("position")?, read(row)?))).collect()
}
