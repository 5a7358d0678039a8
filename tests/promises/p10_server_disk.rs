//! P10 on the server: its disk is full while batches come. A file-size limit of the running process stands for the disk.

use crate::field::{Field, TASK, labels, pending};

#[test]
fn p10_a_server_whose_disk_is_full_takes_nothing_by_halves_and_all_of_it_later() {
    let field = Field::new();
    let terminal = field.terminal("t");
    terminal.type_labels(TASK, &labels(0..30), None).unwrap();
    terminal.sync().unwrap();
    field.holds_all_of(&terminal);
    terminal.type_labels(TASK, &labels(30..200), None).unwrap();
    let (held, waiting) = (field.held(&terminal), pending(&terminal));

    // The database is longer than this: nothing can be written behind it, and its write-ahead log cannot begin.
    field.server.limit_files(Some(4_096)).unwrap();
    let words = terminal.sync_fails().unwrap();
    assert!(words.contains("tried again by itself") && words.contains("wait safely"), "{words}");
    assert_eq!(field.held(&terminal), held, "nothing by halves");
    assert!(pending(&terminal) >= waiting, "nothing leaves the queue");
    assert!(field.server.log().unwrap().contains("failed on the database"), "whoever runs the server is told");

    field.server.limit_files(None).unwrap();
    terminal.sync().unwrap();
    field.holds_all_of(&terminal);
}
