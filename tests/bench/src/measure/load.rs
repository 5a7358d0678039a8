//! What else the machine does: absolute times mean nothing without it.

use serde::Serialize;

/// The machine of a run, and how busy it was before and after.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// Name of the processor, as the kernel says it.
    pub cpu: Option<String>,
    /// Cores that this process may use.
    pub cores: usize,
    /// Load when the run began.
    pub load_before: Option<Load>,
    /// Load when it ended.
    pub load_after: Option<Load>,
}

/// Tasks that ran or waited for a core, on average.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Load {
    /// Over the last minute.
    pub minutes_1: f64,
    /// Over the last five minutes.
    pub minutes_5: f64,
}

impl Machine {
    /// This machine now, with `load_after` still open.
    #[must_use]
    pub fn here() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let known = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let cpu = known.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
        Self { cpu: cpu.map(|(_, name)| name.trim().to_owned()), cores, load_before: load(), load_after: None }
    }

    /// Notes the load at the end of the run.
    pub fn finish(&mut self) {
        self.load_after = load();
    }

    /// One line for people.
    #[must_use]
    pub fn line(&self) -> String {
        let shown = |load: Option<Load>| load.map_or("unknown".to_owned(), |load| format!("{:.2}", load.minutes_1));
        let cpu = self.cpu.as_deref().unwrap_or("unknown processor");
        let (before, after) = (shown(self.load_before), shown(self.load_after));
        format!("{cpu}, {} cores; load of the last minute {before} before, {after} after", self.cores)
    }
}

fn load() -> Option<Load> {
    parse(&std::fs::read_to_string("/proc/loadavg").ok()?)
}

fn parse(text: &str) -> Option<Load> {
    let mut words = text.split_whitespace().map(str::parse);
    let mut next = || words.next()?.ok();
    Some(Load { minutes_1: next()?, minutes_5: next()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_line_is_understood() {
        assert_eq!(parse("1.07 0.95 1.63 2/200 77\n"), Some(Load { minutes_1: 1.07, minutes_5: 0.95 }));
        assert_eq!(parse("busy"), None);
    }
}
