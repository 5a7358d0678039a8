//! Reference data: one row per record, its JSON as imported and pulled.

use std::sync::Arc;

use shared::code::GrammarConfig;
use shared::reference::{Policy, References};
use shared::wire::Record;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use tokio::sync::Mutex;

use super::{StoreError, to_i64};

/// All reference data but codes.
pub async fn load_all(conn: &mut AnyConnection) -> Result<References, StoreError> {
    let mut references = References::default();
    take_in(changed_after(conn, None).await?, &mut references);
    Ok(references)
}

/// References as readers share them: read once, and then only what changed since. All of them but codes.
#[derive(Clone, Debug, Default)]
pub struct SharedReferences(Arc<Mutex<Known>>);

/// What is known, and as of which ledger position; none: nothing was read yet.
#[derive(Debug, Default)]
struct Known {
    references: Arc<References>,
    position: Option<u64>,
}

/// The references in a reading transaction, in which the ledger stands at `position`.
pub async fn as_of(
    conn: &mut AnyConnection,
    shared: &SharedReferences,
    position: u64,
) -> Result<Arc<References>, StoreError> {
    let mut known = shared.0.lock().await;
    if known.position.is_some_and(|known| known > position) {
        // Somebody began to read later and was quicker.
        drop(known);
        return load_all(conn).await.map(Arc::new);
    }
    let changed = changed_after(conn, known.position).await?;
    if !changed.is_empty() {
        take_in(changed, Arc::make_mut(&mut known.references));
    }
    known.position = Some(position);
    Ok(Arc::clone(&known.references))
}

fn take_in(records: Vec<Record>, references: &mut References) {
    for record in records {
        // The table holds reference sets only: nothing comes back.
        references.insert(record);
    }
}

/// Every record that changed after a ledger position; all of them where there is none.
pub async fn changed_after(conn: &mut AnyConnection, position: Option<u64>) -> Result<Vec<Record>, StoreError> {
    let sql = "select body from reference where position > $1 order by position";
    let rows = sqlx::query(sql).bind(position.map_or(-1, to_i64)).fetch_all(conn).await?;
    parsed(&rows)
}

fn parsed(rows: &[AnyRow]) -> Result<Vec<Record>, StoreError> {
    rows.iter().map(|row| Ok(serde_json::from_str(&row.try_get::<String, _>("body")?)?)).collect()
}

/// The agreed thresholds in force.
pub async fn policy(conn: &mut AnyConnection) -> Result<Policy, StoreError> {
    let rows = sqlx::query("select body from reference where reference_set = 'policy'").fetch_all(conn).await?;
    let mut references = References::default();
    take_in(parsed(&rows)?, &mut references);
    Ok(references.policy())
}

/// The grammars that labels are read by; the default before any were adopted.
pub async fn grammars(conn: &mut AnyConnection) -> Result<GrammarConfig, StoreError> {
    let rows = sqlx::query("select body from reference where reference_set = 'grammars'").fetch_all(conn).await?;
    let found = parsed(&rows)?.into_iter().find_map(|record| match record {
        Record::Grammars(config) => Some(config),
        _ => None,
    });
    Ok(found.unwrap_or_default())
}

/// Stores a record of a reference set. Answers whether it changed anything.
pub async fn put(conn: &mut AnyConnection, record: &Record, position: u64) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "insert into reference (reference_set, record_key, body, position) values ($1, $2, $3, $4) \
         on conflict (reference_set, record_key) do update set body = excluded.body, position = excluded.position \
         where reference.body <> excluded.body",
    )
    .bind(record.set())
    .bind(record.key())
    .bind(serde_json::to_string(record)?)
    .bind(to_i64(position))
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A record that did not change is pulled again by everybody who may see it.
pub async fn publish_again(
    conn: &mut AnyConnection,
    (set, key): (&str, &str),
    position: u64,
) -> Result<(), StoreError> {
    let sql = "update reference set position = $3 where reference_set = $1 and record_key = $2";
    sqlx::query(sql).bind(set).bind(key).bind(to_i64(position)).execute(conn).await?;
    Ok(())
}
