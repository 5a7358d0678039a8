//! Keys typed into the window: a hand scanner told from a person by the time between keys. Pure: keys and times in, decisions out.
//!
//! Keys are held back for one gap at most. What turns out to be typing is given back in its order, untouched.

use super::settings::KeySettings;

/// Characters after which held keys can be no label's text.
const HELD_MAX: usize = 4_096;

/// A key that went down.
#[derive(Clone, Copy, Debug)]
pub struct KeyPressed<'t> {
    /// What it types, as Slint has it: a character, or a code for keys that type none.
    pub text: &'t str,
    /// Whether Control, Alt or Meta is held.
    pub is_command: bool,
    /// Whether the keyboard repeats a held key.
    pub is_repeat: bool,
    /// When, in milliseconds on a clock that never steps back.
    pub at_ms: u64,
}

/// What held keys turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyOutcome {
    /// A scanner's text, without prefix and suffix.
    Line(String),
    /// Typing, to be given to the focused element key by key.
    Typed(Vec<String>),
}

/// What to do now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Whether this key is kept from the focused element. It comes back in an outcome, if it was typed.
    pub is_held: bool,
    /// What the keys before turned out to be, in their order.
    pub outcomes: Vec<KeyOutcome>,
}

/// Assembles a scanner's keys to lines.
#[derive(Debug)]
pub struct KeyAssembler {
    settings: KeySettings,
    held: Vec<String>,
    last_ms: u64,
}

/// What a key is to a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Shift and its like: part of typing another key.
    Modifier,
    /// A part of a text.
    Character,
    /// Enter or Tab.
    End,
    /// Anything else: no scanner sends it.
    Other,
}

impl KeyAssembler {
    /// With a scanner's settings.
    #[must_use]
    pub const fn new(settings: KeySettings) -> Self {
        Self { settings, held: Vec::new(), last_ms: 0 }
    }

    /// A key goes down.
    pub fn press(&mut self, key: KeyPressed<'_>) -> Decision {
        let role = role(&key);
        if role == Role::Modifier {
            return Decision::default();
        }
        let mut outcomes: Vec<KeyOutcome> = self.pause(key.at_ms).into_iter().collect();
        let is_held = match role {
            Role::Character => {
                self.held.push(character(&key).to_owned());
                self.last_ms = key.at_ms;
                let whole = self.ends_with_suffix() || self.held.len() == HELD_MAX;
                outcomes.extend(whole.then(|| self.release(None)).flatten());
                true
            }
            _ if self.held.is_empty() => false,
            Role::End if self.is_scan() => {
                outcomes.extend(self.release(None));
                true
            }
            _ => {
                outcomes.extend(self.release(Some(key.text)));
                true
            }
        };
        Decision { is_held, outcomes }
    }

    /// What the held keys are if the pause since the last one is too long for a scanner.
    pub fn pause(&mut self, now_ms: u64) -> Option<KeyOutcome> {
        let is_over = now_ms.saturating_sub(self.last_ms) > self.settings.gap_ms;
        if is_over { self.release(None) } else { None }
    }

    /// How long to wait before [`Self::pause`] is to be asked; none while no key is held.
    #[must_use]
    pub const fn wait_ms(&self) -> Option<u64> {
        if self.held.is_empty() { None } else { Some(self.settings.gap_ms + 1) }
    }

    /// Empties what is held: a scanner's text, or typing with the key that ended it.
    fn release(&mut self, ended_by: Option<&str>) -> Option<KeyOutcome> {
        if self.held.is_empty() {
            return None;
        }
        let is_scan = ended_by.is_none() && self.is_scan();
        let mut keys = std::mem::take(&mut self.held);
        Some(if is_scan {
            KeyOutcome::Line(self.settings.strip(&keys.concat()).to_owned())
        } else {
            keys.extend(ended_by.map(str::to_owned));
            KeyOutcome::Typed(keys)
        })
    }

    fn is_scan(&self) -> bool {
        (self.settings.length_min..HELD_MAX).contains(&self.held.len())
    }

