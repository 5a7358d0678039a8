//! How long a picture may be looked at.

use std::time::Duration;

/// A clock that tells how much time this thread has used so far, from any start.
pub type Clock = fn() -> Duration;

/// Processor time of the calling thread: on a busy terminal the wall clock would end good work for nothing.
#[must_use]
pub fn thread_time() -> Duration {
    cpu_time::ThreadTime::now().as_duration()
}

/// An amount of time that is being used up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    clock: Clock,
    start: Duration,
    limit: Duration,
}

impl Budget {
    pub(crate) fn new(clock: Clock, limit: Duration) -> Self {
        Self { clock, start: clock(), limit }
    }

    /// What has been used.
    pub(crate) fn used(&self) -> Duration {
        (self.clock)().saturating_sub(self.start)
    }

    /// A budget of a share of what is left.
    pub(crate) fn part(&self, share: f32) -> Self {
        let used = self.used();
        let limit = used + self.limit.saturating_sub(used).mul_f32(share);
        Self { limit, ..*self }
    }

    /// Whether nothing is left.
    pub(crate) fn is_spent(&self) -> bool {
        self.used() >= self.limit
    }
}
