//! Wrong tokens are counted: 80 bits need no such help, but whoever tries must not fill the log either.

use std::sync::{Mutex, PoisonError};

use shared::time::Timestamp;

/// Wrong tokens in one minute, at most, from all together.
pub(crate) const WRONG_PER_MINUTE: u32 = 20;

const MINUTE_MS: i64 = 60_000;

/// The wrong tries of the minute that began with the first of them.
#[derive(Debug, Default)]
pub(crate) struct Tries(Mutex<(Timestamp, u32)>);

impl Tries {
    /// Seconds until tokens are looked at again, where there were too many wrong ones.
    pub(crate) fn locked_s(&self, now: Timestamp) -> Option<u64> {
        let (since, wrong) = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left_ms = since.plus_ms(MINUTE_MS).as_ms().saturating_sub(now.as_ms());
        let locked = wrong >= WRONG_PER_MINUTE && (1..=MINUTE_MS).contains(&left_ms);
        locked.then(|| u64::try_from(left_ms).unwrap_or(0).div_ceil(1_000))
    }

    /// A wrong token was tried.
    pub(crate) fn count_wrong(&self, now: Timestamp) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, wrong) = *held;
        // A clock that was set back begins a new minute as well.
        let same_minute = since <= now && now < since.plus_ms(MINUTE_MS);
        *held = if same_minute { (since, wrong.saturating_add(1)) } else { (now, 1) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shuts_after_the_last_allowed_try_and_opens_a_minute_later() {
        let (tries, start) = (Tries::default(), Timestamp::from_ms(1_000_000));
        for _ in 1..WRONG_PER_MINUTE {
            tries.count_wrong(start);
        }
        assert_eq!(tries.locked_s(start), None);
        tries.count_wrong(start.plus_ms(500));
        assert_eq!(tries.locked_s(start.plus_ms(500)), Some(60));
        assert_eq!(tries.locked_s(start.plus_ms(59_999)), Some(1));
        assert_eq!(tries.locked_s(start.plus_ms(60_000)), None);
        tries.count_wrong(start.plus_ms(60_000));
        assert_eq!(tries.locked_s(start.plus_ms(60_001)), None);
        assert_eq!(tries.locked_s(start.plus_ms(-3_600_000)), None, "a clock that was set back locks nobody out");
    }
}
