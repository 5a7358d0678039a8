//! One picture and what every contender made of it.

use crate::collection::Picture;
use crate::race::Outcome;
use crate::texts::{Judgement, judge, judge_strictly};

/// Pictures by their number of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SizeClass {
    /// Below 0.3 megapixels (under about VGA).
    Tiny,
    /// From 0.3 to below 1.
    Small,
    /// From 1 to below 3.
    Medium,
    /// 3 and more.
    Large,
}

impl SizeClass {
    /// All, ascending.
    pub const ALL: [Self; 4] = [Self::Tiny, Self::Small, Self::Medium, Self::Large];

    /// The class of a picture of so many pixels.
    #[must_use]
    pub fn of(pixels: usize) -> Self {
        match pixels {
            0..300_000 => Self::Tiny,
            300_000..1_000_000 => Self::Small,
            1_000_000..3_000_000 => Self::Medium,
            _ => Self::Large,
        }
    }

    /// Its key in reports, in megapixels.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Tiny => "below_0.3_mp",
            Self::Small => "0.3_to_1_mp",
            Self::Medium => "1_to_3_mp",
            Self::Large => "from_3_mp",
        }
    }
}

/// One picture and what every contender made of it, in the order of the contenders.
#[derive(Clone, Debug)]
pub struct Row {
    /// The picture.
    pub picture: Picture,
    /// Its pixels.
    pub pixels: usize,
    /// What came out.
    pub outcomes: Vec<Outcome>,
    /// How that compares folded; `None` where nothing is known.
    pub folded: Vec<Option<Judgement>>,
    /// And byte by byte.
    pub strict: Vec<Option<Judgement>>,
}

impl Row {
    /// Judges the outcomes.
    #[must_use]
    pub fn new(picture: Picture, pixels: usize, outcomes: Vec<Outcome>) -> Self {
        let folded = outcomes.iter().map(|outcome| judge(&picture.truth, &outcome.texts)).collect();
        let strict = outcomes.iter().map(|outcome| judge_strictly(&picture.truth, &outcome.texts)).collect();
        Self { picture, pixels, outcomes, folded, strict }
    }

    /// Whether contender `at` read all codes.
    #[must_use]
    pub fn all_right(&self, at: usize) -> bool {
        self.folded[at].as_ref().is_some_and(|judged| judged.all_right)
    }

    /// Whether the picture has codes whose texts are known: rates are shares of these.
    #[must_use]
    pub fn counts(&self) -> bool {
        matches!(self.picture.truth, crate::texts::Truth::Texts(_))
    }
}
