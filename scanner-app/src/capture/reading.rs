//! Inputs to readings.

use shared::code::Grammars;
use shared::code::wedge::{WedgeFault, explain};
use shared::event::LabelMetadata;
use vision::{Luma, Reader, Symbol};

use super::{Input, Seen};
use crate::session::Reading;

/// One input, with what was read in it.
#[derive(Debug, Default)]
pub struct Frame {
    /// When it was taken, on the source's own clock, in milliseconds.
    pub at_ms: u64,
    /// What was read.
    pub readings: Vec<Reading>,
    /// The symbols behind the readings, with their places.
    pub symbols: Vec<Symbol>,
    /// The picture, for the viewfinder.
    pub picture: Option<Luma>,
    /// What a hand scanner or its computer did to a line. Where the text could be restored with certainty, the restored one is
    /// the reading; else the clerk is told.
    pub fault: Option<WedgeFault>,
}

/// Reads inputs, one after the other.
#[derive(Default)]
pub struct InputReader {
    reader: Reader,
    grammars: Grammars,
}

impl InputReader {
    /// What is in an input. A moment without any is an empty frame.
    pub fn read(&mut self, input: Input) -> Frame {
        let at_ms = input.at_ms;
        match input.seen {
            Seen::Picture(picture) => {
                let symbols = self.reader.read(&picture.view());
                Frame { at_ms, readings: readings(&symbols), symbols, picture: Some(picture), fault: None }
            }
            Seen::Line(text) => self.line(at_ms, text),
            Seen::Nothing => Frame { at_ms, ..Frame::default() },
        }
    }

    /// A hand scanner reads one label by itself and checks it: its word counts as two.
    fn line(&self, at_ms: u64, text: String) -> Frame {
        let fault = explain(&text, &self.grammars);
        let text = fault.as_ref().and_then(|fault| fault.restored.clone()).unwrap_or(text);
        let readings = vec![Reading { text, agree: 2, label: None }];
        Frame { at_ms, readings, fault, ..Frame::default() }
    }
}

/// Symbols as readings.
fn readings(symbols: &[Symbol]) -> Vec<Reading> {
    let reading = |symbol: &Symbol| Reading {
        text: symbol.text.clone(),
        agree: symbol.agree,
        label: Some(LabelMetadata {
            version: symbol.version,
            ec_level: symbol.ec_level.and_then(word),
            mode: symbol.mode.and_then(word),
        }),
    };
    symbols.iter().map(reading).collect()
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
        InputReader::default().read(Input { at_ms: 5, seen: Seen::Line(text.to_owned()) })
    }

    #[test]
    fn a_line_is_a_reading_that_counts_as_two() {
        let frame = line(CODE);
        assert_eq!((frame.at_ms, frame.fault.is_none(), frame.picture.is_none()), (5, true, true));
        assert_eq!(frame.readings, [Reading { text: CODE.into(), agree: 2, label: None }]);
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
    fn what_cannot_be_undone_is_kept_as_it_came_and_explained() {
        let typed = "HTTPS://ID.EXAMPLE.CN/01/169012345678";
        let frame = line(typed);
        assert_eq!(frame.readings[0].text, typed);
        assert!(frame.fault.is_some_and(|fault| fault.restored.is_none() && !fault.words().1.is_empty()));
    }

    #[test]
    fn a_moment_without_input_has_no_reading() {
        let frame = InputReader::default().read(Input { at_ms: 9, seen: Seen::Nothing });
        assert!(frame.readings.is_empty() && frame.picture.is_none() && frame.at_ms == 9);
    }
}
