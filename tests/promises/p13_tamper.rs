//! P13: whoever deletes, edits or reorders anything in the server's ledger is found by the offline verifier; an honest restore is not
//! mistaken for it.

use proptest::test_runner::{RngAlgorithm, TestRng};
use rusqlite::Connection;
use rusqlite::types::Value;
use shared::event::Stage;
use shared::wire::{Offer, SignedCheckpoint};
use sync_server::people::Actor;
use sync_server::store::{Store, quarantine};
use sync_server::verify::Verified;
use uuid::Uuid;

use crate::ledger::{Log, NOW, key, ledger, link, logs, send, verified, verified_with};

/// Tables whose rows are evidence, with the columns of each that say something.
const EVIDENCE: &[(&str, &[&str])] = &[
    ("event", &["terminal", "epoch", "seq", "body", "hash"]),
    ("batch", &["terminal", "epoch", "first_seq", "count", "received_at", "body", "entry", "public_key", "apart"]),
    ("trail", &["code_key", "refs"]),
    ("basis_batch", &["basis", "entry"]),
    ("head", &["terminal", "epoch", "next_seq", "hash"]),
    ("ledger_entry", &["entry", "kind", "digest", "hash"]),
    ("quarantine", &["reason", "received_at", "digest", "body", "entry"]),
    ("checkpoint", &["entries", "body"]),
    ("admission", &["epoch", "terminal", "of_epoch", "quarantine_id", "entry"]),
];

/// A ledger with everything in it: two logs in several batches, an unreadable event, a fork, disputed evidence, an admission, checkpoints.
async fn full(folder: &std::path::Path) -> Store {
    let store = ledger(folder).await;
    let [mut maker, wholesaler] = logs();
    maker.bodies.push(b"{\"kind\":\"of a later version\"}".to_vec());
    let (last, half) = (maker.bodies.len(), maker.bodies.len() / 2);
    send(&store, &maker.batch(1, half)).await.unwrap();
    checkpoint(&store, 0).await;
    send(&store, &maker.batch(half + 1, last)).await.unwrap();
    send(&store, &wholesaler.batch(1, wholesaler.bodies.len())).await.unwrap();
    let mut twin = Log { n: 1, bodies: maker.bodies[..3].to_vec() };
    twin.scan(Stage::Outbound, "N1", &link(7));
    send(&store, &twin.batch(4, 4)).await.unwrap_err();
    send(&store, &twin.offered(Offer::Disputed, 4, 4)).await.unwrap();
    checkpoint(&store, 2).await;
    let open = quarantine::list(&mut store.read().await.unwrap(), false).await.unwrap();
    let disputed = open.iter().find(|kept| kept.reason == quarantine::Reason::Disputed).unwrap();
    let admitted =
        sync_server::evidence::admit(&store, disputed.id, ("9 王", "两台终端,货物属实"), (&Actor::shell(), NOW))
            .await
            .unwrap();
    assert_eq!(admitted, 1);
    checkpoint(&store, 4).await;
    store
}

async fn checkpoint(store: &Store, hours: i64) {
    let now = NOW.plus_ms(hours * 3_600_000);
    assert!(sync_server::checkpoint::make_if_due(store, &key(7), now).await.unwrap());
}

/// Changes one thing of the evidence. Answers what, or nothing where the change came to nothing.
fn mutate(conn: &Connection, rng: &mut TestRng) -> Option<String> {
    let (table, columns) = EVIDENCE[draw(rng, EVIDENCE.len())];
    let rows: i64 = conn.query_row(&format!("select count(*) from {table}"), [], |row| row.get(0)).unwrap();
    let at = draw(rng, usize::try_from(rows).unwrap());
    let key = match table {
        "head" | "admission" | "basis_batch" => columns[..2].join(" || "),
        "trail" => columns[0].to_owned(),
        _ => "rowid".to_owned(),
    };
    let sql = format!("select {key} from {table} order by 1 limit 1 offset {at}");
    let row: Value = conn.query_row(&sql, [], |row| row.get(0)).unwrap();
    if draw(rng, 4) == 0 {
        conn.execute(&format!("delete from {table} where {key} = ?1"), [row]).unwrap();
        return Some(format!("row {at} of {table} deleted"));
    }
    let column = columns[draw(rng, columns.len())];
    let sql = format!("select {column} from {table} where {key} = ?1");
    let before: Value = conn.query_row(&sql, [&row], |row| row.get(0)).unwrap();
    let after = if draw(rng, 4) == 0 {
        // As another row says it: events that change places, batches that change terminals.
        let sql = format!("select {column} from {table} order by random() limit 1");
        conn.query_row(&sql, [], |row| row.get(0)).unwrap()
    } else {
        changed(&before, rng)
    };
    if after == before {
        return None;
    }
    // A change that the schema itself refuses is none.
    let done = conn.execute(&format!("update {table} set {column} = ?1 where {key} = ?2"), (&after, &row)).ok()?;
    assert_eq!(done, 1);
    Some(format!("{column} of row {at} of {table}: {before:?} became {after:?}"))
}

