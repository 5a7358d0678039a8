//! Time as work and time as waiting.

use std::time::Instant;

use rustix::time::{ClockId, clock_gettime};

/// What one piece of work took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lap {
    /// CPU time, ms.
    pub cpu_ms: f64,
    /// Time on the wall, ms; on a busy machine far more.
    pub wall_ms: f64,
}

/// Runs from its start until it is read.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    id: ClockId,
    cpu_ms: f64,
    wall: Instant,
}

impl Clock {
    /// Counts the work of the calling thread.
    #[must_use]
    pub fn thread() -> Self {
        Self::start(ClockId::ThreadCPUTime)
    }

    /// Counts the work of all threads of this process: a decoder that hands work to threads of its own pays for it.
    #[must_use]
    pub fn process() -> Self {
        Self::start(ClockId::ProcessCPUTime)
    }

    fn start(id: ClockId) -> Self {
        Self { id, wall: Instant::now(), cpu_ms: now_ms(id) }
    }

    /// What has passed since the start.
    #[must_use]
    pub fn lap(&self) -> Lap {
        let cpu_ms = now_ms(self.id) - self.cpu_ms;
        Lap { cpu_ms, wall_ms: self.wall.elapsed().as_secs_f64() * 1e3 }
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds and nanoseconds of one process")]
fn now_ms(id: ClockId) -> f64 {
    let time = clock_gettime(id);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_is_no_work() {
        let (thread, process) = (Clock::thread(), Clock::process());
        std::thread::sleep(std::time::Duration::from_millis(30));
        let lap = thread.lap();
        assert!(lap.wall_ms >= 30.0 && lap.cpu_ms < 20.0, "{lap:?}");
        assert!(process.lap().wall_ms >= 30.0);
    }

    #[test]
    fn the_process_pays_for_its_threads() {
        let (thread, process) = (Clock::thread(), Clock::process());
        let busy = std::thread::spawn(|| {
            let own = Clock::thread();
            while own.lap().cpu_ms < 20.0 {}
        });
        busy.join().unwrap();
        assert!(process.lap().cpu_ms >= 20.0);
        assert!(thread.lap().cpu_ms < 20.0);
    }
}
