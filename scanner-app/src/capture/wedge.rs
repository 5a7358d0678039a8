//! Lines on standard input: a keyboard-wedge scanner, a fixed reader or a script.

use std::io::BufRead;

use shared::event::Capture;

use super::{CaptureError, Frame, Source};
use crate::session::Reading;

/// Longer lines are no label's text.
const LINE_BYTES_MAX: usize = 4_096;

/// Time between two lines: each pull of the trigger is a scan of its own, so it lies beyond every debounce window.
const LINE_MS: u64 = 10_000;

#[derive(Default)]
pub(super) struct Wedge {
    at_ms: u64,
}

impl Source for Wedge {
    fn next(&mut self) -> Option<Result<Frame, CaptureError>> {
        let mut line = String::new();
        match std::io::stdin().lock().read_line(&mut line) {
            Ok(0) => None,
            Ok(_) => {
                self.at_ms += LINE_MS;
                Some(Ok(frame(line.trim(), self.at_ms)))
            }
            Err(error) => Some(Err(CaptureError::Wedge(error))),
        }
    }

    fn how(&self) -> Capture {
        Capture::Wedge
    }
}

/// A hand scanner reads one label by itself and checks it: its word counts as two.
fn frame(text: &str, at_ms: u64) -> Frame {
    let usable = !text.is_empty() && text.len() <= LINE_BYTES_MAX;
    let reading = Reading { text: text.to_owned(), agree: 2, label: None };
    Frame { at_ms, readings: if usable { vec![reading] } else { Vec::new() }, symbols: Vec::new(), picture: None }
}
