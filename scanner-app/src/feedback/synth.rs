//! Tones to samples. Small on purpose: two wave forms, ramps, a volume.

use super::signal::{Tone, Wave};

/// Samples a second.
pub const RATE_HZ: u32 = 48_000;

/// Rise and fall of each tone, in milliseconds: without them each end is a click.
const RAMP_MS: u32 = 5;

/// Peak at the highest volume, as a share of full scale: some speakers distort at the very top.
const PEAK: f64 = 0.8;

/// A square wave of the same peak is felt as much louder.
const SQUARE_SHARE: f64 = 0.6;

/// Each step of volume below the highest, as a factor: six decibels.
const STEP: f64 = 0.501_187;

/// Mono samples of a sound at [`RATE_HZ`]. Volume 0 is silence of the same length, 5 the loudest.
#[must_use]
pub fn samples(tones: &[Tone], volume: u8) -> Vec<i16> {
    let steps = i32::from(super::cue::VOLUME_MAX.saturating_sub(volume));
    let peak = if volume == 0 { 0.0 } else { PEAK * STEP.powi(steps) };
    let mut samples = Vec::new();
    for tone in tones {
        let length = count(tone.ms);
        samples.extend((0..length).map(|place| sample(tone, place, length, peak)));
        samples.extend(std::iter::repeat_n(0, count(tone.gap_ms) as usize));
    }
    samples
}

/// Samples of a time.
const fn count(ms: u32) -> u32 {
    ms * (RATE_HZ / 1_000)
}

#[expect(clippy::cast_possible_truncation, reason = "the value is within full scale, as a test proves")]
fn sample(tone: &Tone, place: u32, length: u32, peak: f64) -> i16 {
    let turns = f64::from(place) * f64::from(tone.hz) / f64::from(RATE_HZ);
    let shape = match tone.wave {
        Wave::Sine => (turns * std::f64::consts::TAU).sin(),
        Wave::Square if turns.fract() < 0.5 => SQUARE_SHARE,
        Wave::Square => -SQUARE_SHARE,
    };
    (shape * ramp(place, length) * peak * f64::from(i16::MAX)).round() as i16
}

/// From 0 at both ends to 1.
fn ramp(place: u32, length: u32) -> f64 {
    let ramp = count(RAMP_MS).min(length / 2).max(1);
    let from_end = place.min(length - 1 - place);
    (f64::from(from_end) / f64::from(ramp)).min(1.0)
}
