//! One side of a document: who works on it, what was scanned there, whether it is complete.

use std::collections::BTreeMap;

use crate::ids::TerminalId;
use crate::time::Timestamp;

/// One (basis, document, stage).
#[derive(Clone, Debug, Default)]
pub struct Side<'a> {
    /// The latest final close.
    pub final_close: Option<Timestamp>,
    /// Who took the goods away, as closes say.
    pub carriers: Vec<(&'a str, crate::ids::EventRef)>,
    /// Whether the note's number was reserved by a terminal that drafts it at the close.
    pub reserved: bool,
    pub(super) opened: BTreeMap<TerminalId, Timestamp>,
    pub(super) closed: BTreeMap<TerminalId, Timestamp>,
    pub(super) scans: Vec<u32>,
}

impl Side<'_> {
    /// Whether the side is complete: its final close is held and, for each terminal that opened it, that terminal's log is held
    /// through its own close or beyond the final one (`settled.md` 14).
    #[must_use]
    pub fn is_complete(&self, reached: &BTreeMap<TerminalId, Timestamp>) -> bool {
        let Some(final_close) = self.final_close else { return false };
        self.opened.iter().all(|(terminal, opened)| {
            let closed = self.closed.get(terminal).is_some_and(|closed| closed >= opened);
            closed || reached.get(terminal).is_some_and(|reached| *reached >= final_close)
        })
    }

    pub(super) fn open(&mut self, terminal: TerminalId, at: Timestamp) {
        latest(&mut self.opened, terminal, at);
    }

    pub(super) fn close(&mut self, terminal: TerminalId, at: Timestamp) {
        latest(&mut self.closed, terminal, at);
    }
}

fn latest(times: &mut BTreeMap<TerminalId, Timestamp>, terminal: TerminalId, at: Timestamp) {
    let time = times.entry(terminal).or_insert(at);
    *time = at.max(*time);
}
