//! The time that certificates are judged by. Never the device's wall clock, which may be years off: the server's own time at the last
//! contact, carried on by a clock that never steps; before any contact the day that this app was built, and no earlier ever.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustls::pki_types::UnixTime;
use rustls::time_provider::TimeProvider;
use shared::time::Timestamp;

/// A time that may be late, but was not made up by a wrong clock.
#[derive(Debug)]
pub struct TrustedTime {
    floor: Timestamp,
    heard: Mutex<(Timestamp, Instant)>,
}

impl TrustedTime {
    /// Starts at the build's day.
    #[must_use]
    pub fn of_build() -> Self {
        Self::starting_at(Timestamp::from_ms(env!("TALLYMAN_BUILD_MS").parse().unwrap_or(0)))
    }

    /// Starts at a moment, and is never earlier.
    #[must_use]
    pub fn starting_at(floor: Timestamp) -> Self {
        Self { floor, heard: Mutex::new((floor, Instant::now())) }
    }

    /// The server told its time.
    pub fn hear(&self, server_time: Timestamp) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = (server_time, Instant::now());
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let (heard, since) = *self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let passed_ms = i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX);
        heard.plus_ms(passed_ms).max(self.floor)
    }
}

impl TimeProvider for TrustedTime {
    fn current_time(&self) -> Option<UnixTime> {
        let ms = u64::try_from(self.now().as_ms()).unwrap_or(0);
        Some(UnixTime::since_unix_epoch(Duration::from_millis(ms)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_server_and_never_falls_behind_the_build() {
        let floor = Timestamp::from_ms(1_000_000);
        let time = TrustedTime::starting_at(floor);
        assert!(time.now() >= floor);
        let later = floor.plus_ms(3_600_000);
        time.hear(later);
        assert!(time.now() >= later);
        time.hear(floor.plus_ms(-1));
        assert!(time.now() >= floor && time.now() < later, "a server whose clock was mended is followed back");
        assert!(TrustedTime::of_build().now() > Timestamp::from_ms(1_735_689_600_000), "built after 2024");
    }
}
