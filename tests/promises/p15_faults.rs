//! P15, when the database fails: a batch is taken in whole or not at all, the answer says "later", and the same batch again doubles
//! nothing.

use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::IntoResponse;
use cluster::{Cluster, TestDatabase};
use shared::wire::{Batch, Outcome, PushReply};
use sqlx::AnyConnection;
use sqlx::Connection;
use sync_server::http::error::ApiError;
use sync_server::ingest::PushError;
use sync_server::store::{DatabaseSettings, DatabaseUrl, Store, StoreError, digest};
use uuid::Uuid;

use crate::ledger::{ledger_in, logs, mismatches, send, verified};

/// The maker's whole log as one batch.
fn batch() -> (Batch, Vec<u8>) {
    let [maker, _] = logs();
    maker.batch(1, maker.bodies.len())
}

/// A digest of each table but those of people's acts: the import's line names its file, whose folder is another each time.
async fn digests(store: &Store) -> String {
    let mut digests = digest::of_tables(&mut store.read().await.unwrap()).await.unwrap();
    assert!(digests.remove("audit").is_some() && digests.remove("audit_head").is_some());
    format!("{digests:?}")
}

/// Another program's session on the database.
async fn another_session(database: &TestDatabase<'_>) -> AnyConnection {
    AnyConnection::connect(&database.url()).await.unwrap()
}

async fn run(conn: &mut AnyConnection, sql: &'static str) {
    sqlx::query(sql).execute(conn).await.unwrap();
}

/// Waits until some session of the database waits for a lock.
async fn until_blocked(cluster: &Cluster) {
    for _ in 0..1_000 {
        let waiting = cluster.sql("postgres", "select count(*) from pg_stat_activity where wait_event_type = 'Lock'");
        if waiting.unwrap() != "0" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nobody waits for a lock");
}

/// Sends the batch in a task of its own.
fn sent(store: &Store) -> tokio::task::JoinHandle<Result<PushReply, PushError>> {
    let store = store.clone();
    tokio::spawn(async move { send(&store, &batch()).await })
}

/// A terminal is told to come back.
fn comes_back(refused: Result<PushReply, PushError>) -> StoreError {
    let Err(PushError::Store(error)) = refused else { panic!("{refused:?}") };
    assert!(error.is_passing(), "{error}");
    let told = error.to_string();
    let response = ApiError::from(error).into_response();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE, "{told}");
    assert!(response.headers().contains_key(RETRY_AFTER));
    StoreError::Unreachable
}

/// The same batch again is recorded, once, and the ledger is as if nothing had been.
async fn is_whole_after(store: &Store, undisturbed: &str) {
    let reply = send(store, &batch()).await.unwrap();
    assert!(reply.outcomes.iter().all(|run| run.outcome == Outcome::Recorded), "{:?}", reply.outcomes);
    assert_eq!(digests(store).await, undisturbed);
    let again = send(store, &batch()).await.unwrap();
    assert!(again.outcomes.iter().all(|run| run.outcome == Outcome::AlreadyRecorded));
    assert!(mismatches(store).await.len() > 3 && verified(store).await.ok);
}

/// What a ledger holds that nothing happened to: before and after the batch.
async fn undisturbed(cluster: &Cluster) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    let database = cluster.create().unwrap();
    let store = ledger_in(&database, folder.path()).await;
    let before = digests(&store).await;
    send(&store, &batch()).await.unwrap();
    (before, digests(&store).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p15_a_database_that_crashes_in_the_middle_of_a_batch_has_all_of_it_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path()).unwrap();
    let (before, after) = undisturbed(&cluster).await;
    let database = cluster.create().unwrap();
    let store = ledger_in(&database, folder.path()).await;
    // Events are appended, verdicts wait: the batch is half done when the server goes.
    let mut other = another_session(&database).await;
    run(&mut other, "begin").await;
    run(&mut other, "lock table mismatch in exclusive mode").await;
    let sending = sent(&store);
    until_blocked(&cluster).await;
    cluster.stop().unwrap();
    comes_back(sending.await.unwrap());
    // As long as it is down, every batch is answered, and soon.
    comes_back(send(&store, &batch()).await);
    cluster.start().unwrap();
    assert_eq!(digests(&store).await, before, "nothing of it was kept");
    is_whole_after(&store, &after).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p15_a_lock_that_is_held_for_long_is_answered_and_leaves_nothing_behind() {
    let cluster = Cluster::shared().unwrap();
    let (before, after) = undisturbed(cluster).await;
    let (folder, database) = (tempfile::tempdir().unwrap(), cluster.create().unwrap());
    ledger_in(&database, folder.path()).await.close().await;
    let impatient = DatabaseUrl::new(format!("{}&options[lock_timeout]=200ms", database.url()));
    let store = Store::connect(&DatabaseSettings::Postgres(impatient), Uuid::from_u128(1)).await.unwrap();
    let mut other = another_session(&database).await;
    run(&mut other, "begin").await;
    run(&mut other, "select position from ledger for update").await;
    for _ in 0..12 {
        // More often than there are connections: none stays in a transaction that failed.
        comes_back(send(&store, &batch()).await);
    }
    run(&mut other, "rollback").await;
    assert_eq!(digests(&store).await, before);
    is_whole_after(&store, &after).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p15_a_batch_that_a_deadlock_ends_is_tried_again_and_taken_in_once() {
    let cluster = Cluster::shared().unwrap();
    let (_, after) = undisturbed(cluster).await;
    let (folder, database) = (tempfile::tempdir().unwrap(), cluster.create().unwrap());
    let store = ledger_in(&database, folder.path()).await;
    let mut other = another_session(&database).await;
    // The other session is patient: the batch finds the circle first, and is what is ended.
    run(&mut other, "set deadlock_timeout = '60s'").await;
    run(&mut other, "begin").await;
    run(&mut other, "update terminal set name = name").await;
    let sending = sent(&store);
    let here = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    while database.sql(here).unwrap() == "0" {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    run(&mut other, "select position from ledger for update").await;
    run(&mut other, "rollback").await;
    let reply = sending.await.unwrap().unwrap();
    assert!(reply.outcomes.iter().all(|run| run.outcome == Outcome::Recorded), "{:?}", reply.outcomes);
    let mut deadlocks = String::new();
    for _ in 0..500 {
        deadlocks = database.sql("select deadlocks from pg_stat_database where datname = current_database()").unwrap();
        if deadlocks != "0" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(deadlocks, "1", "there was a deadlock");
    assert_eq!(digests(&store).await, after);
}

/// A disk cannot be made small without root: the database's own answer is raised where rows are written.
#[tokio::test]
async fn p15_a_full_disk_is_answered_as_such_and_leaves_nothing_behind() {
    let cluster = Cluster::shared().unwrap();
    let (before, after) = undisturbed(cluster).await;
    let (folder, database) = (tempfile::tempdir().unwrap(), cluster.create().unwrap());
    let store = ledger_in(&database, folder.path()).await;
    let full = "create function full_disk() returns trigger language plpgsql as \
                $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$; \
                create trigger full_disk before insert on trail for each row execute function full_disk()";
    database.sql(full).unwrap();
    comes_back(send(&store, &batch()).await);
    assert_eq!(digests(&store).await, before, "the batch itself is not kept either");
    database.sql("drop trigger full_disk on trail; drop function full_disk()").unwrap();
    is_whole_after(&store, &after).await;
}
