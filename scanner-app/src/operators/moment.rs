//! A moment as the device knows it: what moves only forward, and what a person can set.

use shared::time::Timestamp;
use uuid::Uuid;

use crate::device::Device;

/// Now, by both clocks of the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Which start of the device.
    pub boot: Uuid,
    /// Milliseconds since that start, by a clock that never steps back.
    pub mono_ms: u64,
    /// The wall clock: it may be wrong, and a thief may set it.
    pub wall: Timestamp,
}

impl Moment {
    /// Now.
    #[must_use]
    pub fn of(device: &dyn Device) -> Self {
        Self { boot: device.boot(), mono_ms: device.mono_ms(), wall: device.now() }
    }

    /// Milliseconds that certainly passed since an earlier time of the same or of another start of the device. Of another start
    /// only this one's running time is sure; a wall clock is not asked.
    #[must_use]
    pub fn surely_since(&self, boot: Uuid, mono_ms: u64) -> u64 {
        if self.boot == boot { self.mono_ms.saturating_sub(mono_ms) } else { self.mono_ms }
    }
}
