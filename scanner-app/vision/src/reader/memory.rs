//! What could not be read in earlier frames: it is tried again, but ever more seldom.

use crate::symbol::{Corners, same_place};

/// How often the pause between two tries doubles, from one frame on.
const DOUBLINGS_MAX: u32 = 5;

/// Frames after which a place that was not seen again is forgotten.
const FORGET: u32 = 90;

#[derive(Clone, Debug)]
struct Place {
    corners: Corners,
    tries: u32,
    next: u32,
    seen: u32,
    /// Whether a symbol was certainly there once.
    is_label: bool,
}

/// Places that looked like symbols and were none, or none that can be read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    places: Vec<Place>,
    frame: u32,
}

impl Memory {
    /// The places that are not to be tried in this frame.
    pub(crate) fn resting(&self) -> Vec<Corners> {
        self.places.iter().filter(|place| place.next > self.frame).map(|place| place.corners).collect()
    }

    /// The places that were seen in the last frame and are labels: many others only look a little like one.
    pub(crate) fn labels(&self) -> Vec<Corners> {
        let seen = self.places.iter().filter(|place| place.is_label && place.seen + 1 == self.frame);
        seen.map(|place| place.corners).collect()
    }

    /// Ends a frame in which `unread` were seen and not read, `tried` tried in vain, and symbols certainly `there`.
    /// Returns whether any of the unread is new, was not tried for want of time, or was tried just once: then more of its kind may be about.
    pub(crate) fn learn(&mut self, unread: &[Corners], tried: &[Corners], there: &[Corners]) -> bool {
        let mut is_news = false;
        for corners in unread {
            let is_among = |places: &[Corners]| places.iter().any(|place| same_place(place, corners));
            is_news |= self.learn_place(corners, is_among(tried), is_among(there));
        }
        self.frame += 1;
        let now = self.frame;
        self.places.retain(|place| now - place.seen < FORGET);
        is_news
    }

    fn learn_place(&mut self, corners: &Corners, was_tried: bool, is_there: bool) -> bool {
        let frame = self.frame;
        let known = self.places.iter().position(|place| same_place(&place.corners, corners));
        let at = known.unwrap_or_else(|| {
            self.places.push(Place { corners: *corners, tries: 0, next: frame, seen: frame, is_label: false });
            self.places.len() - 1
        });
        let place = &mut self.places[at];
        (place.corners, place.seen) = (*corners, frame);
        place.is_label |= is_there;
        let was_awake = place.next <= frame;
        if was_awake && was_tried {
            place.tries += 1;
            place.next = frame + 1 + (1 << (place.tries - 1).min(DOUBLINGS_MAX));
        }
        was_awake && place.tries < 3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Corners = [[0.0, 0.0], [50.0, 0.0], [50.0, 50.0], [0.0, 50.0]];

    #[test]
    fn what_cannot_be_read_is_tried_ever_more_seldom() {
        let mut memory = Memory::default();
        let tried: Vec<usize> = (0..200)
            .filter(|_| {
                let is_tried = memory.resting().is_empty();
                memory.learn(&[PLACE], &[PLACE], &[]);
                is_tried
            })
            .collect();
        assert_eq!(tried[..4], [0, 2, 5, 10]);
        assert!(tried.len() < 14, "{tried:?}");
    }

    #[test]
    fn what_there_was_no_time_for_does_not_rest() {
        let mut memory = Memory::default();
        for _ in 0..5 {
            assert!(memory.learn(&[PLACE], &[], &[]));
            assert!(memory.resting().is_empty());
        }
    }

    #[test]
    fn only_what_was_certainly_a_symbol_is_a_label() {
        let mut memory = Memory::default();
        memory.learn(&[PLACE], &[PLACE], &[]);
        assert!(memory.labels().is_empty());
        memory.learn(&[PLACE], &[PLACE], &[PLACE]);
        memory.learn(&[PLACE], &[], &[]);
        assert_eq!(memory.labels(), [PLACE], "it rests, and is still one");
        memory.learn(&[], &[], &[]);
        assert!(memory.labels().is_empty(), "out of sight");
    }

    #[test]
    fn what_is_gone_is_forgotten() {
        let mut memory = Memory::default();
        for _ in 0..12 {
            memory.learn(&[PLACE], &[PLACE], &[]);
        }
        assert!(!memory.resting().is_empty());
        for _ in 0..FORGET {
            memory.learn(&[], &[], &[]);
        }
        assert!(memory.places.is_empty() && memory.learn(&[PLACE], &[PLACE], &[]));
    }
}
