//! The table `[keys]` of the configuration: which function key does what. A handheld's own keys send whatever its maker chose.

use serde::{Deserialize, Serialize};

/// The highest function key that keyboards and handhelds send.
const HIGHEST: u8 = 24;

/// A function key, `F1` to `F24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FunctionKey(u8);

impl FunctionKey {
    /// Its number, 1 to 24.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl TryFrom<String> for FunctionKey {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let number = name.strip_prefix('F').and_then(|number| number.parse().ok());
        let found = number.filter(|number| (1..=HIGHEST).contains(number)).map(Self);
        found.ok_or_else(|| format!("`{name}` is no function key: write \"F1\" to \"F{HIGHEST}\""))
    }
}

impl From<FunctionKey> for String {
    fn from(key: FunctionKey) -> Self {
        format!("F{}", key.0)
    }
}

/// What a function key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Function {
    /// Undo the scan that the banner shows.
    Undo,
    /// The lists of the task.
    Lists,
    /// The lamp.
    Torch,
    /// The close of the task.
    Close,
    /// Wake the viewfinder, read a label in view again.
    Trigger,
    /// The menu.
    Menu,
}

/// Which key does what; no key does two things.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Chosen", into = "Chosen")]
pub struct FunctionKeys(Chosen);

/// The table as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Chosen {
    undo: FunctionKey,
    lists: FunctionKey,
    torch: FunctionKey,
    close: FunctionKey,
    trigger: FunctionKey,
    menu: FunctionKey,
}

impl Default for Chosen {
    fn default() -> Self {
        let [undo, lists, torch, close, trigger, menu] = [1, 2, 3, 4, 5, 10].map(FunctionKey);
        Self { undo, lists, torch, close, trigger, menu }
    }
}

impl TryFrom<Chosen> for FunctionKeys {
    type Error = String;

    fn try_from(chosen: Chosen) -> Result<Self, String> {
        let keys = Self(chosen);
        let all = keys.pairs();
        let twice =
            all.iter().enumerate().find(|(place, (key, _))| all[..*place].iter().any(|(other, _)| other == key));
        match twice {
            Some((_, (key, _))) => Err(format!("{} would do two things: give each its own key", String::from(*key))),
            None => Ok(keys),
        }
    }
}

impl From<FunctionKeys> for Chosen {
    fn from(keys: FunctionKeys) -> Self {
        keys.0
    }
}

impl FunctionKeys {
    /// Whether nothing was set.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Every key with what it does.
    #[must_use]
    pub const fn pairs(&self) -> [(FunctionKey, Function); 6] {
        let Chosen { undo, lists, torch, close, trigger, menu } = self.0;
        [
            (undo, Function::Undo),
            (lists, Function::Lists),
            (torch, Function::Torch),
            (close, Function::Close),
            (trigger, Function::Trigger),
            (menu, Function::Menu),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<FunctionKeys, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_key_that_is_not_named_stays_what_it_was() {
        let keys = read("undo = \"F11\"").unwrap();
        let of = |wanted| keys.pairs().into_iter().find(|(_, does)| *does == wanted).map(|(key, _)| key.number());
        assert_eq!((of(Function::Undo), of(Function::Close)), (Some(11), Some(4)));
        assert!(read("").unwrap().is_default());
    }

    #[test]
    fn a_wrong_name_and_a_key_for_two_things_are_refused_with_what_to_do() {
        for (text, word) in
            [("undo = \"F25\"", "F24"), ("torch = \"Enter\"", "F24"), ("undo = \"F4\"", "F4 would do two")]
        {
            let error = read(text).unwrap_err();
            assert!(error.contains(word), "{text}: {error}");
        }
        assert!(read("start = \"F1\"").is_err());
    }
}
