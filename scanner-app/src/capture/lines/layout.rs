//! Keys to characters by the US layout, which hand scanners are delivered with. Keys, not characters: what the computer's own
//! layout, input method or caps lock would make of them plays no part.

/// Numbers of the keys that are no character, as Linux counts keys (`input-event-codes.h`).
mod code {
    pub(super) const TAB: u16 = 15;
    pub(super) const ENTER: u16 = 28;
    pub(super) const CONTROL: [u16; 2] = [29, 97];
    pub(super) const SHIFT: [u16; 2] = [42, 54];
    pub(super) const ALT: [u16; 2] = [56, 100];
    pub(super) const CAPS_LOCK: u16 = 58;
    pub(super) const PAD_ENTER: u16 = 96;
}

/// Runs of keys with following numbers: the first number, the characters, the characters with Shift.
const RUNS: [(u16, &str, &str); 8] = [
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", "ASDFGHJKL:\"~"),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (55, "*", "*"),
    (57, " ", " "),
    (71, PAD, PAD),
    (98, "/", "/"),
];

/// The number pad, from its 7.
const PAD: &str = "789-456+1230.";

/// What a key gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// A character of the text.
    Character(char),
    /// The end of the text.
    End,
}

/// The keys that are held down, and caps lock as this device set it.
#[derive(Debug, Default)]
pub(super) struct Keyboard {
    held: Vec<u16>,
    is_caps_locked: bool,
    /// The number typed on the pad while Alt is held.
    alt_number: Option<u32>,
}

impl Keyboard {
    /// A key goes down or up. Repeats of a held key are not to be given.
    pub(super) fn key(&mut self, key: u16, is_down: bool) -> Option<Typed> {
        if !is_down {
            self.held.retain(|held| *held != key);
            return if code::ALT.contains(&key) { self.alt_number.take().and_then(of_number) } else { None };
        }
        if [code::CONTROL, code::SHIFT, code::ALT].concat().contains(&key) {
            self.held.push(key);
            return None;
        }
        match key {
            code::ENTER | code::PAD_ENTER | code::TAB => return Some(Typed::End),
            code::CAPS_LOCK => {
                self.is_caps_locked = !self.is_caps_locked;
                return None;
            }
            _ => {}
        }
        let (plain, shifted) = characters(key)?;
        if self.is_held(code::ALT) {
            // Alt and a number on the pad is how scanners send what no key types.
            if let Some(digit) = plain.to_digit(10) {
                self.alt_number = Some(self.alt_number.unwrap_or(0).saturating_mul(10).saturating_add(digit));
            }
            return None;
        }
        if self.is_held(code::CONTROL) {
            return controlled(plain);
        }
        // Caps lock turns letters only, and Shift turns them back.
        let is_shifted = self.is_held(code::SHIFT) != (self.is_caps_locked && plain.is_ascii_alphabetic());
        Some(Typed::Character(if is_shifted { shifted } else { plain }))
    }

    /// After the device was lost: nothing is held.
    pub(super) fn release_all(&mut self) {
        *self = Self::default();
    }

    fn is_held(&self, either: [u16; 2]) -> bool {
        self.held.iter().any(|held| either.contains(held))
    }
}

fn characters(key: u16) -> Option<(char, char)> {
    RUNS.iter().find_map(|(first, plain, shifted)| {
        let place = usize::from(key.checked_sub(*first)?);
        let at = |run: &str| run.as_bytes().get(place).map(|byte| char::from(*byte));
        Some((at(plain)?, at(shifted)?))
    })
}

/// Control and a key: the separators, and the ends that scanners send this way.
const fn controlled(plain: char) -> Option<Typed> {
    match plain {
        '\\' => Some(Typed::Character('\u{1c}')),
        ']' => Some(Typed::Character('\u{1d}')),
        '6' => Some(Typed::Character('\u{1e}')),
        '-' => Some(Typed::Character('\u{1f}')),
        'i' | 'j' | 'm' => Some(Typed::End),
        _ => None,
    }
}

