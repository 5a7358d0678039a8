//! One statement: its verb, its plain words, its `key=value` options, its time. Every word must be used: what nobody asks for is an
//! error that names line and column.

use std::cell::RefCell;
use std::collections::BTreeSet;

use shared::time::Timestamp;

use crate::calendar::{Calendar, duration_ms, is_clock};
use crate::words::{Line, Word};

/// What is wrong with a scenario, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {why}")]
pub struct ScenarioError {
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
    /// What is wrong.
    pub why: String,
}

impl ScenarioError {
    /// An error at a place.
    #[must_use]
    pub fn new(line: usize, column: usize, why: impl Into<String>) -> Self {
        Self { line, column, why: why.into() }
    }
}

/// One statement of a file.
#[derive(Debug)]
pub struct Statement {
    /// Its line, from 1.
    pub line: usize,
    /// Its first word.
    pub verb: String,
    /// `@…`.
    pub at: Option<Timestamp>,
    /// What stands after `->`.
    pub arrow: Option<Word>,
    words: Vec<Word>,
    calendar: RefCell<Calendar>,
    used: RefCell<BTreeSet<usize>>,
}

impl Statement {
    /// Reads a line; times move the calendar's last named day.
    pub fn read(line: &Line, calendar: &mut Calendar) -> Result<Self, ScenarioError> {
        let mut rest = line.words.iter().peekable();
        let verb = rest.next().map(|word| word.text.clone()).unwrap_or_default();
        let (mut words, mut at, mut arrow) = (Vec::new(), None, None);
        while let Some(word) = rest.next() {
            let wrong = |why| ScenarioError::new(line.number, word.column, why);
            let is_time =
                !word.quoted && (word.text.starts_with('@') || (verb == "at" && words.is_empty() && at.is_none()));
            if word.text == "->" && !word.quoted {
                arrow = rest.next().cloned();
                if arrow.is_none() {
                    return Err(wrong("nothing stands after `->`".to_owned()));
                }
            } else if is_time {
                let text = word.text.trim_start_matches('@');
                let mut time = calendar.time(text).map_err(wrong)?;
                if let Some(clock) = rest.next_if(|next| !text.contains(':') && is_clock(&next.text)) {
                    time = calendar.time(&clock.text).map_err(wrong)?;
                }
                at = Some(time);
            } else {
                words.push(word.clone());
            }
        }
        let calendar = RefCell::new(*calendar);
        Ok(Self { line: line.number, verb, at, arrow, words, calendar, used: RefCell::default() })
    }

    /// An error at a word of this statement that reads `text`; at its beginning where none does.
    #[must_use]
    pub fn wrong(&self, text: &str, why: impl Into<String>) -> ScenarioError {
        let word = self.words.iter().find(|word| word.text == text || word.text.ends_with(&format!("={text}")));
        ScenarioError::new(self.line, word.map_or(1, |word| word.column), why)
    }

    /// Plain words: no option, or quoted. They count as used.
    pub fn plain(&self) -> impl Iterator<Item = &Word> {
        let plain = self.words.iter().enumerate().filter(|(_, word)| word.quoted || !word.text.contains('='));
        plain.map(|(place, word)| {
            self.used.borrow_mut().insert(place);
            word
        })
    }

    /// The plain word at a place, or an error that says what is missing.
    pub fn word(&self, place: usize, what: &str) -> Result<&str, ScenarioError> {
        let word = self.plain().nth(place).map(|word| word.text.as_str());
        word.ok_or_else(|| ScenarioError::new(self.line, 1, format!("`{}` lacks {what}", self.verb)))
    }

    /// Whether a plain word stands there, from `from` on.
    #[must_use]
    pub fn has(&self, text: &str, from: usize) -> bool {
        let word = self.words.iter().enumerate().skip(from).find(|(_, word)| !word.quoted && word.text == text);
        word.map(|(place, _)| self.used.borrow_mut().insert(place)).is_some()
    }

    /// The value of an option, under any of its names.
    #[must_use]
    pub fn option(&self, names: &[&str]) -> Option<&str> {
        let mut found = None;
        for (place, word) in self.words.iter().enumerate().filter(|(_, word)| !word.quoted) {
            let Some((key, value)) = word.text.split_once('=') else { continue };
            if names.contains(&key) {
                self.used.borrow_mut().insert(place);
                found = Some(value);
            }
        }
        found
    }

    /// `key=no` (or `off`, `false`): whether an option denies.
    #[must_use]
    pub fn denies(&self, names: &[&str]) -> bool {
        self.option(names).is_some_and(|value| matches!(value, "no" | "off" | "false"))
    }

    /// `key=yes` (or `on`, `true`), or the key alone as a word: whether an option affirms.
    #[must_use]
    pub fn affirms(&self, name: &str) -> bool {
        let option = self.option(&[name]).is_some_and(|value| matches!(value, "yes" | "on" | "true"));
        option || self.has(name, 0)
    }

    /// An option's time.
    pub fn time(&self, names: &[&str]) -> Result<Option<Timestamp>, ScenarioError> {
        self.option(names).map(|text| self.moment(text)).transpose()
    }

    /// A time within a word, such as the `D3` of `suspended@D3`.
    pub fn moment(&self, text: &str) -> Result<Timestamp, ScenarioError> {
        self.calendar.borrow_mut().time(text).map_err(|why| self.wrong(text, why))
    }

    /// The first moment of the scenario.
    #[must_use]
    pub fn start(&self) -> Timestamp {
        self.calendar.borrow().start()
    }

    /// An option's duration, in milliseconds.
    pub fn duration(&self, names: &[&str]) -> Result<Option<i64>, ScenarioError> {
        self.option(names).map(|text| duration_ms(text).map_err(|why| self.wrong(text, why))).transpose()
    }

    /// A number.
    pub fn number<N: std::str::FromStr>(&self, text: &str) -> Result<N, ScenarioError> {
        text.parse().map_err(|_| self.wrong(text, format!("`{text}` is no number that fits here")))
    }

    /// Words of the form `word@TIME`, such as `suspended@D5`.
    pub fn dated(&self, name: &str) -> Result<Option<Timestamp>, ScenarioError> {
        let prefix = format!("{name}@");
        for (place, word) in self.words.iter().enumerate().filter(|(_, word)| !word.quoted) {
            if let Some(time) = word.text.strip_prefix(&prefix) {
                self.used.borrow_mut().insert(place);
                return self.moment(time).map(Some);
            }
        }
        Ok(None)
    }

    /// The goods: `PRODUCT=n` words, where the name begins with a capital letter.
    pub fn goods(&self) -> Result<Vec<(String, u64)>, ScenarioError> {
        let mut goods = Vec::new();
        for (place, word) in self.words.iter().enumerate().filter(|(_, word)| !word.quoted) {
            let Some((key, value)) = word.text.split_once('=') else { continue };
            if key.starts_with(|first: char| first.is_ascii_uppercase()) {
                self.used.borrow_mut().insert(place);
                goods.push((key.to_owned(), self.number(value)?));
            }
        }
        Ok(goods)
    }

    /// An error if some word was never asked for.
    pub fn all_used(&self) -> Result<(), ScenarioError> {
        let used = self.used.borrow();
        match self.words.iter().enumerate().find(|(place, _)| !used.contains(place)) {
            Some((_, word)) => {
                let why = format!("`{}` does not know the word `{}`", self.verb, word.text);
                Err(ScenarioError::new(self.line, word.column, why))
            }
            None => Ok(()),
        }
    }
}
