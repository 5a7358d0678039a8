//! `[feedback]` in the configuration, and the outputs that it names.

use std::path::PathBuf;

use serde::{Deserialize, Deserializer, Serialize, de};

use super::cue::{Manner, VOLUME_MAX};
use super::deck::Outputs;
use super::output::{Nothing, Speaker, Vibrator};
use super::program::ProgramSpeaker;

/// By which program sounds are played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpeakerChoice {
    /// By none.
    #[default]
    None,
    /// By `aplay` (ALSA).
    Aplay,
    /// By `pw-play` (`PipeWire`).
    PwPlay,
}

/// How a person is told of results.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FeedbackSettings {
    /// 0 (nothing) to 5.
    #[serde(deserialize_with = "volume")]
    pub volume: u8,
    /// No sound at all; the screen's edge shows each result instead.
    pub silent: bool,
    /// Whether to vibrate.
    pub vibration: bool,
    /// By which program sounds are played.
    pub speaker: SpeakerChoice,
    /// The device that vibrates, `/dev/input/eventN`; left out: the first that does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vibrator: Option<PathBuf>,
}

impl Default for FeedbackSettings {
    fn default() -> Self {
        Self { volume: 4, silent: false, vibration: true, speaker: SpeakerChoice::None, vibrator: None }
    }
}

impl FeedbackSettings {
    /// Whether these are the settings that hold where the configuration says none.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// How the person wants to be told.
    #[must_use]
    pub const fn manner(&self) -> Manner {
        Manner { volume: self.volume, silent: self.silent, vibration: self.vibration }
    }

    /// The outputs of this device. What is missing is said in the log, and the others work.
    #[must_use]
    pub fn outputs(&self) -> Outputs {
        let speaker: Box<dyn Speaker> = match self.speaker {
            SpeakerChoice::None => Box::new(Nothing),
            SpeakerChoice::Aplay => Box::new(ProgramSpeaker::aplay()),
            SpeakerChoice::PwPlay => Box::new(ProgramSpeaker::pw_play()),
        };
        Outputs { speaker, vibrator: self.open_vibrator(), lamp: Box::new(Nothing) }
    }

    #[cfg(target_os = "linux")]
    fn open_vibrator(&self) -> Box<dyn Vibrator> {
        use super::rumble::Rumble;
        if !self.vibration {
            return Box::new(Nothing);
        }
        let found = match &self.vibrator {
            Some(path) => Rumble::open(path).inspect_err(|error| tracing::warn!("{error}")).ok(),
            None => Rumble::find(),
        };
        match found {
            Some(rumble) => Box::new(rumble),
            None => Box::new(Nothing),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn open_vibrator(&self) -> Box<dyn Vibrator> {
        Box::new(Nothing)
    }
}

fn volume<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    let volume = u8::deserialize(deserializer)?;
    if volume <= VOLUME_MAX { Ok(volume) } else { Err(de::Error::custom("volume goes from 0 to 5")) }
}
