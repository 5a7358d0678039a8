//! P4 after a restore: a server that came back from yesterday's backup is offered what it lacks, by a terminal on which nothing waits.

use std::ffi::OsStr;

use tests::server::Server;
use tests::syncing::Syncing;

use crate::field::{DRAINS_WITHIN, Field, TASK, labels};

#[test]
fn p4_a_server_restored_from_a_backup_gets_back_what_it_acknowledged_since() {
    let mut field = Field::new();
    let terminal = field.terminal("t");
    terminal.type_labels(TASK, &labels(0..20), None).unwrap();
    terminal.sync().unwrap();
    let backup = field.folder.path().join("backup");
    field.server.run([OsStr::new("backup"), OsStr::new("--to"), backup.as_os_str()]).unwrap();
    terminal.type_labels(TASK, &labels(20..50), None).unwrap();
    terminal.sync().unwrap();
    field.holds_all_of(&terminal);

    let home = field.folder.path().join("server");
    field.server.kill();
    std::fs::remove_dir_all(home.join("data")).unwrap();
    let restore = ["restore", "--why", "the disk died", "--from"].map(OsStr::new);
    field.server.run(restore.into_iter().chain([backup.as_os_str()])).unwrap();
    assert_eq!(field.held(&terminal).len(), 23, "as of the backup: 20 scans, two openings, an anchor");
    field.server = Server::start(&home).unwrap();
    terminal.cable.lead_to(field.server.socket().unwrap());

    let sender = Syncing::start(&terminal).unwrap();
    let again =
        |state: &serde_json::Value| state["done"]["offered_again"].as_u64() >= Some(30) && state["pending"] == 0;
    let (state, _) = sender.until("offered again", DRAINS_WITHIN, again).unwrap();
    assert_eq!(state["done"]["disputed"], 0, "{state}");
    assert!(!state["notices"].to_string().contains("rewritten"), "an honest restore was mistaken: {state}");
    drop(sender);
    field.holds_all_of(&terminal);
}
