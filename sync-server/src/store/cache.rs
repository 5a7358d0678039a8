//! How much of an `SQLite` database a connection keeps in memory. `PostgreSQL` sees to that itself.

use sqlx::AnyConnection;

use super::{StoreError, is_sqlite};

/// KiB for a file of very many codes: their keys lie all over the tree, and with less each of its pages is written and read again for most
/// of them.
const WIDE_KIB: u32 = 256 * 1024;

/// KiB otherwise: `SQLite`'s own measure.
const USUAL_KIB: u32 = 2_000;

/// Keeps much until [`narrow`]: for one long transaction that writes all over the database.
pub async fn widen(conn: &mut AnyConnection) -> Result<(), StoreError> {
    keep(conn, WIDE_KIB).await
}

/// Keeps no more than usual from now on.
pub async fn narrow(conn: &mut AnyConnection) -> Result<(), StoreError> {
    keep(conn, USUAL_KIB).await
}

async fn keep(conn: &mut AnyConnection, kib: u32) -> Result<(), StoreError> {
    if is_sqlite(conn) {
        sqlx::query(sqlx::AssertSqlSafe(format!("pragma cache_size = -{kib}"))).execute(&mut *conn).await?;
        if kib == USUAL_KIB {
            sqlx::query("pragma shrink_memory").execute(conn).await?;
        }
    }
    Ok(())
}
