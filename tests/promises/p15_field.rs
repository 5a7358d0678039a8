//! P15 in the field: a real server on `PostgreSQL`, and terminals that go on while the database is away.

use std::process::Command;
use std::time::{Duration, Instant};

use cluster::Cluster;
use tests::syncing::Syncing;
use tests::terminal::Terminal;

use crate::field::{Field, TASK, labels, pending};

/// Waits until a terminal's queue is empty, but for an anchor.
fn until_delivered(terminal: &Terminal) {
    let since = Instant::now();
    while pending(terminal) > 1 {
        assert!(since.elapsed() < Duration::from_secs(120), "{} wait", pending(terminal));
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn p15_terminals_deliver_everything_once_the_database_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::private(folder.path()).unwrap();
    let database = cluster.create().unwrap();
    let field = Field::on(&format!("database = \"{}\"\n", database.url()));
    let terminal = field.terminal("t1");
    terminal.type_labels(TASK, &labels(0..200), None).unwrap();
    let syncing = Syncing::start(&terminal).unwrap();
    while pending(&terminal) > 150 {
        std::thread::sleep(Duration::from_millis(20));
    }
    // In the middle of sending: what is under way is cut off.
    cluster.stop().unwrap();
    cluster.start().unwrap();
    until_delivered(&terminal);
    drop(syncing);
    // Away when sending begins: every batch is answered "later".
    cluster.stop().unwrap();
    terminal.type_labels(TASK, &labels(200..230), None).unwrap();
    let syncing = Syncing::start(&terminal).unwrap();
    std::thread::sleep(Duration::from_secs(2));
    assert!(pending(&terminal) >= 30, "nobody took them in");
    cluster.start().unwrap();
    until_delivered(&terminal);
    drop(syncing);
    field.holds_all_of(&terminal);
    assert!(field.held(&terminal).len() > 230);
}

#[test]
fn p15_a_server_without_its_database_says_so_and_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("server.toml");
    let text = "revised_rules_from = \"never\"\ndatabase = \"postgres://tally:s3cret@127.0.0.1:9/tallyman\"\n";
    std::fs::write(&config, text).unwrap();
    let mut server = Command::new(tests::program("sync-server").unwrap());
    let output = server.arg("--config").arg(&config).arg("serve").output().unwrap();
    let told = tests::said(&output);
    assert!(!output.status.success() && !told.contains("s3cret"), "{told}");
    assert!(told.contains("the database postgres://tally@127.0.0.1:9/tallyman cannot be opened"), "{told}");
}