fn changed(value: &Value, rng: &mut TestRng) -> Value {
    match value {
        Value::Integer(number) => Value::Integer(number + [1, -1, 1_000][draw(rng, 3)]),
        Value::Text(text) => {
            let mut bytes = text.clone().into_bytes();
            let at = draw(rng, bytes.len());
            bytes[at] = if bytes[at] == b'1' { b'2' } else { b'1' };
            Value::Text(String::from_utf8(bytes).unwrap_or_else(|_| format!("{text}x")))
        }
        Value::Blob(bytes) => {
            let mut bytes = bytes.clone();
            match draw(rng, 3) {
                0 => drop(bytes.pop()),
                1 => bytes.push(0),
                _ => {
                    let at = draw(rng, bytes.len());
                    bytes[at] ^= 1 << draw(rng, 8);
                }
            }
            Value::Blob(bytes)
        }
        Value::Null | Value::Real(_) => Value::Integer(1),
    }
}

fn draw(rng: &mut TestRng, below: usize) -> usize {
    use proptest::prelude::Rng;
    usize::try_from(rng.next_u64() % below as u64).unwrap()
}

/// Tries `wanted` mutations, each on a copy of its own. Every one must be found.
fn mutations(wanted: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let sound = runtime.block_on(async {
        let store = full(folder.path()).await;
        let whole = verified(&store).await;
        assert!(whole.ok && whole.checkpoints == 3, "{whole:?}");
        let copy = folder.path().join("copy.sqlite");
        sqlx_free_copy(&folder.path().join("l.sqlite"), &copy);
        copy
    });
    let mut rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[13; 32]);
    let (mut tried, mut unnoticed) = (0, Vec::new());
    let path = folder.path().join("mutated.sqlite");
    while tried < wanted {
        std::fs::copy(&sound, &path).unwrap();
        let conn = Connection::open(&path).unwrap();
        let Some(what) = mutate(&conn, &mut rng) else { continue };
        drop(conn);
        tried += 1;
        let found: Verified = runtime.block_on(async {
            let store = Store::open(&path, Uuid::from_u128(99)).await.unwrap();
            let found = verified(&store).await;
            store.close().await;
            found
        });
        assert_eq!(found.ok, found.first_fault.is_none());
        if found.ok {
            unnoticed.push(what);
        }
    }
    assert!(unnoticed.is_empty(), "{} of {tried} mutations went unnoticed: {unnoticed:#?}", unnoticed.len());
}

/// A copy of a database in one file.
fn sqlx_free_copy(from: &std::path::Path, to: &std::path::Path) {
    let conn = Connection::open(from).unwrap();
    conn.execute("vacuum into ?1", [to.to_str().unwrap()]).unwrap();
}

#[test]
fn p13_mutations_of_the_servers_ledger_are_all_found() {
    mutations(400);
}

#[test]
fn long_p13_ten_thousand_mutations_of_the_servers_ledger_are_all_found() {
    mutations(10_000);
}

#[tokio::test]
async fn p13_a_history_rewritten_by_who_holds_every_key_contradicts_a_terminals_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let store = ledger(folder.path()).await;
    let [maker, _] = logs();
    send(&store, &maker.batch(1, 5)).await.unwrap();
    checkpoint(&store, 0).await;
    let kept: Vec<SignedCheckpoint> =
        sync_server::store::checkpoint::from(&mut store.read().await.unwrap(), 0).await.unwrap();
    assert!(verified_with(&store, &kept).await.ok);

    // The same ledger again, without one scan, signed by the same keys: it is sound in itself.
    let other = tempfile::tempdir().unwrap();
    let rewritten = ledger(other.path()).await;
    let mut short = Log { n: 1, bodies: maker.bodies[..2].to_vec() };
    short.scan(Stage::Outbound, "N1", &link(3));
    send(&rewritten, &short.batch(1, 3)).await.unwrap();
    checkpoint(&rewritten, 0).await;
    assert!(verified(&rewritten).await.ok);
    let found = verified_with(&rewritten, &kept).await;
    assert!(found.first_fault.unwrap().contains("rewritten"));
}

#[tokio::test]
async fn p13_an_honest_restore_is_told_from_a_rewritten_history() {
    let folder = tempfile::tempdir().unwrap();
    let store = ledger(folder.path()).await;
    let [maker, wholesaler] = logs();
    send(&store, &maker.batch(1, 5)).await.unwrap();
    checkpoint(&store, 0).await;
    let backup = folder.path().join("backup.sqlite");
    sqlx_free_copy(&folder.path().join("l.sqlite"), &backup);
    // What comes after the backup is lost by the restore.
    send(&store, &wholesaler.batch(1, 3)).await.unwrap();
    checkpoint(&store, 2).await;
    let kept = sync_server::store::checkpoint::from(&mut store.read().await.unwrap(), 0).await.unwrap();
    assert_eq!(kept.len(), 2);

    let restored = Store::open(&backup, Uuid::from_u128(1)).await.unwrap();
    let without_a_word = verified_with(&restored, &kept).await;
    assert!(without_a_word.first_fault.unwrap().contains("ends before"), "an older copy put back in silence is found");
    sync_server::backup::record(&restored, &key(7), Uuid::from_u128(100), (&Actor::shell(), "硬盘损坏"), NOW)
        .await
        .unwrap();
    let told = verified_with(&restored, &kept).await;
    assert!(told.ok, "{told:?}");
    // It goes on: what the backup lacked is taken in again.
    send(&restored, &wholesaler.batch(1, 3)).await.unwrap();
    assert!(verified_with(&restored, &kept).await.ok);
}
