//! What the device itself gives: time, a start's identity, randomness. The one place of the app that asks for them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use shared::ids::{EpochId, TerminalId};
use shared::time::{Clock, Timestamp};
use uuid::Uuid;

/// What events take from the device.
pub trait Device: Send + Sync {
    /// The wall time now.
    fn now(&self) -> Timestamp;
    /// Milliseconds since the device started, by a clock that never steps back.
    fn mono_ms(&self) -> u64;
    /// Which start of the device this is.
    fn boot(&self) -> Uuid;
    /// A new, random epoch.
    fn epoch(&self) -> EpochId;
    /// A draw from 0 up to, but not including, 1: the jitter of retries.
    fn jitter(&self) -> f64;
}

/// What the server's clock said at a contact, beside the terminal's monotonic clock: a clock anchor, if one is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The server's time in its answer.
    pub server_time: Timestamp,
    /// How long the question took, in milliseconds.
    pub round_trip_ms: u64,
    /// The terminal's monotonic clock when the answer was there.
    pub answered_ms: u64,
}

impl Contact {
    /// How far a wall clock that showed `wall` at the answer is ahead of the server's, in milliseconds. The answer is taken to have
    /// travelled for half of the round trip.
    #[must_use]
    pub fn skew_ms(&self, wall: Timestamp) -> i64 {
        let half_ms = i64::try_from(self.round_trip_ms / 2).unwrap_or(i64::MAX);
        wall.as_ms().saturating_sub(self.server_time.plus_ms(half_ms).as_ms())
    }
}

/// The machine that this runs on.
#[derive(Debug)]
pub struct Machine {
    boot: Uuid,
    started: Instant,
    uptime_ms_at_start: u64,
}

impl Machine {
    /// Asks the kernel for this start's identity; where it has none, this process stands for the start.
    #[must_use]
    pub fn new() -> Self {
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok();
        let boot = boot.and_then(|text| text.trim().parse().ok());
        let uptime = std::fs::read_to_string("/proc/uptime").unwrap_or_default();
        let seconds: f64 = uptime.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or(0.0);
        Self {
            boot: boot.unwrap_or_else(random_uuid),
            started: Instant::now(),
            uptime_ms_at_start: millis(seconds * 1_000.0),
        }
    }
}

impl Machine {
    /// An identity for a terminal that has none yet (`UUIDv7`).
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "everything else takes its identities from here")]
    pub fn terminal_id() -> TerminalId {
        TerminalId::new(Uuid::now_v7())
    }
}

impl Default for Machine {
    fn default() -> Self {
        Self::new()
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an uptime is positive and far below 2^53 ms"
)]
fn millis(ms: f64) -> u64 {
    ms.max(0.0) as u64
}

#[expect(clippy::disallowed_methods, reason = "everything else takes its random identities from here")]
fn random_uuid() -> Uuid {
    Uuid::new_v4()
}

impl Device for Machine {
    #[expect(clippy::disallowed_methods, reason = "everything else takes the time from here")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn mono_ms(&self) -> u64 {
        let since = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.uptime_ms_at_start.saturating_add(since)
    }

    fn boot(&self) -> Uuid {
        self.boot
    }

    fn epoch(&self) -> EpochId {
        EpochId::new(random_uuid())
    }

    fn jitter(&self) -> f64 {
        f64::from(u16::from_be_bytes([random_uuid().as_bytes()[0], random_uuid().as_bytes()[1]])) / 65_536.0
    }
}

impl Clock for Machine {
    fn now(&self) -> Timestamp {
        Device::now(self)
    }
}

/// A device for tests and simulations: its time moves only when told, its identities count up.
#[derive(Debug, Default)]
pub struct ManualDevice {
    ms: AtomicU64,
    ids: AtomicU64,
}

impl ManualDevice {
    /// A device whose clock stands at 2026-03-02 08:00 in Shanghai.
    #[must_use]
    pub fn new() -> Self {
        Self { ms: AtomicU64::new(0), ids: AtomicU64::new(1) }
    }

    /// Lets time pass.
    pub fn pass_ms(&self, ms: u64) {
        self.ms.fetch_add(ms, Ordering::Relaxed);
    }

    fn next_id(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.ids.fetch_add(1, Ordering::Relaxed)))
    }
}

impl Device for ManualDevice {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(1_772_409_600_000).plus_ms(i64::try_from(self.mono_ms()).unwrap_or(0))
    }

    fn mono_ms(&self) -> u64 {
        self.ms.load(Ordering::Relaxed)
    }

    fn boot(&self) -> Uuid {
        Uuid::from_u128(7)
    }

    fn epoch(&self) -> EpochId {
        EpochId::new(self.next_id())
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}
