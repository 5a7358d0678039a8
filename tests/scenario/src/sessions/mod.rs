//! The backend `terminal`: each terminal is a real session on a real store, and the server's knowledge is what these stores hold.
//!
//! Beside what a file expects, every scan's verdict is held against what the rules say of the terminal's whole history: a session
//! may judge by a part of it only where that makes no difference.
//!
//! What a session has no function for yet goes through one door, which appends an act as the app would: the start of the log and
//! its clock anchors, tasks whose note's number is reserved and the drafted note, a close that names a carrier, returns with their
//! reason, a picture shown again, voids of what is in no open task, sign-ins, reports, case checks, gates, and what lines upload.

mod core;
mod device;

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use self::core::SessionCore;
use crate::core::{Core, Cores};
use crate::outcome::Outcome;
use crate::terminal::Terminal;

/// Plays a scenario's text.
#[must_use]
pub fn play(text: &str) -> Outcome {
    let stores = Stores::new();
    match &stores {
        Ok(stores) => crate::play::play(text, Some(stores)),
        Err(error) => Outcome {
            error: Some(format!("no folder for the terminals' stores can be made: {error}; free some space in it")),
            ..Outcome::default()
        },
    }
}

/// The folder of all stores of one play.
struct Stores {
    folder: TempDir,
}

impl Stores {
    /// In memory where the system has such a folder: a play asks nothing of the disk.
    fn new() -> std::io::Result<Self> {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        Ok(Self { folder: TempDir::with_prefix_in("scenario-", folder)? })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.sqlite"))
    }
}

impl Cores for Stores {
    fn core(&self, terminal: &Terminal) -> Result<Box<dyn Core>, String> {
        Ok(Box::new(SessionCore::new(&self.path(&terminal.name), terminal)?))
    }
}
