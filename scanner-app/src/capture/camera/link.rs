//! Whether the camera is there: when to open it, when to give up a thread that hangs, when to try again. Pure: times come in.

use crate::capture::retry::Pauses;

/// How long things may take, in milliseconds.
#[expect(clippy::struct_field_names, reason = "units come last in every name")]
#[derive(Clone, Copy, Debug)]
pub(super) struct Timing {
    /// From opening to the first frame. Some cameras start slowly.
    pub(super) opening_ms: u64,
    /// Between two frames.
    pub(super) silence_ms: u64,
    /// Before the first new try, doubled for each further one.
    pub(super) pause_ms: u64,
    /// Before any new try, at most.
    pub(super) pause_max_ms: u64,
}

impl Timing {
    /// As in the field.
    pub(super) const FIELD: Self = Self { opening_ms: 10_000, silence_ms: 4_000, pause_ms: 500, pause_max_ms: 10_000 };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// A thread opens the camera.
    Opening { since_ms: u64 },
    /// Frames come.
    Live { last_ms: u64 },
    /// It is away until the next try.
    Down { until_ms: u64 },
}

/// What is to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Wait for a frame.
    Wait,
    /// Start a thread that opens the camera.
    Start,
    /// The thread gave nothing for so long, in milliseconds: it is left to itself.
    Abandon {
        /// How long.
        after_ms: u64,
    },
}

/// The state of one camera.
#[derive(Debug)]
pub(super) struct Link {
    state: State,
    pauses: Pauses,
    timing: Timing,
}

impl Link {
    /// A camera that was not opened yet.
    pub(super) const fn new(timing: Timing) -> Self {
        let pauses = Pauses::new(timing.pause_ms, timing.pause_max_ms);
        Self { state: State::Down { until_ms: 0 }, pauses, timing }
    }

    /// What is to be done at this time. After `Abandon` the caller says [`Self::lost`].
    pub(super) fn step(&mut self, now_ms: u64) -> Step {
        let (since_ms, limit_ms) = match self.state {
            State::Down { until_ms } if now_ms >= until_ms => {
                self.state = State::Opening { since_ms: now_ms };
                return Step::Start;
            }
            State::Down { .. } => return Step::Wait,
            State::Opening { since_ms } => (since_ms, self.timing.opening_ms),
            State::Live { last_ms } => (last_ms, self.timing.silence_ms),
        };
        let after_ms = now_ms.saturating_sub(since_ms);
        if after_ms > limit_ms { Step::Abandon { after_ms } } else { Step::Wait }
    }

    /// A frame came, good or bad.
    pub(super) const fn alive(&mut self, now_ms: u64) {
        self.state = State::Live { last_ms: now_ms };
        self.pauses.reset();
    }

    /// The camera cannot be opened or was lost; answers the pause before the next try.
    pub(super) fn lost(&mut self, now_ms: u64) -> u64 {
        let pause_ms = self.pauses.next_ms();
        self.state = State::Down { until_ms: now_ms.saturating_add(pause_ms) };
        pause_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMING: Timing = Timing { opening_ms: 10_000, silence_ms: 4_000, pause_ms: 500, pause_max_ms: 3_000 };

    #[test]
    fn it_is_opened_at_once_and_only_once() {
        let mut link = Link::new(TIMING);
        assert_eq!((link.step(0), link.step(1)), (Step::Start, Step::Wait));
    }

    #[test]
    fn an_unplugged_camera_is_tried_again_in_growing_pauses_until_it_is_back() {
        let mut link = Link::new(TIMING);
        link.step(0);
        link.alive(100);
        let mut now_ms = 200;
        let mut pauses = Vec::new();
        for _ in 0..5 {
            let pause_ms = link.lost(now_ms);
            assert_eq!(link.step(now_ms + pause_ms - 1), Step::Wait);
            now_ms += pause_ms;
            assert_eq!(link.step(now_ms), Step::Start);
            pauses.push(pause_ms);
        }
        assert_eq!(pauses, [500, 1_000, 2_000, 3_000, 3_000]);
        link.alive(now_ms);
        assert_eq!(link.lost(now_ms), 500, "the next loss starts with a short pause");
    }

    #[test]
    fn a_hanging_read_and_a_hanging_start_are_abandoned() {
        let mut link = Link::new(TIMING);
        link.step(0);
        assert_eq!(link.step(10_000), Step::Wait);
        assert_eq!(link.step(10_001), Step::Abandon { after_ms: 10_001 });
        link.lost(10_001);
        assert_eq!(link.step(10_501), Step::Start);
        link.alive(11_000);
        assert_eq!(link.step(15_000), Step::Wait);
        assert_eq!(link.step(15_001), Step::Abandon { after_ms: 4_001 });
    }
}
