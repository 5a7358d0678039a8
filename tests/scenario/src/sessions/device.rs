//! The device under a session: its clocks and its start are what the scenario says.

use std::sync::{Mutex, MutexGuard, PoisonError};

use scanner_app::device::Device;
use shared::ids::EpochId;
use shared::time::Timestamp;
use uuid::Uuid;

use crate::core::Setting;

/// A device whose clocks are set by hand.
#[derive(Debug)]
pub(super) struct StagedDevice {
    epoch: EpochId,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    wall: Timestamp,
    mono_ms: u64,
    boot: Uuid,
}

impl StagedDevice {
    pub(super) fn new(epoch: EpochId) -> Self {
        Self { epoch, state: Mutex::default() }
    }

    /// Sets the clocks and the start.
    pub(super) fn set(&self, setting: &Setting) {
        let mut state = self.state();
        (state.wall, state.mono_ms, state.boot) = (setting.wall, setting.mono_ms, setting.boot);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Three numbers are whole whatever panicked beside them.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Device for StagedDevice {
    fn now(&self) -> Timestamp {
        self.state().wall
    }

    fn mono_ms(&self) -> u64 {
        self.state().mono_ms
    }

    fn boot(&self) -> Uuid {
        self.state().boot
    }

    fn epoch(&self) -> EpochId {
        self.epoch
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}
