//! What a connection keeps in memory.

use sqlx::Row;
use sync_server::store::{Store, cache};

crate::on_both!(much_is_kept_until_it_is_over,);

/// KiB that the connection keeps; none where the database sees to it.
async fn kept(conn: &mut sqlx::AnyConnection) -> Option<i64> {
    if conn.backend_name() != "SQLite" {
        return None;
    }
    let row = sqlx::query("select cache_size from pragma_cache_size").fetch_one(conn).await.unwrap();
    Some(-row.try_get::<i64, _>("cache_size").unwrap())
}

async fn much_is_kept_until_it_is_over(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let usual = kept(&mut tx).await;
    cache::widen(&mut tx).await.unwrap();
    assert_eq!(kept(&mut tx).await, usual.map(|_| 262_144));
    cache::narrow(&mut tx).await.unwrap();
    assert_eq!(kept(&mut tx).await, usual);
    // What the transaction did in between stands.
    sync_server::store::next_position(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(kept(&mut store.write().await.unwrap()).await, usual);
}
