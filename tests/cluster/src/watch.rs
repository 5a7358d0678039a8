//! Whoever uses a server may be killed. A watcher outside notices by the lock that all users share.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::programs::Programs;

/// Of the server that all share: tests of one run follow each other, so that it ends once nobody came for a while.
const UNTIL_IDLE: &str = r#"
folder=$1; shift
exec 9<>"$folder.users"
while sleep 5 && [ -d "$folder" ]; do
    if flock -n -x 9; then
        if [ $(($(date +%s) - $(stat -c %Y "$folder.users"))) -ge 20 ]; then
            "$@" -D "$folder/data" -m immediate -w stop
            rm -rf "$folder"
            exit
        fi
        flock -u 9
    fi
done"#;

/// Of a server of one test: it ends with its user.
const UNTIL_UNUSED: &str = r#"
folder=$1; shift
exec 9<>"$folder.users"
flock -x 9
if [ -d "$folder" ]; then
    "$@" -D "$folder/data" -m immediate -w stop
    rm -rf "$folder"
fi
rm -f "$folder.users"
# The folder around it was its user's, who is gone.
rmdir "$(dirname "$folder")""#;

pub(crate) fn until_idle(folder: &Path, programs: &Programs) -> Result<()> {
    start(UNTIL_IDLE, folder, programs)
}

pub(crate) fn until_unused(folder: &Path, programs: &Programs) -> Result<()> {
    start(UNTIL_UNUSED, folder, programs)
}

fn start(script: &str, folder: &Path, programs: &Programs) -> Result<()> {
    let mut watcher = Command::new("sh");
    watcher.args(["-c", script, "watcher"]).arg(folder).args(programs.words("pg_ctl"));
    // In a group of its own: what ends the tests must not end it.
    watcher.process_group(0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/");
    watcher.spawn().map(drop).context("the watcher of the database server cannot be started")
}
