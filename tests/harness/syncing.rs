//! A terminal that syncs by itself: the app's own sender in a process of its own, as beside the window.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::terminal::Terminal;

/// The running sender; killed when dropped, in the middle of whatever it does.
pub struct Syncing {
    process: Child,
    told: Arc<(Mutex<Value>, Condvar)>,
}

impl Syncing {
    /// Starts it.
    pub fn start(terminal: &Terminal) -> Result<Self> {
        Self::of(terminal.command("sync")?.arg("--json"))
    }

    /// Starts a command that prints the sender's state, a line of JSON each time.
    pub fn of(command: &mut Command) -> Result<Self> {
        let mut process = command.stdout(Stdio::piped()).spawn().context("the sender cannot be started")?;
        let stdout = process.stdout.take().context("a process without stdout")?;
        let told = Arc::new((Mutex::new(Value::Null), Condvar::new()));
        let shared = Arc::clone(&told);
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let Ok(state) = serde_json::from_str(&line) else { continue };
                *shared.0.lock().unwrap_or_else(PoisonError::into_inner) = state;
                shared.1.notify_all();
            }
        });
        Ok(Self { process, told })
    }

    /// What it said last.
    #[must_use]
    pub fn state(&self) -> Value {
        self.told.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until it says something, or fails after the limit. Answers what it said, and how long that took.
    pub fn until(&self, what: &str, limit: Duration, says: impl Fn(&Value) -> bool) -> Result<(Value, Duration)> {
        let start = Instant::now();
        let mut state = self.told.0.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if says(&state) {
                return Ok((state.clone(), start.elapsed()));
            }
            let left = limit.saturating_sub(start.elapsed());
            if left.is_zero() {
                bail!("after {limit:?} still not {what}: {state}");
            }
            state = self.told.1.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits until at least so many events are with the server and nothing waits.
    pub fn drained(&self, sent: u64, limit: Duration) -> Result<(Value, Duration)> {
        let done = |state: &Value| state["pending"] == 0 && state["done"]["sent"].as_u64() >= Some(sent);
        self.until("drained", limit, done)
    }
}

impl Drop for Syncing {
    fn drop(&mut self) {
        // Killed rather than asked: the store must stand that.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
