//! Whether the camera is looked through. A minute without a read puts the viewfinder to sleep: no frame is read or drawn, which is nine
//! tenths of what this app costs a battery. The device stays open, so that a touch or the trigger wakes it within a frame. Pure.

use crate::ui::View;
use crate::ui::view::{CaseView, PageView};

/// The viewfinder, awake or asleep, and when the trigger was pulled. Times are the device's running time in ms.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gaze {
    stirred_ms: u64,
    sleep_ms: u64,
    pulled: Option<u64>,
}

/// How long a pulled trigger looks: a held one is pulled again before it ends.
const PULL_MS: u64 = 2_000;

impl Gaze {
    /// A viewfinder that sleeps after so many seconds without a read; 0 = never.
    pub(super) fn new(sleep_s: u32) -> Self {
        let sleep_ms = if sleep_s == 0 { u64::MAX } else { u64::from(sleep_s) * 1_000 };
        Self { stirred_ms: 0, sleep_ms, pulled: None }
    }

    /// Something was read, touched or pulled.
    pub(super) const fn stir(&mut self, now_ms: u64) {
        self.stirred_ms = now_ms;
    }

    /// The trigger was pulled, or is still held.
    pub(super) const fn pull(&mut self, now_ms: u64) {
        self.pulled = Some(now_ms);
        self.stir(now_ms);
    }

    /// Whether the trigger has it look, whatever page is open.
    pub(super) fn is_pulled(self, now_ms: u64) -> bool {
        self.pulled.is_some_and(|pulled| now_ms.saturating_sub(pulled) < PULL_MS)
    }

    /// Whether it sleeps.
    pub(super) const fn is_asleep(self, now_ms: u64) -> bool {
        now_ms.saturating_sub(self.stirred_ms) >= self.sleep_ms
    }
}

/// Whether two views differ in the camera's picture alone.
pub(super) fn is_picture_only(shown: &View, view: &View) -> bool {
    let same_page = match (&shown.page, &view.page) {
        (PageView::Scan(one), PageView::Scan(two)) => one.result == two.result,
        (PageView::Case(one), PageView::Case(two)) => {
            let without = |case: &CaseView| CaseView { finder: None, ..case.clone() };
            without(one) == without(two)
        }
        _ => false,
    };
    same_page && shown.chrome == view.chrome && shown.sync == view.sync && shown.alarm == view.alarm
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
    fn a_held_trigger_looks_on_and_one_that_is_let_go_for_a_moment() {
        let mut gaze = Gaze::new(60);
        assert!(!gaze.is_pulled(0), "nobody pulled it yet");
        for held_ms in (100_000..103_000).step_by(30) {
            gaze.pull(held_ms);
            assert!(gaze.is_pulled(held_ms + 29) && !gaze.is_asleep(held_ms));
        }
        assert!(gaze.is_pulled(104_000));
        assert!(!gaze.is_pulled(105_000));
    }

    #[test]
    fn none_is_never() {
        assert!(!Gaze::new(0).is_asleep(u64::MAX - 1));
    }
}