fn of_number(number: u32) -> Option<Typed> {
    match char::from_u32(number)? {
        '\t' | '\n' | '\r' => Some(Typed::End),
        '\0'..'\u{1c}' | '\u{7f}' => None,
        character => Some(Typed::Character(character)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of a character, and whether Shift makes it.
    fn key_of(character: char) -> (u16, bool) {
        // The pad's keys come after those of the main field, so each character is found there first.
        let found = RUNS.iter().find_map(|(first, plain, shifted)| {
            let in_run = |run: &str| run.find(character).map(|place| first + u16::try_from(place).unwrap());
            in_run(plain).map(|key| (key, false)).or_else(|| in_run(shifted).map(|key| (key, true)))
        });
        found.unwrap_or_else(|| panic!("no key types {character}"))
    }

    fn strike(keyboard: &mut Keyboard, keys: &[u16]) -> Vec<Typed> {
        let mut typed: Vec<Typed> = keys.iter().filter_map(|key| keyboard.key(*key, true)).collect();
        typed.extend(keys.iter().rev().filter_map(|key| keyboard.key(*key, false)));
        typed
    }

    fn scan(keyboard: &mut Keyboard, text: &str) -> String {
        let mut seen = String::new();
        for character in text.chars() {
            let (key, is_shifted) = key_of(character);
            let keys = if is_shifted { vec![42, key] } else { vec![key] };
            for typed in strike(keyboard, &keys) {
                let Typed::Character(character) = typed else { panic!("an end inside") };
                seen.push(character);
            }
        }
        seen
    }

    const CODE: &str = "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD?a=b&c#d";

    #[test]
    fn a_link_comes_as_the_label_has_it() {
        assert_eq!(scan(&mut Keyboard::default(), CODE), CODE);
        let all: String = (' '..='~').collect();
        assert_eq!(scan(&mut Keyboard::default(), &all), all);
    }

    #[test]
    fn caps_lock_that_the_scanner_strikes_itself_turns_letters_only() {
        let mut keyboard = Keyboard::default();
        strike(&mut keyboard, &[code::CAPS_LOCK]);
        assert_eq!(scan(&mut keyboard, "abc1/:"), "ABC1/:");
        strike(&mut keyboard, &[code::CAPS_LOCK]);
        assert_eq!(scan(&mut keyboard, "abC"), "abC");
    }

    #[test]
    fn ends_and_separators() {
        let mut keyboard = Keyboard::default();
        for end in [&[28][..], &[96], &[15], &[29, 50], &[29, 36]] {
            assert_eq!(strike(&mut keyboard, end), [Typed::End], "{end:?}");
        }
        assert_eq!(strike(&mut keyboard, &[29, 27]), [Typed::Character('\u{1d}')], "Control and ]");
        assert_eq!(strike(&mut keyboard, &[29, 30]), [], "Control and A is no text");
    }

    #[test]
    fn alt_and_a_number_is_a_character() {
        let mut keyboard = Keyboard::default();
        let mut alt = |digits: &[u16]| {
            keyboard.key(56, true);
            for digit in digits {
                assert_eq!(keyboard.key(*digit, true), None);
                keyboard.key(*digit, false);
            }
            keyboard.key(56, false)
        };
        assert_eq!(alt(&[82, 82, 80, 73]), Some(Typed::Character('\u{1d}')), "0029");
        assert_eq!(alt(&[82, 79, 76]), None, "015 is no text");
        assert_eq!(alt(&[79, 81]), Some(Typed::End), "13");
        assert_eq!(alt(&[]), None);
        assert_eq!(alt(&[73; 40]), None, "no number is too long");
    }

    #[test]
    fn keys_that_no_scanner_has_type_nothing_and_a_lost_device_holds_none() {
        let mut keyboard = Keyboard::default();
        for key in [0, 1, 14, 59, 103, 111, 125, 200, 700, u16::MAX] {
            assert_eq!(keyboard.key(key, true), None, "{key}");
        }
        keyboard.key(42, true);
        keyboard.release_all();
        assert_eq!(keyboard.key(30, true), Some(Typed::Character('a')));
    }
}
