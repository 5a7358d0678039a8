//! When to send: a pure decision. Full jitter (AWS Architecture Blog, "Exponential Backoff and Jitter") between 1 and 60 s.

/// First wait after a failure, in milliseconds.
pub const RETRY_MS_MIN: u64 = 1_000;

/// Longest wait, in milliseconds.
pub const RETRY_MS_MAX: u64 = 60_000;

/// Longest time without asking for changes while nothing waits, in milliseconds.
pub const PULL_MS: u64 = 30_000;

/// How the last attempts went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// The last attempt succeeded, this long ago in milliseconds.
    Up {
        /// Since then.
        since_ms: u64,
    },
    /// So many attempts in a row failed.
    Down {
        /// How many.
        failures: u32,
        /// The server's own wish (`Retry-After`), in milliseconds.
        retry_after_ms: Option<u64>,
    },
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing waits: look again after so many milliseconds, or when an event is recorded.
    Idle(u64),
    /// Try again after so many milliseconds; new events do not shorten it.
    Wait(u64),
    /// Send and fetch now.
    Sync,
}

/// Decides. `jitter` is a draw from 0 up to 1.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "waits are far below 2^53 ms"
)]
pub fn plan(pending: u64, link: Link, jitter: f64) -> Action {
    match link {
        Link::Up { since_ms } if pending == 0 && since_ms < PULL_MS => Action::Idle(PULL_MS - since_ms),
        Link::Up { .. } => Action::Sync,
        Link::Down { failures, retry_after_ms } => {
            let exponent = failures.saturating_sub(1).min(16);
            let roof = RETRY_MS_MIN.saturating_mul(1 << exponent).min(RETRY_MS_MAX);
            let drawn = (roof as f64 * jitter.clamp(0.0, 1.0)) as u64;
            Action::Wait(drawn.max(RETRY_MS_MIN / 10).max(retry_after_ms.unwrap_or(0).min(RETRY_MS_MAX)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn down(failures: u32, retry_after_ms: Option<u64>) -> Link {
        Link::Down { failures, retry_after_ms }
    }

    #[test]
    fn plans() {
        let table = [
            ("nothing waits", 0, Link::Up { since_ms: 0 }, 0.5, Action::Idle(PULL_MS)),
            ("nothing waits, long ago", 0, Link::Up { since_ms: PULL_MS }, 0.5, Action::Sync),
            ("events wait", 5, Link::Up { since_ms: 0 }, 0.5, Action::Sync),
            ("first failure", 5, down(1, None), 0.5, Action::Wait(500)),
            ("fourth failure", 5, down(4, None), 0.5, Action::Wait(4_000)),
            ("many failures", 5, down(40, None), 0.999_999, Action::Wait(59_999)),
            ("no draw is too short", 5, down(1, None), 0.0, Action::Wait(100)),
            ("the server's wish", 5, down(1, Some(7_000)), 0.5, Action::Wait(7_000)),
            ("a wish beyond reason", 5, down(1, Some(u64::MAX)), 0.5, Action::Wait(RETRY_MS_MAX)),
            ("idle and down still tries", 0, down(2, None), 0.5, Action::Wait(1_000)),
        ];
        for (name, pending, link, jitter, expected) in table {
            assert_eq!(plan(pending, link, jitter), expected, "{name}");
        }
    }
}
