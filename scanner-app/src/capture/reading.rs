//! Inputs to readings.

use std::sync::Arc;

use shared::code::Grammars;
use shared::code::wedge::{WedgeFault, explain};
use shared::event::LabelMetadata;
use vision::{Aim, Corners, Guard, Luma, Sighting, Symbol};

use super::{CaptureError, Input, Seen, Source};

/// One text read in one frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The text.
    pub text: String,
    /// How many independent reads of this frame agree.
    pub agree: u8,
    /// Whether the label was read in this frame, and not only seen again: two fresh reads are two witnesses.
    pub is_fresh: bool,
    /// The symbol, as far as known.
    pub label: Option<LabelMetadata>,
}

/// One input, with what was read in it.
#[derive(Debug, Default)]
pub struct Frame {
    /// When it was taken, on the source's own clock, in milliseconds.
    pub at_ms: u64,
    /// What was read.
    pub readings: Vec<Reading>,
    /// The symbols behind the readings, with their places.
    pub symbols: Vec<Symbol>,
    /// Where labels seem to be that could not be read yet.
    pub unread: Vec<Corners>,
    /// The picture, for the viewfinder.
    pub picture: Option<Arc<Luma>>,
    /// What a hand scanner or its computer did to a line. Where the text could be restored with certainty, the restored one is
    /// the reading; else the clerk is told.
    pub fault: Option<WedgeFault>,
}

/// Reads inputs, one after the other.
#[derive(Debug)]
pub struct InputReader {
    guard: Guard,
    aim: Aim,
    grammars: Grammars,
}

impl InputReader {
    /// A reader for the labels that are wanted of what `source` gives: frames of a camera are read together, pictures of a folder each by itself.
    #[must_use]
    pub fn new(source: &dyn Source, aim: Aim) -> Self {
        let guard = if source.is_continuous() { Guard::frames() } else { Guard::pictures() };
        Self { guard, aim, grammars: Grammars::default() }
    }

    /// Lines of a hand scanner are read by these grammars from now on.
    pub fn read_by(&mut self, grammars: Grammars) {
        self.grammars = grammars;
    }

    /// A reader that takes each frame by itself, whatever it follows: for codes that change in one place.
    #[must_use]
    pub fn one_by_one() -> Self {
        Self { guard: Guard::pictures(), aim: Aim::Everything, grammars: Grammars::default() }
    }

    /// What is in an input. A moment without any is an empty frame.
    pub fn read(&mut self, input: Input) -> Result<Frame, CaptureError> {
        let at_ms = input.at_ms;
        match input.seen {
            Seen::Picture(picture) => {
                let picture = Arc::new(picture);
                let sight = self.guard.look(&picture, self.aim).map_err(CaptureError::Reader)?;
                let readings = sight.labels.iter().map(reading).collect();
                let symbols = sight.labels.into_iter().map(|label| label.symbol).collect();
                Ok(Frame { at_ms, readings, symbols, unread: sight.unread, picture: Some(picture), fault: None })
            }
            Seen::Line(text) => Ok(read_line(at_ms, text, &self.grammars)),
            Seen::Nothing => Ok(Frame { at_ms, ..Frame::default() }),
        }
    }
}

/// A line of a hand scanner, which reads one label by itself and checks it: its word counts as two. What these grammars read stands as
/// it came.
#[must_use]
pub fn read_line(at_ms: u64, text: String, grammars: &Grammars) -> Frame {
    let fault = explain(&text, grammars);
    let text = fault.as_ref().and_then(|fault| fault.restored.clone()).unwrap_or(text);
    let readings = vec![Reading { text, agree: 2, is_fresh: true, label: None }];
    Frame { at_ms, readings, fault, ..Frame::default() }
}

/// A label in a frame as a reading.
fn reading(label: &Sighting) -> Reading {
    let symbol = &label.symbol;
    Reading {
        text: symbol.text.clone(),
        agree: symbol.agree,
        is_fresh: label.is_new,
        label: Some(LabelMetadata {
            version: symbol.version,
            ec_level: symbol.ec_level.and_then(word),
            mode: symbol.mode.and_then(word),
        }),
    }
}

/// The word that an enumeration has in JSON.
fn word(value: impl serde::Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD";

    fn line(text: &str) -> Frame {
        read_line(5, text.to_owned(), &Grammars::default())
    }

    #[test]
    fn a_line_is_a_reading_that_counts_as_two() {
        let frame = line(CODE);
        assert_eq!((frame.at_ms, frame.fault.is_none(), frame.picture.is_none()), (5, true, true));
        assert_eq!(frame.readings, [Reading { text: CODE.into(), agree: 2, is_fresh: true, label: None }]);
    }

    #[test]
    fn what_a_keyboard_did_is_undone_where_certain() {
        let full_width: String = CODE.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
        for typed in [full_width, format!("{CODE}\r\n{CODE}"), format!("  {CODE} ")] {
            let frame = line(&typed);
            assert_eq!(frame.readings[0].text, CODE, "{typed}");
            assert!(frame.fault.is_some(), "{typed}");
        }
    }

    #[test]
    fn a_code_of_a_configured_pattern_stands_as_it_came() {
        let typed = "011690123456789921ABCDEFGHIJ";
        assert!(line(typed).fault.is_none());
        let config = r#"{"opaque": [{"namespace": "CTP", "pattern": "ctp:[0-9a-z ]{12}"}]}"#;
        let grammars: Grammars = serde_json::from_str(config).unwrap();
        let text = "ctp:0 23456789aB".to_lowercase();
        let frame = read_line(5, text.clone(), &grammars);
        assert_eq!((frame.fault, &*frame.readings[0].text), (None, &*text));
    }

    #[test]
    fn what_cannot_be_undone_is_kept_as_it_came_and_explained() {
        let typed = "HTTPS://ID.EXAMPLE.CN/01/169012345678";
        let frame = line(typed);
        assert_eq!(frame.readings[0].text, typed);
        assert!(frame.fault.is_some_and(|fault| fault.restored.is_none() && !fault.words().1.is_empty()));
    }
}
