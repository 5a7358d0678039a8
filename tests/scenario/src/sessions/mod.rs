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

#[cfg(test)]
mod tests {
    use shared::event::{Act, Close, Event};
    use shared::ids::BasisId;
    use shared::mismatch::Mismatch;
    use shared::time::Timestamp;
    use shared::wire::Record;

    use super::*;
    use crate::core::{Answer, Setting, Shown};
    use crate::terminal::TaskKey;

    /// A core that forgets to tell what speaks against a scan.
    #[derive(Debug)]
    struct Forgetful(Box<dyn Core>);

    impl Core for Forgetful {
        fn open(&mut self, setting: &Setting, key: &TaskKey) -> Result<Vec<Event>, String> {
            self.0.open(setting, key)
        }
        fn scan(&mut self, setting: &Setting, key: &TaskKey, shown: &Shown) -> Result<(Vec<Event>, Answer), String> {
            let (events, answer) = self.0.scan(setting, key, shown)?;
            Ok((events, Answer { verdict: Vec::new(), ..answer }))
        }
        fn undo(&mut self, setting: &Setting, key: &TaskKey, seq: u64) -> Result<Option<Vec<Event>>, String> {
            self.0.undo(setting, key, seq)
        }
        fn close(&mut self, setting: &Setting, key: &TaskKey, close: Close) -> Result<Vec<Event>, String> {
            self.0.close(setting, key, close)
        }
        fn append(&mut self, setting: &Setting, act: Act) -> Result<Vec<Event>, String> {
            self.0.append(setting, act)
        }
        fn pull(&mut self, position: u64, as_of: Timestamp, records: Vec<Record>) -> Result<(), String> {
            self.0.pull(position, as_of, records)
        }
        fn standing(&mut self, setting: &Setting, basis: &BasisId) -> Result<Vec<Mismatch>, String> {
            self.0.standing(setting, basis)
        }
        fn verify(&mut self) -> Result<(), String> {
            self.0.verify()
        }
    }

    struct ForgetfulStores(Stores);

    impl Cores for ForgetfulStores {
        fn core(&self, terminal: &Terminal) -> Result<Box<dyn Core>, String> {
            Ok(Box::new(Forgetful(self.0.core(terminal)?)))
        }
    }

    const REPEATED: &str = "member M maker\nmember W wholesaler\nproduct POD maker=M case=6\ncontract C1 M W POD=12\n\
        document N1 of=C1\npack P1 POD unit 12 for=C1\npack P2 POD case 2 for=C1\n\
        associate P2.1 P1.1..6\nterminal t1 M gate\n\
        scan t1 outbound P2.1 document=N1 @D1 08:00\nscan t1 outbound P2.1 document=N1 @D1 08:05\n\
        at D1 09:00\nexpect repeated-scan N1\n";

    #[test]
    fn a_session_that_tells_less_than_the_whole_history_is_found() {
        let outcome = play(REPEATED);
        assert!(outcome.ok && outcome.verdicts_compared == 2, "{outcome:?}");
        let stores = ForgetfulStores(Stores::new().unwrap());
        let outcome = crate::play::play(REPEATED, Some(&stores));
        assert!(!outcome.ok && outcome.failed.len() == 1, "{outcome:?}");
        assert!(
            outcome.failed[0].expected.contains("t1#5 P2.1") && outcome.failed[0].expected.contains("repeated-scan N1")
        );
    }
}
