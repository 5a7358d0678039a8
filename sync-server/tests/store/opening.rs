//! What is opened, and what is refused untouched.

use std::time::Duration;

use cluster::Cluster;
use sync_server::store::{self, Database, DatabaseSettings, DatabaseUrl, Serving, Store, StoreError};
use uuid::Uuid;

use crate::on::{LEDGER, postgres, settings, sqlite};

async fn refused(settings: &DatabaseSettings) -> StoreError {
    Store::connect(settings, Uuid::from_u128(9)).await.unwrap_err()
}

#[tokio::test]
async fn an_opened_ledger_keeps_its_name() {
    let here = postgres().await;
    assert_eq!((here.store.database(), sqlite().await.store.database()), (Database::Postgres, Database::Sqlite));
    let again = Store::connect(&settings(&here.place), Uuid::from_u128(9)).await.unwrap();
    assert_eq!(store::ledger_id(&mut again.read().await.unwrap()).await.unwrap(), LEDGER);
}

#[tokio::test]
async fn a_database_of_another_program_is_refused_untouched() {
    let database = Cluster::shared().unwrap().create().unwrap();
    database.sql("create table customers (n int); create table head (n int)").unwrap();
    let told = refused(&settings(&database)).await.to_string();
    assert!(told.contains("holds tables of another program (customers, head); it was not touched"), "{told}");
    let tables = "select string_agg(table_name, ' ' order by table_name) from information_schema.tables where table_schema = 'public'";
    assert_eq!(database.sql(tables).unwrap(), "customers head");
}

#[tokio::test]
async fn a_schema_of_a_later_version_is_refused() {
    let here = postgres().await;
    let later = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (9999, 'later', true, '', 0)";
    here.place.sql(later).unwrap();
    let error = refused(&settings(&here.place)).await;
    assert!(matches!(error, StoreError::Newer { version: 9999, .. }), "{error}");
    let file = sqlite().await;
    let mut tx = file.store.write().await.unwrap();
    sqlx::query("insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (9999, 'later', true, x'', 0)")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let error = refused(&DatabaseSettings::Sqlite(file.place.path().join("tallyman.sqlite"))).await;
    assert!(matches!(error, StoreError::Newer { version: 9999, .. }), "{error}");
}

#[tokio::test]
async fn one_server_alone_serves_a_database_and_commands_work_beside_it() {
    let here = postgres().await;
    let second = Store::connect(&settings(&here.place), LEDGER).await.unwrap();
    let serving = here.store.serve_alone().await.unwrap();
    let error = second.serve_alone().await.unwrap_err();
    assert!(error.to_string().starts_with("another sync-server serves the database postgres:///"), "{error}");
    writes(&second).await.unwrap();
    drop(serving);
    // The database hears of a closed connection in its own time.
    taken(&second).await;
}

#[tokio::test]
async fn one_server_alone_serves_a_file_and_commands_work_beside_it() {
    let here = sqlite().await;
    let second = Store::open(&here.place.path().join("tallyman.sqlite"), LEDGER).await.unwrap();
    let serving = here.store.serve_alone().await.unwrap();
    let error = second.serve_alone().await.unwrap_err();
    assert!(error.to_string().starts_with("another sync-server serves the database /"), "{error}");
    writes(&second).await.unwrap();
    here.store.confirm_serving().await.unwrap();
    drop(serving);
    second.serve_alone().await.unwrap();
}

async fn writes(store: &Store) -> Result<(), StoreError> {
    let mut tx = store.write().await?;
    store::next_position(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

/// The right to serve, once the database has heard that whoever had it is gone.
async fn taken(store: &Store) -> Serving {
    for _ in 0..200 {
        if let Ok(serving) = store.serve_alone().await {
            return serving;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the right to serve did not come back");
}

#[tokio::test]
async fn a_server_whose_database_was_restarted_takes_its_right_again_or_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path()).unwrap();
    let database = cluster.create().unwrap();
    let first = Store::connect(&settings(&database), LEDGER).await.unwrap();
    let second = Store::connect(&settings(&database), LEDGER).await.unwrap();
    let _serving = first.serve_alone().await.unwrap();
    cluster.stop().unwrap();
    assert!(first.confirm_serving().await.unwrap_err().is_passing() && !first.has_right_to_serve());
    cluster.start().unwrap();
    // Whatever it writes next, it has the right again before.
    writes(&first).await.unwrap();
    assert!(first.has_right_to_serve() && matches!(second.serve_alone().await, Err(StoreError::Served { .. })));
    cluster.stop().unwrap();
    cluster.start().unwrap();
    let theirs = taken(&second).await;
    let error = writes(&first).await.unwrap_err();
    assert!(matches!(error, StoreError::Displaced { .. }) && error.is_passing() && error.stops_all(), "{error}");
    assert!(!first.has_right_to_serve());
    writes(&second).await.unwrap();
    // A command beside them needs no right.
    writes(&Store::connect(&settings(&database), LEDGER).await.unwrap()).await.unwrap();
    drop(theirs);
    for _ in 0..200 {
        if first.confirm_serving().await.is_ok() {
            return writes(&first).await.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the first server did not go on");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_said_without_a_password() {
    let url = DatabaseUrl::new("postgres://tally:s3cret@127.0.0.1:9/tallyman");
    let error = refused(&DatabaseSettings::Postgres(url)).await;
    assert!(error.is_unreachable() && error.is_passing(), "{error}");
    let told = format!("{error} {error:?}");
    assert!(
        told.contains("postgres://tally@127.0.0.1:9/tallyman cannot be opened") && !told.contains("s3cret"),
        "{told}"
    );
    assert!(told.contains("Connection refused") && !told.contains("pool timed out"), "{told}");
}

#[tokio::test]
async fn a_damaged_file_is_called_damaged() {
    let here = sqlite().await;
    here.store.close().await;
    let file = here.place.path().join("tallyman.sqlite");
    let mut bytes = std::fs::read(&file).unwrap();
    // The header stays: it is our file, and not whole.
    bytes[100..].fill(0x5A);
    std::fs::write(&file, bytes).unwrap();
    let told = refused(&DatabaseSettings::Sqlite(file)).await.to_string();
    assert!(told.contains("the database file is damaged") && told.ends_with("restore a backup"), "{told}");
}

#[tokio::test]
async fn a_database_in_another_encoding_is_refused() {
    let cluster = Cluster::shared().unwrap();
    let name = format!("latin_{}", std::process::id());
    let made = format!("create database {name} encoding 'LATIN1' locale 'C' template template0 locale_provider libc");
    cluster.sql("postgres", &made).unwrap();
    let told = refused(&DatabaseSettings::Postgres(DatabaseUrl::new(cluster.url(&name)))).await.to_string();
    cluster.sql("postgres", &format!("drop database {name} with (force)")).unwrap();
    assert!(told.contains("its encoding is LATIN1"), "{told}");
}
