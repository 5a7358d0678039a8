//! What the kernel says of processes, priorities and file systems.

use std::path::Path;

use rustix::process::{Pid, getpriority_process, setpriority_process};
use serde::Serialize;

/// Whether a process here may raise its priority; a commit thread can then be scheduled before other work.
#[derive(Clone, Debug, Serialize)]
pub struct Priority {
    /// Whether it was possible.
    pub possible: bool,
    /// What was tried and what came of it.
    pub why: String,
}

impl Priority {
    /// Tries to raise this thread's priority by five, and puts it back.
    #[must_use]
    pub fn try_raise() -> Self {
        let before = getpriority_process(None::<Pid>).unwrap_or(0);
        match setpriority_process(None::<Pid>, before - 5) {
            Ok(()) => {
                // Going back to a lower priority is always allowed.
                let _ = setpriority_process(None::<Pid>, before);
                Self { possible: true, why: format!("nice {before} could be raised to {}", before - 5) }
            }
            Err(error) => {
                Self { possible: false, why: format!("nice {before} could not be raised to {}: {error}", before - 5) }
            }
        }
    }
}

/// Resident memory of a process in MB (2^20): now, and the most it ever had; none where the kernel does not tell.
pub(super) fn resident_mb(pid: u32) -> Option<(f64, f64)> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let kb = |name: &str| -> Option<f64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim_start_matches(':').split_whitespace().next()?.parse().ok()
    };
    Some((kb("VmRSS")? / 1_024.0, kb("VmHWM")? / 1_024.0))
}

/// Processor time that a process has used, ms, in steps of ten.
pub(super) fn cpu_ms(pid: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after) = stat.rsplit_once(')')?;
    let mut times = after.split_whitespace().skip(11).map(|ticks| ticks.parse::<f64>().ok());
    Some((times.next()?? + times.next()??) * 10.0)
}

/// Type of the file system that a folder lies on, and the device: `ext4 on /dev/sda1`.
pub(super) fn file_system(folder: &Path) -> String {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
    let mount = |line: &str| {
        let mut words = line.split_whitespace().map(str::to_owned);
        Some((words.next()?, words.next()?, words.next()?))
    };
    let held = mounts.lines().filter_map(mount).filter(|(_, at, _)| folder.starts_with(at));
    let nearest = held.max_by_key(|(_, at, _)| at.len());
    nearest.map_or_else(|| "unknown".to_owned(), |(device, _, kind)| format!("{kind} on {device}"))
}
