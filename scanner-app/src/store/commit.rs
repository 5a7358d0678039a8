//! The commit thread: the only one that appends, with a raised priority where the system allows it, so that a busy picture
//! decoder does not keep a clerk waiting for the beep.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::log::{Appended, Entry, Writing, commit};
use super::{Store, StoreError};

/// What is written in the transaction of events.
pub(super) type WriteBeside = Arc<dyn Fn(&Connection) -> Result<(), StoreError> + Send + Sync>;

/// How far the priority is raised: more than a picture decoder, less than the kernel's own work.
const NICE: i32 = -10;

struct Job {
    entries: Arc<[Entry]>,
    beside: WriteBeside,
    answer: std::sync::mpsc::SyncSender<Result<Appended, StoreError>>,
}

/// The running thread; ends when dropped.
#[derive(Debug)]
pub(super) struct Committer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    /// Whether the system let the thread's priority be raised.
    pub(super) is_raised: bool,
}

impl Committer {
    /// Starts it on a connection of its own.
    fn start(conn: Connection, mut writing: Writing) -> std::io::Result<Self> {
        let (jobs, work) = channel();
        let (raised, is_raised) = sync_channel(1);
        let run = move || {
            // Whoever started this waits for the answer.
            let _ = raised.send(raise_priority());
            run(conn, &mut writing, &work);
        };
        let thread = std::thread::Builder::new().name("commit".to_owned()).spawn(run)?;
        let is_raised = is_raised.recv().unwrap_or(false);
        Ok(Self { jobs: Some(jobs), thread: Some(thread), is_raised })
    }

    /// Answers when the transaction is durable, or why it is not.
    pub(super) fn append(&self, entries: Arc<[Entry]>, beside: WriteBeside) -> Result<Appended, StoreError> {
        const GONE: StoreError = StoreError::Corrupt("the thread that writes has stopped; start the app again");
        let (answer, answered) = sync_channel(1);
        let jobs = self.jobs.as_ref().ok_or(GONE)?;
        jobs.send(Job { entries, beside, answer }).map_err(|_| GONE)?;
        answered.recv().map_err(|_| GONE)?
    }
}

impl Drop for Committer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked was told of at the append that it failed.
            let _ = thread.join();
        }
    }
}

fn run(mut conn: Connection, writing: &mut Writing, work: &Receiver<Job>) {
    while let Ok(Job { entries, beside, answer }) = work.recv() {
        let appended = commit(&mut conn, writing, &entries, &beside);
        // Nobody waits any more when the app ends.
        let _ = answer.send(appended);
    }
}

/// On Linux a thread has a priority of its own; it may be raised with `CAP_SYS_NICE` or within `RLIMIT_NICE`.
#[cfg(target_os = "linux")]
fn raise_priority() -> bool {
    rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn raise_priority() -> bool {
    let _ = NICE;
    false
}

impl Store {
    /// Lets a thread of its own append from now on. Answers whether its priority could be raised.
    pub fn commit_on_a_thread(&mut self) -> Result<bool, StoreError> {
        let conn = self.connect_beside()?;
        let file = |source| StoreError::File { path: "the commit thread".to_owned(), source };
        let committer = Committer::start(conn, self.writing.clone()).map_err(file)?;
        let is_raised = committer.is_raised;
        self.committer = Some(committer);
        Ok(is_raised)
    }
}