    fn ends_with_suffix(&self) -> bool {
        let suffix = &self.settings.suffix;
        !suffix.is_empty() && self.is_scan() && self.held.concat().ends_with(suffix.as_str())
    }
}

/// The separator is typed as Control and `]`.
fn character<'t>(key: &KeyPressed<'t>) -> &'t str {
    if key.is_command && key.text == "]" { "\u{1d}" } else { key.text }
}

fn role(key: &KeyPressed<'_>) -> Role {
    let mut characters = character(key).chars();
    let (Some(character), None) = (characters.next(), characters.next()) else { return Role::Other };
    match character {
        // Slint's codes of Shift, Control, Alt, AltGr, caps lock and Meta.
        '\u{10}'..='\u{18}' => Role::Modifier,
        _ if key.is_repeat => Role::Other,
        '\n' | '\r' | '\t' => Role::End,
        '\u{1d}' => Role::Character,
        // Slint's codes of arrows, function keys and the like are in the private use area.
        '\u{e000}'..='\u{f8ff}' => Role::Other,
        _ if character.is_control() || key.is_command => Role::Other,
        _ => Role::Character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD";
    const SHIFT: &str = "\u{10}";

    struct Hand {
        assembler: KeyAssembler,
        at_ms: u64,
        outcomes: Vec<KeyOutcome>,
        passed: Vec<String>,
    }

    fn hand(settings: KeySettings) -> Hand {
        Hand { assembler: KeyAssembler::new(settings), at_ms: 0, outcomes: Vec::new(), passed: Vec::new() }
    }

    impl Hand {
        fn press(&mut self, text: &str, after_ms: u64) {
            self.press_as(KeyPressed { text, is_command: false, is_repeat: false, at_ms: 0 }, after_ms);
        }

        fn press_as(&mut self, key: KeyPressed<'_>, after_ms: u64) {
            // As the window's timer does.
            if let Some(wait_ms) = self.assembler.wait_ms().filter(|wait_ms| *wait_ms <= after_ms) {
                self.outcomes.extend(self.assembler.pause(self.at_ms + wait_ms));
            }
            self.at_ms += after_ms;
            let decision = self.assembler.press(KeyPressed { at_ms: self.at_ms, ..key });
            self.outcomes.extend(decision.outcomes);
            if !decision.is_held {
                self.passed.push(key.text.to_owned());
            }
        }

        fn text(&mut self, text: &str, gap_ms: u64) {
            for character in text.chars() {
                if character.is_ascii_uppercase() {
                    self.press(SHIFT, 0);
                }
                self.press(&character.to_string(), gap_ms);
            }
        }

        fn rest(&mut self) {
            self.at_ms += 1_000;
            self.outcomes.extend(self.assembler.pause(self.at_ms));
        }

        /// All that the focused element gets, in its order, but for modifiers.
        fn typed(&self) -> String {
            let given = self.outcomes.iter().filter_map(|outcome| match outcome {
                KeyOutcome::Typed(keys) => Some(keys.concat()),
                KeyOutcome::Line(_) => None,
            });
            given.collect()
        }
    }

    fn line(text: &str) -> KeyOutcome {
        KeyOutcome::Line(text.to_owned())
    }

    #[test]
    fn a_scan_that_ends_with_enter_or_tab_is_a_line_and_nothing_else_sees_it() {
        for end in ["\n", "\r", "\t"] {
            let mut hand = hand(KeySettings::default());
            hand.text(CODE, 2);
            hand.press(end, 2);
            assert_eq!(hand.outcomes, [line(CODE)]);
            assert!(hand.passed.iter().all(|key| key == SHIFT), "{:?}", hand.passed);
            hand.rest();
            assert_eq!(hand.outcomes.len(), 1);
        }
    }

    #[test]
    fn a_scan_without_an_end_is_a_line_after_a_pause() {
        let mut hand = hand(KeySettings::default());
        hand.text(CODE, 10);
        assert!(hand.outcomes.is_empty());
        hand.rest();
        hand.text(CODE, 10);
        hand.rest();
        assert_eq!(hand.outcomes, [line(CODE), line(CODE)]);
    }

    #[test]
    fn typing_passes_in_its_order() {
        let mut hand = hand(KeySettings::default());
        hand.text("Hello world, 箱 7", 120);
        hand.press("\n", 120);
        hand.rest();
        assert_eq!(hand.typed(), "Hello world, 箱 7");
        assert_eq!(hand.passed.last().unwrap(), "\n", "Enter after a pause is not held");
    }

    #[test]
    fn quick_typing_of_a_short_word_is_typing_with_its_enter() {
        let mut hand = hand(KeySettings::default());
        hand.text("1024", 20);
        hand.press("\n", 20);
        assert_eq!(hand.outcomes, [KeyOutcome::Typed(["1", "0", "2", "4", "\n"].map(str::to_owned).to_vec())]);
    }

    #[test]
    fn a_scan_right_after_typing_is_a_line_of_its_own() {
        let mut hand = hand(KeySettings::default());
        hand.text("ab", 150);
        hand.at_ms += 200;
        hand.text(CODE, 3);
        hand.press("\n", 3);
        hand.text("c", 200);
        hand.rest();
        assert_eq!(hand.typed(), "abc");
        assert_eq!(hand.outcomes.iter().filter(|outcome| **outcome == line(CODE)).count(), 1);
    }

    #[test]
    fn a_held_key_and_commands_are_never_a_scan() {
        let mut hand = hand(KeySettings::default());
        for _ in 0..50 {
            hand.press_as(KeyPressed { text: "a", is_command: false, is_repeat: true, at_ms: 0 }, 30);
        }
        for text in ["c", "v", "x", "c", "v", "x", "c"] {
            hand.press_as(KeyPressed { text, is_command: true, is_repeat: false, at_ms: 0 }, 5);
        }
        for text in ["\u{f700}", "\u{f704}", "\u{8}", "\u{1b}", "\n", "\t"] {
            hand.press(text, 5);
        }
        assert!(hand.outcomes.is_empty(), "{:?}", hand.outcomes);
        assert_eq!(hand.passed.len(), 50 + 7 + 6);
    }

    #[test]
    fn a_correction_while_typing_quickly_keeps_its_place() {
        let mut hand = hand(KeySettings::default());
        hand.text("abc", 10);
        hand.press("\u{8}", 10);
        hand.text("d", 10);
        hand.rest();
        assert_eq!(hand.typed(), "abc\u{8}d");
    }

    #[test]
    fn prefix_and_suffix_are_stripped_and_a_suffix_ends() {
        let settings = KeySettings { prefix: "]Q3".into(), suffix: "$$".into(), ..KeySettings::default() };
        let mut hand = hand(settings);
        hand.text(&format!("]Q3{CODE}$$"), 3);
        assert_eq!(hand.outcomes, [line(CODE)]);
        hand.press("\n", 3);
        assert_eq!(hand.passed.last().unwrap(), "\n");
    }

    #[test]
    fn the_separator_comes_as_a_command_or_as_itself() {
        let mut hand = hand(KeySettings::default());
        hand.text("0106901234567892", 3);
        hand.press_as(KeyPressed { text: "]", is_command: true, is_repeat: false, at_ms: 0 }, 3);
        hand.text("21AB", 3);
        hand.press("\u{1d}", 3);
        hand.press("X", 3);
        hand.press("\n", 3);
        assert_eq!(hand.outcomes, [line("0106901234567892\u{1d}21AB\u{1d}X")]);
    }

    #[test]
    fn endless_keys_are_given_back() {
        let mut hand = hand(KeySettings::default());
        for _ in 0..HELD_MAX + 10 {
            hand.press("x", 1);
        }
        hand.rest();
        assert!(matches!(&hand.outcomes[0], KeyOutcome::Typed(keys) if keys.len() == HELD_MAX));
    }
}
