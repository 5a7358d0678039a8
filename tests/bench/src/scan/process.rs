//! What the kernel says of processes and file systems.

use std::path::Path;

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
