//! Recorded pictures as if a camera took them: how fast their clock goes, how often they are shown, whether they keep their pace.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use super::CaptureError;
use super::options::Options;

/// What `--source` may say of recorded pictures.
pub(super) const KNOWN: &str = "fps=10, loop=3 or loop=forever, pace=real";

/// How recorded pictures are played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Playback {
    /// Pictures a second; where none is given, a video's own rate, and 30 for a folder.
    pub fps: Option<NonZeroU32>,
    /// How often all are shown.
    pub times: Times,
    /// Whether they come no faster than their clock, as from a camera.
    pub paced: bool,
}

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// So many times.
    Count(NonZeroU32),
    /// Until the program ends.
    Forever,
}

impl Default for Times {
    fn default() -> Self {
        Self::Count(NonZeroU32::MIN)
    }
}

impl std::str::FromStr for Times {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "forever" => Ok(Self::Forever),
            count => count.parse().map(Self::Count).map_err(|_| "a number above 0, or `forever`"),
        }
    }
}

impl Times {
    /// Whether another round follows after so many.
    pub(super) const fn goes_on(self, rounds: u32) -> bool {
        match self {
            Self::Count(count) => rounds < count.get(),
            Self::Forever => true,
        }
    }
}

/// `pace=real`, or the default by its name.
struct Pace(bool);

impl std::str::FromStr for Pace {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "real" => Ok(Self(true)),
            "none" => Ok(Self(false)),
            _ => Err("`real` or `none`"),
        }
    }
}

impl Playback {
    pub(super) fn take(mut options: Options<'_>) -> Result<Self, CaptureError> {
        let playback = Self {
            fps: options.take("fps")?,
            times: options.take("loop")?.unwrap_or_default(),
            paced: options.take::<Pace>("pace")?.is_some_and(|pace| pace.0),
        };
        options.finish()?;
        Ok(playback)
    }
}

/// Frames a second as a fraction, as video files write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rate {
    frames: u64,
    seconds: u64,
}

impl Rate {
    /// `frames` in `seconds`; none where one of them is 0 or the rate is beyond any camera's.
    pub(super) const fn new(frames: u32, seconds: u32) -> Option<Self> {
        let (frames, seconds) = (frames as u64, seconds as u64);
        if frames == 0 || seconds == 0 || frames > seconds * 1_000 || seconds > frames * 3_600 {
            return None;
        }
        Some(Self { frames, seconds })
    }

    /// 30 frames a second.
    pub(super) const THIRTY: Self = Self { frames: 30, seconds: 1 };
}

impl From<NonZeroU32> for Rate {
    fn from(fps: NonZeroU32) -> Self {
        Self { frames: u64::from(fps.get().min(1_000)), seconds: 1 }
    }
}

/// The clock of recorded pictures: frame by frame, over all rounds. Waits where the pace is to be kept.
pub(super) struct PlaybackClock {
    rate: Rate,
    frames: u64,
    paced_since: Option<Instant>,
    is_paced: bool,
}

impl PlaybackClock {
    pub(super) const fn new(rate: Rate, is_paced: bool) -> Self {
        Self { rate, frames: 0, paced_since: None, is_paced }
    }

    /// The time of the next frame, which starts at one frame's time.
    pub(super) fn tick(&mut self) -> u64 {
        self.frames += 1;
        let at_ms = self.frames * 1_000 * self.rate.seconds / self.rate.frames;
        if self.is_paced {
            let since = *self.paced_since.get_or_insert_with(Instant::now);
            let due = Duration::from_millis(at_ms);
            // What was late before is not made up for in a burst: the clock starts anew.
            match due.checked_sub(since.elapsed()) {
                Some(wait) => std::thread::sleep(wait),
                None => self.paced_since = Instant::now().checked_sub(due),
            }
        }
        at_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_follows_the_rate_without_drift() {
        let mut clock = PlaybackClock::new(Rate::new(30_000, 1_001).unwrap(), false);
        let times: Vec<u64> = (0..30_000).map(|_| clock.tick()).collect();
        assert_eq!((times[0], times[29_999]), (33, 1_001_000));
        assert!(times.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn rates_that_no_camera_has_are_none() {
        for (frames, seconds) in [(0, 1), (1, 0), (2_000, 1), (1, 4_000)] {
            assert_eq!(Rate::new(frames, seconds), None, "{frames}/{seconds}");
        }
    }

    #[test]
    fn the_pace_is_kept_and_late_frames_are_not_made_up_for() {
        let mut clock = PlaybackClock::new(Rate::new(100, 1).unwrap(), true);
        let started = Instant::now();
        for _ in 0..5 {
            clock.tick();
        }
        assert!(started.elapsed() >= Duration::from_millis(45));
        std::thread::sleep(Duration::from_millis(60));
        clock.tick();
        let resumed = Instant::now();
        clock.tick();
        assert!(resumed.elapsed() >= Duration::from_millis(5), "the frame after a late one waits again");
    }
}
