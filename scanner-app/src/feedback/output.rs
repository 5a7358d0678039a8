//! Where a cue goes: a speaker, a vibrator, a lamp. Each may be missing.

use std::sync::{Arc, Mutex, PoisonError};

use super::signal::{Buzz, Colour};

/// Something that a cue could not be given by. The scan is recorded all the same.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The player program.
    #[error("no sound: the program `{program}` cannot be used ({source}). Install it, or set `speaker` in [feedback]")]
    Player {
        /// Which.
        program: String,
        /// Why.
        source: std::io::Error,
    },
    /// The vibrator.
    #[error(
        "no vibration: {device} cannot be used ({source}). Check that this user may write it, or leave `vibrator` out"
    )]
    Vibrator {
        /// Which.
        device: String,
        /// Why.
        source: std::io::Error,
    },
    /// The device cannot vibrate.
    #[error("no vibration: {0} does not vibrate on demand. Name another `vibrator` in [feedback], or leave it out")]
    NoRumble(String),
}

impl OutputError {
    /// What the pre-shift check says of it, in Chinese and English: what is missing and what to do.
    #[must_use]
    pub const fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::Player { .. } => (
                "无声音。播放程序不可用。看屏幕和振动，找主管安装。",
                "No sound. The player is missing. Watch the screen; have it installed.",
            ),
            Self::Vibrator { .. } | Self::NoRumble(_) => (
                "无振动。本机不支持或被占用。看屏幕、听声音。",
                "No vibration. Not on this device, or in use. Watch and listen.",
            ),
        }
    }
}

/// Makes sound.
pub trait Speaker: Send {
    /// Plays mono samples at [`super::RATE_HZ`], cutting whatever plays. Returns when the first samples are handed on.
    fn play(&mut self, samples: &[i16]) -> Result<(), OutputError>;
    /// Ends whatever plays.
    fn stop(&mut self);
}

/// Vibrates.
pub trait Vibrator: Send {
    /// Vibrates, cutting whatever goes on. Returns at once.
    fn buzz(&mut self, buzzes: &[Buzz]) -> Result<(), OutputError>;
}

/// Shows a colour: the edge of the screen, or a lamp on a fixed reader.
pub trait Lamp: Send {
    /// Shows the fill for so many milliseconds. Returns at once.
    fn show(&mut self, colour: Colour, ms: u32);
}

/// Nothing: the device lacks it, or it is switched off.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Speaker for Nothing {
    fn play(&mut self, _samples: &[i16]) -> Result<(), OutputError> {
        Ok(())
    }

    fn stop(&mut self) {}
}

impl Vibrator for Nothing {
    fn buzz(&mut self, _buzzes: &[Buzz]) -> Result<(), OutputError> {
        Ok(())
    }
}

impl Lamp for Nothing {
    fn show(&mut self, _colour: Colour, _ms: u32) {}
}

/// What was given, for tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// So many samples began to play.
    Sound(usize),
    /// The sound was ended.
    Stop,
    /// This vibration.
    Buzz(Vec<Buzz>),
    /// This fill, for so many milliseconds.
    Edge(u32, u32),
}

/// Writes down what is given; clones share one list.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    given: Arc<Mutex<Vec<Given>>>,
}

impl Recorder {
    /// What was given since the last call.
    #[must_use]
    pub fn take(&self) -> Vec<Given> {
        std::mem::take(&mut *self.given.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, given: Given) {
        self.given.lock().unwrap_or_else(PoisonError::into_inner).push(given);
    }
}

impl Speaker for Recorder {
    fn play(&mut self, samples: &[i16]) -> Result<(), OutputError> {
        self.note(Given::Sound(samples.len()));
        Ok(())
    }

    fn stop(&mut self) {
        self.note(Given::Stop);
    }
}

impl Vibrator for Recorder {
    fn buzz(&mut self, buzzes: &[Buzz]) -> Result<(), OutputError> {
        self.note(Given::Buzz(buzzes.to_vec()));
        Ok(())
    }
}

impl Lamp for Recorder {
    fn show(&mut self, colour: Colour, ms: u32) {
        self.note(Given::Edge(colour.fill, ms));
    }
}
