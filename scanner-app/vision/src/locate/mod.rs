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
#[cfg(test)]
mod tests;
mod threshold;
mod triples;

use self::finders::Finder;
use self::threshold::Thresholds;
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

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.finders.len()
    }

    /// Tries the symbols that they may belong to, the likeliest first. `read` says whether it read one: its finder patterns
    /// belong to no other then. It ends the search by `None`; so does `is_over`. Symbols whose middle is to be `left` alone are
    /// passed over.
    pub(crate) fn symbols(
        &self,
        is_over: impl Fn() -> bool,
        left: impl Fn([f32; 2]) -> bool,
        mut read: impl FnMut(&Located) -> Option<bool>,
    ) {
        let mut used = vec![false; self.finders.len()];
        let mut doubtful = Vec::new();
        for (at, triple) in triples::search(&self.finders).into_iter().enumerate() {
            // The clock is a call to the system: it costs as much as a look.
            if at.is_multiple_of(16) && is_over() {
                return;
            }
            if triple.members.iter().any(|member| used[*member]) || left(self.middle(&triple)) {
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

    /// The middle of the symbol that three finder patterns would belong to.
    fn middle(&self, triple: &Triple) -> [f32; 2] {
        let [_, right, below] = triple.members.map(|member| self.finders[member].centre);
        [f32::midpoint(right[0], below[0]), f32::midpoint(right[1], below[1])]
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
