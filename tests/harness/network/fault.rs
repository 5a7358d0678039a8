//! What befalls the bytes of a cable; it can change while bytes flow.

use std::time::Duration;

/// Directions of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the terminal to the server.
    Up,
    /// From the server to the terminal.
    Down,
}

/// What befalls the bytes. The default is a good cable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// How long a byte takes, each way.
    pub delay: Duration,
    /// Bytes a second, each way; none = as many as come.
    pub bytes_per_s: Option<u64>,
    /// Bytes from the terminal vanish; connections stay open, and new ones seem to succeed.
    pub swallow_up: bool,
    /// Bytes from the server vanish.
    pub swallow_down: bool,
    /// One byte per this time, each way (slow-loris).
    pub drip: Option<Duration>,
    /// The connection is cut after so many bytes of its own from the terminal.
    pub cut_after_up: Option<u64>,
    /// The connection is cut after so many bytes of its own from the server.
    pub cut_after_down: Option<u64>,
}

impl Faults {
    /// Nothing comes through, and nobody is told: a black hole.
    #[must_use]
    pub fn black_hole() -> Self {
        Self { swallow_up: true, swallow_down: true, ..Self::default() }
    }

    /// One way is dead, the other seems alive: half-open.
    #[must_use]
    pub fn half_open(way: Way) -> Self {
        Self { swallow_up: way == Way::Up, swallow_down: way == Way::Down, ..Self::default() }
    }

    /// One byte per time.
    #[must_use]
    pub fn slow_loris(drip: Duration) -> Self {
        Self { drip: Some(drip), ..Self::default() }
    }

    /// A slow line: bytes a second, and the time of a round trip.
    #[must_use]
    pub fn slow(bytes_per_s: u64, round_trip: Duration) -> Self {
        Self { delay: round_trip / 2, bytes_per_s: Some(bytes_per_s), ..Self::default() }
    }

    /// Cut after so many bytes one way.
    #[must_use]
    pub fn cut_after(way: Way, bytes: u64) -> Self {
        match way {
            Way::Up => Self { cut_after_up: Some(bytes), ..Self::default() },
            Way::Down => Self { cut_after_down: Some(bytes), ..Self::default() },
        }
    }

    pub(super) const fn swallows(&self, way: Way) -> bool {
        match way {
            Way::Up => self.swallow_up,
            Way::Down => self.swallow_down,
        }
    }

    pub(super) const fn cut_after_bytes(&self, way: Way) -> Option<u64> {
        match way {
            Way::Up => self.cut_after_up,
            Way::Down => self.cut_after_down,
        }
    }
}
