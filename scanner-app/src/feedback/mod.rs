//! Feedback (`screens.md` 2.3, 4.2, 4.6): what a clerk hears, feels and sees of a scan, after its commit.
//!
//! | to find | look in |
//! |---|---|
//! | sound, vibration and colour of each result | [`Signal`] |
//! | one cue for the results of one frame | [`plan`] |
//! | what cuts what, and the alarm that comes back | [`Player`] |
//! | tones as samples | [`samples`] |
//! | the thread that gives cues | [`Deck`] |
//! | what a device gives them by | [`Speaker`], [`Vibrator`], [`Lamp`] |
//!
//! All but the outputs and the thread is pure.

mod cue;
mod deck;
mod output;
mod player;
mod program;
#[cfg(target_os = "linux")]
mod rumble;
mod settings;
mod signal;
mod synth;
#[cfg(test)]
mod tests;

pub use cue::{Counts, Cue, EDGE_MS, Manner, Told, VOLUME_MAX, plan};
pub use deck::{Deck, DeckState, Outputs};
pub use output::{Given, Lamp, Nothing, OutputError, Recorder, Speaker, Vibrator};
pub use player::{ALARM_EVERY_MS, Player};
pub use program::ProgramSpeaker;
#[cfg(target_os = "linux")]
pub use rumble::Rumble;
pub use settings::{FeedbackSettings, SpeakerChoice};
pub use signal::{Buzz, Colour, Signal, Tone, Wave};
pub use synth::{RATE_HZ, samples};
