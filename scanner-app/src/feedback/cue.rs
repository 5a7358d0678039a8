//! From the results of one frame to one cue: the worst is told, the others are counted. Pure.

use serde::{Deserialize, Serialize};
use shared::mismatch::ScanResult;

use super::signal::{Buzz, Colour, Signal, Tone};
use crate::config::Language;

/// The loudest volume.
pub const VOLUME_MAX: u8 = 5;

/// How long the screen's edge shows a result in silent mode, in milliseconds.
pub const EDGE_MS: u32 = 400;

/// Silence between the sound of a result and that of "all there", in milliseconds.
const ALL_THERE_GAP_MS: u32 = 80;

/// How a person wants to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// 0 (nothing) to 5.
    pub volume: u8,
    /// No sound at all; the screen's edge instead.
    pub silent: bool,
    /// Whether to vibrate.
    pub vibration: bool,
}

/// The result of one scan, as far as it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// The one-word answer.
    pub result: ScanResult,
    /// Whether an accepted one carries a warning.
    pub note: bool,
}

impl Told {
    const fn signal(self) -> Signal {
        match self.result {
            ScanResult::Accepted if self.note => Signal::AcceptedNote,
            ScanResult::Accepted => Signal::Accepted,
            ScanResult::Duplicate => Signal::Duplicate,
            ScanResult::Wrong => Signal::Wrong,
            ScanResult::Blocked => Signal::Blocked,
        }
    }
}

/// Results of one frame by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Accepted, with a note or without.
    pub accepted: u32,
    /// Already in the task.
    pub duplicate: u32,
    /// Held.
    pub wrong: u32,
    /// Blocked.
    pub blocked: u32,
}

impl Counts {
    fn add(&mut self, result: ScanResult) {
        let count = match result {
            ScanResult::Accepted => &mut self.accepted,
            ScanResult::Duplicate => &mut self.duplicate,
            ScanResult::Wrong => &mut self.wrong,
            ScanResult::Blocked => &mut self.blocked,
        };
        *count += 1;
    }

    /// Those that are not none, in the order in which a banner shows them: each a shape and a number.
    #[must_use]
    pub fn parts(&self) -> Vec<(Signal, u32)> {
        let all = [
            (Signal::Accepted, self.accepted),
            (Signal::Duplicate, self.duplicate),
            (Signal::Wrong, self.wrong),
            (Signal::Blocked, self.blocked),
        ];
        all.into_iter().filter(|(_, count)| *count > 0).collect()
    }
}

/// What is told at once: by ear, by hand and by eye.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    /// The worst.
    pub signal: Signal,
    /// The others of the same frame.
    pub others: Counts,
    /// Whether the document is complete with this frame: the figure inverts.
    pub all_there: bool,
    /// What sounds; empty when silent.
    pub tones: Vec<Tone>,
    /// How loud, 0 to 5.
    pub volume: u8,
    /// What vibrates; empty when switched off.
    pub buzzes: Vec<Buzz>,
    /// The banner's colours.
    pub colour: Colour,
    /// How long the screen's edge shows the fill, in milliseconds; 0 where it does not.
    pub edge_ms: u32,
    /// Whether it comes back until somebody acknowledges it.
    pub is_alarm: bool,
}

impl Cue {
    /// A cue for one signal alone: an undo, a gate, a look-up.
    #[must_use]
    pub fn of(signal: Signal, manner: Manner) -> Self {
        Self::new(signal, Counts::default(), false, manner)
    }

    fn new(signal: Signal, others: Counts, all_there: bool, manner: Manner) -> Self {
        let sounds = !manner.silent && manner.volume > 0;
        let mut tones = signal.tones().to_vec();
        let mut buzzes = signal.buzzes().to_vec();
        // A complete document is good news: it is not sounded over a grave result, the figure tells it.
        if all_there && matches!(signal, Signal::Accepted | Signal::AcceptedNote) {
            if let Some(last) = tones.last_mut() {
                last.gap_ms = ALL_THERE_GAP_MS;
            }
            tones.extend(Signal::AllThere.tones());
            if let Some(last) = buzzes.last_mut() {
                last.off_ms = ALL_THERE_GAP_MS;
            }
            buzzes.extend(Signal::AllThere.buzzes());
        }
        Self {
            signal,
            others,
            all_there,
            tones: if sounds { tones } else { Vec::new() },
            volume: manner.volume.min(VOLUME_MAX),
            buzzes: if manner.vibration { buzzes } else { Vec::new() },
            colour: signal.colour(),
            edge_ms: if manner.silent { EDGE_MS } else { 0 },
            is_alarm: signal == Signal::Blocked,
        }
    }

    /// The same cue, given once: where nobody can acknowledge an alarm, at a fixed reader without a screen.
    #[must_use]
    pub fn once(self) -> Self {
        Self { is_alarm: false, ..self }
    }

    /// The banner's second part: `同帧：通过 2 · 重复 1`; empty for a frame with one label.
    #[must_use]
    pub fn same_frame(&self, language: Language) -> String {
        let parts = self.others.parts();
        if parts.is_empty() {
            return String::new();
        }
        let parts: Vec<String> =
            parts.iter().map(|(signal, count)| format!("{} {count}", signal.word(language))).collect();
        match language {
            Language::Zh => format!("同帧：{}", parts.join(" · ")),
            Language::En => format!("Same frame: {}", parts.join(" · ")),
        }
    }

    /// How long the sound lasts, in milliseconds.
    #[must_use]
    pub fn sound_ms(&self) -> u64 {
        self.tones.iter().map(|tone| u64::from(tone.ms + tone.gap_ms)).sum()
    }
}

/// The one cue for the results of one frame; none for a frame without any. `all_there` says that the document is complete with it.
#[must_use]
pub fn plan(results: &[Told], all_there: bool, manner: Manner) -> Option<Cue> {
    let worst = results.iter().map(|told| told.signal()).max()?;
    let place = results.iter().position(|told| told.signal() == worst)?;
    let mut others = Counts::default();
    for (_, told) in results.iter().enumerate().filter(|(other, _)| *other != place) {
        others.add(told.result);
    }
    Some(Cue::new(worst, others, all_there, manner))
}
