//! Reference data: one row per record, its JSON as imported and pulled.

use shared::reference::References;
use shared::wire::Record;
use sqlx::{Row, SqliteConnection};

use super::{StoreError, to_i64};

/// All reference data but codes.
pub async fn load_all(conn: &mut SqliteConnection) -> Result<References, StoreError> {
    let rows = sqlx::query("select body from reference").fetch_all(conn).await?;
    let mut references = References::default();
    for row in rows {
        let body: String = row.try_get("body")?;
        insert(&mut references, serde_json::from_str(&body)?);
    }
    Ok(references)
}

/// Puts a record where judges look for it; what the server finds itself is no reference data.
pub(crate) fn insert(references: &mut References, record: Record) {
    match record {
        Record::Member(member) => drop(references.members.insert(member.member.clone(), member)),
        Record::Site(site) => drop(references.sites.insert(site.site.clone(), site)),
        Record::Product(product) => drop(references.products.insert(product.product.clone(), product)),
        Record::Basis(basis) => drop(references.bases.insert(basis.basis.clone(), basis)),
        Record::Document(document) => drop(references.documents.insert(document.document.clone(), document)),
        Record::Pack(pack) => drop(references.packs.insert(pack.pack.clone(), pack)),
        Record::Code(code) => references.insert_code(code),
        Record::Manifest(_) | Record::Mismatch(_) => {}
    }
}

/// Stores a record of a reference set. Answers whether it changed anything.
pub async fn put(conn: &mut SqliteConnection, record: &Record, position: u64) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "insert into reference (reference_set, record_key, body, position) values ($1, $2, $3, $4) \
         on conflict (reference_set, record_key) do update set body = excluded.body, position = excluded.position \
         where body <> excluded.body",
    )
    .bind(record.set())
    .bind(record.key())
    .bind(serde_json::to_string(record)?)
    .bind(to_i64(position))
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
