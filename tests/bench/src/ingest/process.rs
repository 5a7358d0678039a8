//! What a server's process used, as Linux tells it.

use anyhow::{Context, Result};
use tests::server::Server;

use crate::measure::{number, rounded};

/// The processor time that the server has used.
pub struct Cores {
    ticks: u64,
}

impl Cores {
    /// Clock ticks a second, as Linux tells them to every program.
    const TICKS_PER_S: f64 = 100.0;

    /// From now on.
    pub fn of(server: &Server) -> Result<Self> {
        let stat = read(server, "stat")?;
        // Behind the name in brackets, which may hold anything: state, then numbers; utime and stime are the 14th and 15th of all.
        let after = stat.rsplit_once(')').map(|(_, after)| after).context("no process line")?;
        let ticks = after.split_whitespace().skip(11).take(2).filter_map(|text| text.parse::<u64>().ok()).sum();
        Ok(Self { ticks })
    }

    /// Processor time over elapsed time since then.
    pub fn used(&self, server: &Server, elapsed_s: f64) -> Result<f64> {
        let ticks = Self::of(server)?.ticks - self.ticks;
        Ok(number(usize::try_from(ticks)?) / Self::TICKS_PER_S / elapsed_s)
    }
}

/// The most memory that the server had so far, MB.
pub fn peak_memory_mb(server: &Server) -> Result<f64> {
    let status = read(server, "status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let kilobytes: usize = line.trim().trim_end_matches(" kB").parse()?;
    Ok(rounded(number(kilobytes) / 1024.0, 1))
}

fn read(server: &Server, name: &str) -> Result<String> {
    let id = server.id().context("the server does not run")?;
    std::fs::read_to_string(format!("/proc/{id}/{name}")).with_context(|| format!("no {name} of the server"))
}
