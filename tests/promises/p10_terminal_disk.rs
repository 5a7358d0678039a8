//! P10 on the terminal: its disk is full while it syncs. A file-size limit of the process stands for the disk: no file can grow.

use std::process::Command;

use tests::said;

use crate::field::{Field, TASK, labels};

#[test]
fn p10_a_terminal_whose_disk_is_full_says_so_and_sends_all_of_it_later() {
    let field = Field::new();
    let terminal = field.terminal("t");
    terminal.type_labels(TASK, &labels(0..200), None).unwrap();
    let events = terminal.verified_events().unwrap();
    // 512-byte blocks: the store's file is longer, so nothing of it can be written, and its write-ahead log cannot begin.
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 4; exec \"$0\" sync --once --json --config \"$1\""]);
    limited.arg(tests::program("scanner-app").unwrap()).arg(terminal.config());
    let output = limited.output().unwrap();
    assert!(!output.status.success(), "{}", said(&output));
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(words.contains("scanner-app: "), "it must say what is wrong: {words}");
    // Nothing was half-written, and nothing was taken for sent that the server does not hold.
    assert_eq!(terminal.verified_events().unwrap(), events);
    terminal.sync().unwrap();
    field.holds_all_of(&terminal);
}
