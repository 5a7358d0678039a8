//! Versions of the registry's records: what was known, from when to when, and of which time.

use serde_json::{Map, Value};
use shared::time::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::{StoreError, from_i64, to_i64};

/// One version of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its number, from 1 in the order of knowing.
    pub version: u64,
    /// import, entry, amendment or correction.
    pub why: String,
    /// From when it holds.
    pub valid_from: Timestamp,
    /// Since when it is known.
    pub known_from: Timestamp,
    /// Until when it was held to be right; none: it still is.
    pub known_to: Option<Timestamp>,
    /// Ledger position at which it became known.
    pub position: u64,
    /// Who said so.
    pub by: String,
    /// What an amendment changes; none: it is a whole record.
    pub change: Option<Map<String, Value>>,
    /// The whole record as it is from `valid_from` on.
    pub body: Map<String, Value>,
    /// Whether it is in force; an amendment may wait for its day.
    pub in_force: bool,
}

fn read(row: &AnyRow) -> Result<Version, StoreError> {
    let change: Option<String> = row.try_get("change")?;
    Ok(Version {
        version: from_i64(row.try_get("version")?),
        why: row.try_get("why")?,
        valid_from: Timestamp::from_ms(row.try_get("valid_from")?),
        known_from: Timestamp::from_ms(row.try_get("known_from")?),
        known_to: row.try_get::<Option<i64>, _>("known_to")?.map(Timestamp::from_ms),
        position: from_i64(row.try_get("position")?),
        by: row.try_get("by_whom")?,
        change: change.map(|text| serde_json::from_str(&text)).transpose()?,
        body: serde_json::from_str(&row.try_get::<String, _>("body")?)?,
        in_force: row.try_get::<i64, _>("in_force")? == 1,
    })
}

/// Every version of a record, the first known first.
pub async fn all(conn: &mut AnyConnection, set: &str, key: &str) -> Result<Vec<Version>, StoreError> {
    let sql = "select version, why, valid_from, known_from, known_to, position, by_whom, change, body, in_force \
               from reference_version where reference_set = $1 and record_key = $2 order by version";
    sqlx::query(sql).bind(set).bind(key).fetch_all(conn).await?.iter().map(read).collect()
}

/// The version that was held to be right at `known` of the time `valid`.
pub async fn as_of(
    conn: &mut AnyConnection,
    (set, key): (&str, &str),
    valid: Timestamp,
    known: Timestamp,
) -> Result<Option<Version>, StoreError> {
    let sql = "select version, why, valid_from, known_from, known_to, position, by_whom, change, body, in_force \
               from reference_version where reference_set = $1 and record_key = $2 and valid_from <= $3 \
               and known_from <= $4 and (known_to is null or known_to > $4) order by valid_from desc, version desc limit 1";
    let query = sqlx::query(sql).bind(set).bind(key).bind(valid.as_ms()).bind(known.as_ms());
    query.fetch_optional(conn).await?.as_ref().map(read).transpose()
}

/// The number of a record's last version; 0 where it has none.
pub async fn last(conn: &mut AnyConnection, set: &str, key: &str) -> Result<u64, StoreError> {
    let sql =
        "select coalesce(max(version), 0) as last from reference_version where reference_set = $1 and record_key = $2";
    let row = sqlx::query(sql).bind(set).bind(key).fetch_one(conn).await?;
    Ok(from_i64(row.try_get("last")?))
}

/// Adds a version.
pub async fn add(conn: &mut AnyConnection, (set, key): (&str, &str), version: &Version) -> Result<(), StoreError> {
    let sql = "insert into reference_version (reference_set, record_key, version, why, valid_from, known_from, known_to, \
               position, by_whom, change, body, in_force) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    sqlx::query(sql)
        .bind(set)
        .bind(key)
        .bind(to_i64(version.version))
        .bind(version.why.as_str())
        .bind(version.valid_from.as_ms())
        .bind(version.known_from.as_ms())
        .bind(version.known_to.map(Timestamp::as_ms))
        .bind(to_i64(version.position))
        .bind(version.by.as_str())
        .bind(version.change.as_ref().map(serde_json::to_string).transpose()?)
        .bind(serde_json::to_string(&version.body)?)
        .bind(i64::from(version.in_force))
        .execute(conn)
        .await?;
    Ok(())
}

/// A version is no longer held to be right.
pub async fn close(
    conn: &mut AnyConnection,
    (set, key): (&str, &str),
    version: u64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql =
        "update reference_version set known_to = $4 where reference_set = $1 and record_key = $2 and version = $3";
    sqlx::query(sql).bind(set).bind(key).bind(to_i64(version)).bind(now.as_ms()).execute(conn).await?;
    Ok(())
}

/// Records with an amendment whose day has come.
pub async fn due(conn: &mut AnyConnection, now: Timestamp) -> Result<Vec<(String, String)>, StoreError> {
    let sql = "select distinct reference_set, record_key from reference_version \
               where in_force = 0 and known_to is null and valid_from <= $1 order by reference_set, record_key";
    let rows = sqlx::query(sql).bind(now.as_ms()).fetch_all(conn).await?;
    rows.iter().map(|row| Ok((row.try_get("reference_set")?, row.try_get("record_key")?))).collect()
}

/// The amendments of a record whose day has come are in force.
pub async fn enter_into_force(
    conn: &mut AnyConnection,
    (set, key): (&str, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "update reference_version set in_force = 1 \
               where reference_set = $1 and record_key = $2 and in_force = 0 and known_to is null and valid_from <= $3";
    sqlx::query(sql).bind(set).bind(key).bind(now.as_ms()).execute(conn).await?;
    Ok(())
}
