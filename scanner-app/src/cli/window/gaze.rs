//! Whether the camera is looked through. A minute without a read puts the viewfinder to sleep: no frame is read or drawn, which is nine
//! tenths of what this app costs a battery. The device stays open, so that a touch or the trigger wakes it within a frame. Pure.

use crate::ui::View;
use crate::ui::view::{CaseView, PageView};

/// The viewfinder, awake or asleep. Times are the device's running time in ms.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gaze {
    stirred_ms: u64,
    sleep_ms: u64,
}

impl Gaze {
    /// A viewfinder that sleeps after so many seconds without a read; 0 = never.
    pub(super) fn new(sleep_s: u32) -> Self {
        let sleep_ms = if sleep_s == 0 { u64::MAX } else { u64::from(sleep_s) * 1_000 };
        Self { stirred_ms: 0, sleep_ms }
    }

    /// Something was read, touched or pulled.
    pub(super) const fn stir(&mut self, now_ms: u64) {
        self.stirred_ms = now_ms;
    }

    /// Whether it sleeps.
    pub(super) const fn is_asleep(self, now_ms: u64) -> bool {
        now_ms.saturating_sub(self.stirred_ms) >= self.sleep_ms
    }
}

/// Whether two views differ in the camera's picture alone.
pub(super) fn is_picture_only(shown: &View, view: &View) -> bool {
    match (&shown.page, &view.page) {
        (PageView::Scan(one), PageView::Scan(two)) => {
            one.result == two.result
                && shown.chrome == view.chrome
                && shown.sync == view.sync
                && shown.alarm == view.alarm
        }
        (PageView::Case(one), PageView::Case(two)) => {
            let without = |case: &CaseView| CaseView { finder: None, ..case.clone() };
            without(one) == without(two)
                && shown.chrome == view.chrome
                && shown.sync == view.sync
                && shown.alarm == view.alarm
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_without_a_read_is_sleep_and_a_touch_ends_it_at_once() {
        let mut gaze = Gaze::new(60);
        gaze.stir(1_000);
        assert!(!gaze.is_asleep(60_999));
        assert!(gaze.is_asleep(61_000));
        gaze.stir(90_000);
        assert!(!gaze.is_asleep(90_000));
    }

    #[test]
    fn none_is_never() {
        assert!(!Gaze::new(0).is_asleep(u64::MAX - 1));
    }
}
