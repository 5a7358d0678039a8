//! What a clerk can be told, with its sound, vibration and colour: the table of `screens.md` 2.3, and nowhere else.

use serde::Serialize;

use crate::config::Language;

/// One thing to be told, gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signal {
    /// A package was looked up; nothing was recorded.
    LookUp,
    /// A scan was undone.
    Undone,
    /// 通过.
    Accepted,
    /// 通过·有提示.
    AcceptedNote,
    /// Every package of the document is there.
    AllThere,
    /// 准予放行.
    GateCleared,
    /// 重复.
    Duplicate,
    /// 暂不放行.
    GateHeld,
    /// 不符.
    Wrong,
    /// 拦截: repeated until somebody acknowledges it.
    Blocked,
}

/// Form of a tone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wave {
    /// Soft.
    Sine,
    /// Harsh: heard beside a forklift.
    Square,
}

/// One tone and the silence after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tone {
    /// Frequency in hertz.
    pub hz: u32,
    /// Duration in milliseconds.
    pub ms: u32,
    /// Silence after it, in milliseconds.
    pub gap_ms: u32,
    /// Its form.
    pub wave: Wave,
}

/// One buzz and the rest after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buzz {
    /// Duration in milliseconds.
    pub on_ms: u32,
    /// Rest after it, in milliseconds.
    pub off_ms: u32,
    /// At half strength.
    pub soft: bool,
}

/// Colours as 0xRRGGBB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    /// Of the banner, and of the screen's edge in silent mode.
    pub fill: u32,
    /// On it.
    pub text: u32,
    /// A strip beneath, 24 px.
    pub strip: Option<u32>,
}

const fn tone(hz: u32, ms: u32, gap_ms: u32) -> Tone {
    Tone { hz, ms, gap_ms, wave: Wave::Sine }
}

const fn square(hz: u32, ms: u32, gap_ms: u32) -> Tone {
    Tone { hz, ms, gap_ms, wave: Wave::Square }
}

const fn buzz(on_ms: u32, off_ms: u32) -> Buzz {
    Buzz { on_ms, off_ms, soft: false }
}

const GREEN: Colour = Colour { fill: 0x00_A2_72, text: 0x00_00_00, strip: None };
const NOTE: Colour = Colour { strip: Some(0xFF_D2_4A), ..GREEN };
const AMBER: Colour = Colour { fill: 0xFF_D2_4A, text: 0x00_00_00, strip: None };
const RED: Colour = Colour { fill: 0xB5_12_1B, text: 0xFF_FF_FF, strip: None };
const VIOLET: Colour = Colour { fill: 0x2B_0A_3D, text: 0xFF_FF_FF, strip: Some(0xFF_D2_4A) };
const GREY: Colour = Colour { fill: 0x3F_4A_55, text: 0xFF_FF_FF, strip: None };

impl Signal {
    /// All of them.
    pub const EVERY: [Self; 10] = [
        Self::LookUp,
        Self::Undone,
        Self::Accepted,
        Self::AcceptedNote,
        Self::AllThere,
        Self::GateCleared,
        Self::Duplicate,
        Self::GateHeld,
        Self::Wrong,
        Self::Blocked,
    ];

    /// Its sound.
    #[must_use]
    pub const fn tones(self) -> &'static [Tone] {
        match self {
            Self::LookUp => const { &[tone(1_200, 30, 0)] },
            Self::Undone => const { &[tone(1_500, 40, 0), tone(1_000, 60, 0)] },
            Self::Accepted => const { &[tone(2_000, 80, 0)] },
            Self::AcceptedNote => const { &[tone(2_000, 60, 40), tone(1_500, 60, 0)] },
            Self::AllThere => const { &[tone(1_500, 80, 0), tone(2_000, 80, 0), tone(2_500, 120, 0)] },
            Self::GateCleared => const { &[tone(1_000, 120, 0), tone(1_250, 120, 0), tone(1_500, 120, 0)] },
            Self::Duplicate => const { &[tone(1_000, 60, 60), tone(1_000, 60, 0)] },
            Self::GateHeld => const { &[tone(900, 160, 0), tone(450, 220, 80), tone(900, 160, 0), tone(450, 220, 0)] },
            Self::Wrong => const { &[square(900, 160, 0), square(450, 220, 0)] },
            Self::Blocked => {
                const {
                    &[
                        square(1_800, 120, 0),
                        square(900, 120, 0),
                        square(1_800, 120, 0),
                        square(900, 120, 0),
                        square(1_800, 120, 0),
                        square(900, 120, 0),
                    ]
                }
            }
        }
    }

    /// Its vibration. What has none in the table is told by sound and screen alone.
    #[must_use]
    pub const fn buzzes(self) -> &'static [Buzz] {
        match self {
            Self::Accepted => const { &[buzz(40, 0)] },
            Self::AcceptedNote => const { &[buzz(40, 60), Buzz { on_ms: 40, off_ms: 0, soft: true }] },
            Self::AllThere => const { &[buzz(40, 40), buzz(40, 40), buzz(120, 0)] },
            Self::Duplicate => const { &[buzz(60, 80), buzz(60, 0)] },
            Self::Wrong => const { &[buzz(300, 0)] },
            Self::Blocked => const { &[buzz(400, 150), buzz(400, 150), buzz(400, 0)] },
            Self::LookUp | Self::Undone | Self::GateCleared | Self::GateHeld => const { &[] },
        }
    }

    /// Its colours.
    #[must_use]
    pub const fn colour(self) -> Colour {
        match self {
            Self::Accepted | Self::AllThere | Self::GateCleared => GREEN,
            Self::AcceptedNote => NOTE,
            Self::Duplicate => AMBER,
            Self::Wrong | Self::GateHeld => RED,
            Self::Blocked => VIOLET,
            Self::LookUp | Self::Undone => GREY,
        }
    }

    /// Its word.
    #[must_use]
    pub const fn word(self, language: Language) -> &'static str {
        let (zh, en) = match self {
            Self::LookUp => ("仅查询，未计入作业", "Look-up only, not counted"),
            Self::Undone => ("已撤销", "Undone"),
            Self::Accepted => ("通过", "Accepted"),
            Self::AcceptedNote => ("通过·有提示", "Accepted, note"),
            Self::AllThere => ("已齐", "All there"),
            Self::GateCleared => ("准予放行", "Cleared"),
            Self::Duplicate => ("重复", "Duplicate"),
            Self::GateHeld => ("暂不放行", "Held"),
            Self::Wrong => ("不符", "Wrong"),
            Self::Blocked => ("拦截", "Blocked"),
        };
        match language {
            Language::Zh => zh,
            Language::En => en,
        }
    }
}
