//! P15 in the field: a real server on `PostgreSQL`, and terminals that go on while the database is away.

use std::process::Command;
use std::time::{Duration, Instant};

use cluster::Cluster;
use tests::server::Server;
use tests::syncing::Syncing;
use tests::terminal::Terminal;

use crate::field::{DRAINS_WITHIN, Field, TASK, labels, pending};

/// Waits until a terminal's queue is empty, but for an anchor.
fn until_delivered(terminal: &Terminal) {
    let since = Instant::now();
    while pending(terminal) > 1 {
        assert!(since.elapsed() < Duration::from_mins(2), "{} wait", pending(terminal));
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
fn p15_a_dumped_database_is_restored_as_an_act_and_offered_what_it_lacks() {
    let cluster = Cluster::shared().unwrap();
    let (old, new) = (cluster.create().unwrap(), cluster.create().unwrap());
    let settings = |url: &str| format!("database = \"{url}\"\n");
    let mut field = Field::on(&settings(&old.url()));
    let terminal = field.terminal("t");
    terminal.type_labels(TASK, &labels(0..20), None).unwrap();
    terminal.sync().unwrap();
    let backup = field.folder.path().join("backup");
    let told = field.server.command(["backup", "--to", backup.to_str().unwrap()]).unwrap().output().unwrap();
    let dump = backup.join("tallyman.dump");
    let asked = format!("pg_dump --format=custom --file='{}' --dbname='postgres:///", dump.display());
    assert!(tests::said(&told).contains(&asked), "{}", tests::said(&told));
    old.tool("pg_dump", &["--format=custom", "--file", dump.to_str().unwrap()]).unwrap();
    terminal.type_labels(TASK, &labels(20..50), None).unwrap();
    terminal.sync().unwrap();
    field.holds_all_of(&terminal);

    // The machine dies: another one gets the keys and the dump.
    let home = field.folder.path().join("server");
    field.server.kill();
    std::fs::remove_dir_all(home.join("data")).unwrap();
    let config = home.join("server.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replace(&old.url(), &new.url())).unwrap();
    let restore = ["restore", "--why", "the disk died", "--from", backup.to_str().unwrap()];
    let refused = field.server.run(restore).unwrap_err().to_string();
    assert!(refused.contains("holds no ledger yet") && refused.contains("pg_restore"), "{refused}");
    new.tool("pg_restore", &["--no-owner", "--exit-on-error", dump.to_str().unwrap()]).unwrap();
    field.server.run(restore).unwrap();
    assert_eq!(field.held(&terminal).len(), 23, "as of the dump: 20 scans, two openings, an anchor");
    field.server = Server::start_with(&home, &settings(&new.url())).unwrap();
    terminal.cable.lead_to(field.server.socket().unwrap());

    let sender = Syncing::start(&terminal).unwrap();
    let again = |state: &serde_json::Value| state["done"]["recorded"].as_u64() >= Some(30) && state["pending"] == 0;
    let (state, _) = sender.until("offered again", DRAINS_WITHIN, again).unwrap();
    assert!(!state["notices"].to_string().contains("rewritten"), "an honest restore was mistaken: {state}");
    drop(sender);
    field.holds_all_of(&terminal);
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
