//! Finds symbols that decoders pass over: small, blurred, many in one frame.
//!
//! | file | step |
//! |---|---|
//! | `threshold` | what divides dark from light in each part of the picture |
//! | `finders` | finder patterns, by their runs of 1:1:3:1:1 across and down |
//! | `triples` | which three of them belong to one symbol, and its version by the timing patterns |
//! | `fit` | the corners, by all that is known of the symbol's modules |

mod finders;
mod fit;
mod threshold;
mod triples;

pub(crate) use self::finders::Finder;
pub(crate) use self::threshold::Thresholds;
use self::triples::{Timing, Triple};
use crate::decoder::Located;
use crate::luma::LumaView;

/// From this on a timing pattern is sure enough to try the symbol at once.
const TIMING_CLEAR: f32 = 0.15;

/// The most symbols of unsure timing patterns that are tried.
const DOUBTFUL_MAX: usize = 150;

/// Finder patterns of a picture.
pub(crate) struct Field<'a> {
    view: LumaView<'a>,
    finders: Vec<Finder>,
    inverted: bool,
}

impl<'a> Field<'a> {
    /// Looks for the finder patterns of dark symbols, or of inverted ones; those in `covered` places are left out.
    pub(crate) fn search(view: &LumaView<'a>, inverted: bool, covered: impl Fn([f32; 2]) -> bool) -> Self {
        let thresholds = Thresholds::new(view);
        let mut finders = finders::search(view, &thresholds, inverted);
        finders.retain(|finder| !covered(finder.centre));
        Self { view: *view, finders, inverted }
    }

    /// Tries the symbols that they may belong to, the likeliest first. `read` says whether it read one: its finder patterns
    /// belong to no other then. It ends the search by `None`.
    pub(crate) fn symbols(&self, mut read: impl FnMut(&Located) -> Option<bool>) {
        let mut used = vec![false; self.finders.len()];
        let mut doubtful = Vec::new();
        for triple in triples::search(&self.finders) {
            if triple.members.iter().any(|member| used[*member]) {
                continue;
            }
            match triple.timing(&self.view, &self.finders, self.inverted) {
                Some(timing) if timing.score < TIMING_CLEAR => doubtful.push((triple, timing)),
                Some(timing) if self.attempt(&triple, timing, &mut used, &mut read).is_none() => return,
                _ => {}
            }
        }
        doubtful.sort_by(|(_, a), (_, b)| b.score.total_cmp(&a.score));
        for (triple, timing) in doubtful.iter().take(DOUBTFUL_MAX) {
            let is_free = triple.members.iter().all(|member| !used[*member]);
            if is_free && self.attempt(triple, *timing, &mut used, &mut read).is_none() {
                return;
            }
        }
    }

    fn attempt(
        &self,
        triple: &Triple,
        timing: Timing,
        used: &mut [bool],
        read: &mut impl FnMut(&Located) -> Option<bool>,
    ) -> Option<()> {
        let corners = fit::corners(&self.view, &self.finders, triple, timing.version, self.inverted);
        let Some(corners) = corners else { return Some(()) };
        if read(&Located { corners, version: Some(timing.version) })? {
            triple.members.iter().for_each(|member| used[*member] = true);
        }
        Some(())
    }
}
