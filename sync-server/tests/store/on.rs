//! An empty ledger on each database.

use cluster::{Cluster, TestDatabase};
use sync_server::store::{DatabaseSettings, DatabaseUrl, Store};
use tempfile::TempDir;
use uuid::Uuid;

/// The ledger of every test.
pub const LEDGER: Uuid = Uuid::from_u128(7);

/// A store, and what must live as long.
pub struct On<T> {
    pub store: Store,
    pub place: T,
}

pub async fn sqlite() -> On<TempDir> {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(&place.path().join("tallyman.sqlite"), LEDGER).await.unwrap();
    On { store, place }
}

pub async fn postgres() -> On<TestDatabase<'static>> {
    let place = Cluster::shared().unwrap().create().unwrap();
    let store = Store::connect(&settings(&place), LEDGER).await.unwrap();
    On { store, place }
}

/// What a configuration would say of a database.
pub fn settings(database: &TestDatabase<'_>) -> DatabaseSettings {
    DatabaseSettings::Postgres(DatabaseUrl::new(database.url()))
}
