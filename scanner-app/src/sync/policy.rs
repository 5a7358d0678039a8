//! The thresholds of sending: what the plan and the loop go by.

use serde::{Deserialize, Serialize};

/// How patient and how eager the sender is. The defaults are for the field; tests and simulations shorten them (`[sync]`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SyncPolicy {
    /// Roof of the first wait after a failure, in milliseconds. It doubles with each further one.
    pub retry_ms_min: u64,
    /// Roof of all waits, the server's own wish (`Retry-After`) included, in milliseconds.
    pub retry_ms_max: u64,
    /// Longest time without asking for changes, in milliseconds.
    pub pull_ms: u64,
    /// Time without a batch after which an idle terminal says that nothing waits, in milliseconds.
    pub heartbeat_ms: u64,
    /// A batch that takes less than this lets the next be twice as large, in milliseconds.
    pub batch_ms: u64,
    /// Events in the first batch.
    pub batch_events: u64,
    /// Events in a batch after failures, at least.
    pub batch_events_min: u64,
    /// Events in a batch, at most (the server takes no more than 8,000).
    pub batch_events_max: u64,
    /// Time that any request may take, whatever its size, in milliseconds.
    pub timeout_ms: u64,
    /// Slowest link that is waited for, in bytes a second: it lengthens the time that a large request may take.
    pub slow_bytes_per_s: u64,
}

impl Default for SyncPolicy {
    fn default() -> Self {
        Self {
            retry_ms_min: 1_000,
            retry_ms_max: 60_000,
            pull_ms: 30_000,
            heartbeat_ms: 5 * 60_000,
            batch_ms: 2_000,
            batch_events: 1_000,
            batch_events_min: 50,
            batch_events_max: 8_000,
            timeout_ms: 30_000,
            slow_bytes_per_s: 4_096,
        }
    }
}

impl SyncPolicy {
    /// Whether these are the defaults: then a configuration file does not name them.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// How long a request with a body of so many bytes may take, in milliseconds.
    #[must_use]
    pub const fn timeout_ms(&self, bytes: u64) -> u64 {
        let slowest = if self.slow_bytes_per_s == 0 { 1 } else { self.slow_bytes_per_s };
        self.timeout_ms.saturating_add(bytes.saturating_mul(1_000) / slowest)
    }

    /// The wait after so many failures in a row, in milliseconds: a draw below a roof that doubles (full jitter, AWS Architecture
    /// Blog, "Exponential Backoff and Jitter"), at least a tenth of the first roof, at least what the server asked for. `jitter` is
    /// a draw from 0 up to 1.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "waits are far below 2^53 ms"
    )]
    pub fn wait_ms(&self, failures: u32, retry_after_ms: Option<u64>, jitter: f64) -> u64 {
        let exponent = failures.saturating_sub(1).min(16);
        let roof = self.retry_ms_min.saturating_mul(1 << exponent).min(self.retry_ms_max);
        let drawn = (roof as f64 * jitter.clamp(0.0, 1.0)) as u64;
        drawn.max(self.retry_ms_min / 10).max(retry_after_ms.unwrap_or(0)).min(self.retry_ms_max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_link_is_given_the_time_that_its_bytes_need() {
        let policy = SyncPolicy::default();
        assert_eq!(policy.timeout_ms(0), 30_000);
        assert_eq!(policy.timeout_ms(256 * 1024), 30_000 + 64_000);
        assert_eq!(SyncPolicy { slow_bytes_per_s: 0, ..policy }.timeout_ms(7), 37_000);
    }

    #[test]
    fn waits_grow_under_a_roof_and_are_never_nothing() {
        let policy = SyncPolicy::default();
        let table = [
            (1, None, 0.5, 500),
            (4, None, 0.5, 4_000),
            (40, None, 0.999_999, 59_999),
            (1, None, 0.0, 100),
            (1, Some(7_000), 0.5, 7_000),
            (1, Some(u64::MAX), 0.5, 60_000),
        ];
        for (failures, retry_after_ms, jitter, expected) in table {
            assert_eq!(policy.wait_ms(failures, retry_after_ms, jitter), expected, "{failures} {retry_after_ms:?}");
        }
    }
}
