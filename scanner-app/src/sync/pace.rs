//! How many events the next batch holds: more while the link carries them quickly, fewer after each failure.

use super::SyncPolicy;

/// The size of batches, learnt from how the last ones went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    events: u64,
}

impl Pace {
    /// As a policy begins.
    #[must_use]
    pub fn new(policy: &SyncPolicy) -> Self {
        Self { events: policy.batch_events.clamp(1, policy.batch_events_max.max(1)) }
    }

    /// Events in the next batch, at most.
    #[must_use]
    pub const fn events(&self) -> u64 {
        self.events
    }

    /// A batch of so many events was answered after so many milliseconds. Only a full one says that a larger may go.
    pub fn answered(&mut self, sent: u64, took_ms: u64, policy: &SyncPolicy) {
        if sent >= self.events && took_ms < policy.batch_ms {
            self.events = self.events.saturating_mul(2).min(policy.batch_events_max.max(1));
        }
    }

    /// A batch of so many events was cut off, timed out or was too large.
    pub fn failed(&mut self, sent: u64, policy: &SyncPolicy) {
        self.events = (sent.min(self.events) / 2).max(policy.batch_events_min).max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_while_full_batches_are_quick_and_halves_with_each_failure() {
        let policy = SyncPolicy::default();
        let mut pace = Pace::new(&policy);
        pace.answered(999, 10, &policy);
        assert_eq!(pace.events(), 1_000, "a batch that was not full says nothing");
        pace.answered(1_000, 2_000, &policy);
        assert_eq!(pace.events(), 1_000, "slow");
        for expected in [2_000, 4_000, 8_000, 8_000] {
            pace.answered(pace.events(), 1_999, &policy);
            assert_eq!(pace.events(), expected);
        }
        for expected in [4_000, 2_000, 1_000, 500, 250, 125, 62, 50, 50] {
            pace.failed(pace.events(), &policy);
            assert_eq!(pace.events(), expected);
        }
    }

    #[test]
    fn a_failure_of_a_small_batch_goes_below_it() {
        let policy = SyncPolicy::default();
        let mut pace = Pace::new(&policy);
        pace.failed(300, &policy);
        assert_eq!(pace.events(), 150);
    }
}
