//! Whether the camera is looked through. A minute without a read puts the viewfinder to sleep: no frame is read or drawn, which is nine
//! tenths of what this app costs a battery. The device stays open, so that a touch or the trigger wakes it within a frame. Pure.

/// How long nothing may be read.
const SLEEP_MS: u64 = 60_000;

/// The viewfinder, awake or asleep. Times are the device's running time in ms.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gaze {
    stirred_ms: u64,
}

impl Gaze {
    /// Something was read, touched or pulled.
    pub(super) const fn stir(&mut self, now_ms: u64) {
        self.stirred_ms = now_ms;
    }

    /// Whether it sleeps.
    pub(super) const fn is_asleep(self, now_ms: u64) -> bool {
        now_ms.saturating_sub(self.stirred_ms) >= SLEEP_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_without_a_read_is_sleep_and_a_touch_ends_it_at_once() {
        let mut gaze = Gaze::default();
        gaze.stir(1_000);
        assert!(!gaze.is_asleep(1_000 + SLEEP_MS - 1));
        assert!(gaze.is_asleep(1_000 + SLEEP_MS));
        gaze.stir(90_000);
        assert!(!gaze.is_asleep(90_000));
    }
}
