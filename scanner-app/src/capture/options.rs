//! Options after a source's name: `?key=value&key=value`.

use std::fmt::Display;
use std::str::FromStr;

use super::CaptureError;

/// The options of one source, each taken once.
pub(super) struct Options<'t> {
    kind: &'static str,
    expected: &'static str,
    left: Vec<(&'t str, &'t str)>,
}

impl<'t> Options<'t> {
    /// Splits `text` (all after the colon) into the name and its options. A `?` that no `key=value` follows belongs to the name:
    /// files may have one.
    pub(super) fn split(kind: &'static str, expected: &'static str, text: &'t str) -> (&'t str, Self) {
        let options = text.rsplit_once('?').and_then(|(name, tail)| {
            let pairs: Option<Vec<_>> = tail.split('&').map(|pair| pair.split_once('=')).collect();
            Some((name, pairs?))
        });
        let (name, left) = options.unwrap_or((text, Vec::new()));
        (name, Self { kind, expected, left })
    }

    /// The value of an option, if it was given.
    pub(super) fn take<T>(&mut self, key: &str) -> Result<Option<T>, CaptureError>
    where
        T: FromStr,
        T::Err: Display,
    {
        let Some(place) = self.left.iter().position(|(name, _)| *name == key) else { return Ok(None) };
        let (_, value) = self.left.remove(place);
        value.parse().map(Some).map_err(|error| self.wrong(key, value, &error))
    }

    /// Refuses what nobody took.
    pub(super) fn finish(self) -> Result<(), CaptureError> {
        match self.left.first() {
            Some((key, value)) => Err(self.wrong(key, value, &"it is unknown, or given twice")),
            None => Ok(()),
        }
    }

    fn wrong(&self, key: &str, value: &str, why: &dyn Display) -> CaptureError {
        CaptureError::Option {
            option: format!("{key}={value}"),
            source_kind: self.kind,
            expected: format!("{why}; known are {}", self.expected),
        }
    }
}
