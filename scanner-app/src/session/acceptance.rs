//! Which readings become facts. A wrong text is the worst error: a code counts when its check digit holds, any other text only
//! when two families, two transforms or two frames agree. And one label before the camera is one scan, not thirty a second.

use std::collections::HashMap;

use shared::event::LabelMetadata;

use crate::capture::Reading;

/// How long the same text before the same camera is one scan, in milliseconds since it was last seen.
pub const DEBOUNCE_MS: u64 = 1_500;

/// How long a first sight of a text that is no code waits for a second, in milliseconds.
const SECOND_SIGHT_MS: u64 = 5_000;

/// The memory that decides.
#[derive(Debug, Default)]
pub struct Acceptance {
    last_seen_ms: HashMap<String, u64>,
    first_sight_ms: HashMap<String, u64>,
}

impl Acceptance {
    /// The readings of a frame that are new scans. `at_ms` is the frame's time on a clock that never steps back.
    pub fn accept(&mut self, readings: Vec<Reading>, at_ms: u64) -> Vec<(String, Option<LabelMetadata>)> {
        let new = readings.into_iter().filter(|reading| self.is_sure(reading, at_ms));
        let new: Vec<Reading> = new.collect();
        let fresh = new.into_iter().filter(|reading| {
            let before = self.last_seen_ms.insert(reading.text.clone(), at_ms);
            before.is_none_or(|before| at_ms.saturating_sub(before) >= DEBOUNCE_MS)
        });
        let fresh = fresh.map(|reading| (reading.text, reading.label)).collect();
        self.last_seen_ms.retain(|_, seen| at_ms.saturating_sub(*seen) < DEBOUNCE_MS);
        fresh
    }

    /// Texts of which `forgets` says so are new scans again, though their labels have stayed in view.
    pub fn forget(&mut self, forgets: impl Fn(&str) -> bool) {
        self.last_seen_ms.retain(|text, _| !forgets(text));
    }

    fn is_sure(&mut self, reading: &Reading, at_ms: u64) -> bool {
        if reading.agree >= 2 || shared::code::parse(&reading.text).is_ok() {
            return true;
        }
        self.first_sight_ms.retain(|_, seen| at_ms.saturating_sub(*seen) < SECOND_SIGHT_MS);
        reading.is_fresh && self.first_sight_ms.insert(reading.text.clone(), at_ms).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD";

    fn seen(memory: &mut Acceptance, text: &str, agree: u8, at_ms: u64) -> usize {
        memory.accept(vec![Reading { text: text.into(), agree, is_fresh: true, label: None }], at_ms).len()
    }

    #[test]
    fn a_code_counts_at_once_and_once_while_it_stays_in_view() {
        let mut memory = Acceptance::default();
        let new: Vec<usize> = (0..100).map(|frame| seen(&mut memory, CODE, 1, frame * 33)).collect();
        assert_eq!(new.iter().sum::<usize>(), 1);
        assert_eq!(new[0], 1);
    }

    #[test]
    fn a_code_that_comes_back_later_is_a_new_scan() {
        let mut memory = Acceptance::default();
        assert_eq!(seen(&mut memory, CODE, 1, 0), 1);
        assert_eq!(seen(&mut memory, CODE, 1, DEBOUNCE_MS - 1), 0);
        assert_eq!(seen(&mut memory, CODE, 1, 2 * DEBOUNCE_MS), 1);
    }

    #[test]
    fn a_code_in_view_is_new_again_once_it_is_forgotten() {
        let mut memory = Acceptance::default();
        assert_eq!(seen(&mut memory, CODE, 1, 0), 1);
        memory.forget(|text| text != CODE);
        assert_eq!(seen(&mut memory, CODE, 1, 33), 0);
        memory.forget(|text| text == CODE);
        assert_eq!(seen(&mut memory, CODE, 1, 66), 1);
    }

    #[test]
    fn another_text_needs_two_that_agree() {
        let mut memory = Acceptance::default();
        assert_eq!(seen(&mut memory, "GARBAGE", 1, 0), 0);
        assert_eq!(seen(&mut memory, "GARBAGE", 1, 33), 1);
        assert_eq!(seen(&mut memory, "SEEN BY TWO FAMILIES", 2, 0), 1);
        let followed = Reading { text: "FOLLOWED".into(), agree: 1, is_fresh: false, label: None };
        for frame in 0..5 {
            assert!(memory.accept(vec![followed.clone()], frame * 33).is_empty(), "seen is not read");
        }
    }
}
