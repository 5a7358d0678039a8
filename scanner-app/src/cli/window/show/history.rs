//! The history of a task, and the reason of an undo.

use std::sync::Arc;

use anyhow::Result;
use shared::mismatch::ScanResult;

use super::super::alarm::outcome;
use super::super::clerk::Clerk;
use super::super::tasks::{of_task, title};
use super::{is_provisional, tail};
use crate::session::Feedback;
use crate::ui::intent::HistoryTab;
use crate::ui::view::{HistoryRow, HistoryView, PageView};

impl Clerk {
    pub(in super::super) fn history_view(&mut self) -> HistoryView {
        let (search, tab, newest) = (self.state.search.clone(), self.state.history.tab, self.state.history.newest);
        let known = self.state.history.shown.as_ref().filter(|(known, _)| *known == search);
        let rows = known.map_or_else(
            || {
                let ending = search.to_ascii_uppercase();
                let own = self.work.session_ref().and_then(crate::session::Session::operator);
                let until = newest.unwrap_or(0);
                let wanted = |answer: &&Feedback| answer.seq <= until && shows(tab, answer);
                let row = |answer: &Feedback| {
                    let other = answer.operator.as_ref().filter(|operator| Some(*operator) != own);
                    history_row(answer, other.map(|operator| self.name_of(operator.as_str())))
                };
                let rows = self.work.feedback().iter().rev().filter(wanted).map(row);
                rows.filter(|row| row.tail.to_ascii_uppercase().ends_with(&ending)).collect()
            },
            |(_, rows)| Arc::clone(rows),
        );
        self.state.history.shown = Some((search.clone(), Arc::clone(&rows)));
        let scans = self.work.feedback();
        let newer = scans.len() - scans.partition_point(|answer| newest.is_some_and(|newest| answer.seq <= newest));
        let title = self.work.task().map(|task| title(&of_task(&task))).unwrap_or_default();
        HistoryView { title, rows, chosen: self.state.chosen, search, tab, newer }
    }

    pub(super) fn undo_why_view(&self) -> PageView {
        let scan = self.state.history.why.and_then(|seq| self.work.feedback().iter().find(|scan| scan.seq == seq));
        let Some(scan) = scan else { return PageView::Tasks(self.tasks_view()) };
        let own = self.work.session_ref().and_then(crate::session::Session::operator);
        PageView::UndoWhy(scan.seq, tail(scan), scan.operator.as_ref() != own)
    }

    /// Packages that other terminals scanned on the document of the open task, asked for once until something changes.
    pub(super) fn others(&mut self) -> Result<u64> {
        if self.state.others.is_none() {
            let counts = self.work.session().map(crate::session::Session::counts).transpose()?.unwrap_or_default();
            self.state.others = Some(counts.all.saturating_sub(counts.own));
        }
        Ok(self.state.others.unwrap_or(0))
    }
}

fn shows(tab: HistoryTab, answer: &Feedback) -> bool {
    match tab {
        HistoryTab::All => true,
        HistoryTab::Undone => answer.undone,
        HistoryTab::Accepted => !answer.undone && answer.result == ScanResult::Accepted,
        HistoryTab::Duplicate => !answer.undone && answer.result == ScanResult::Duplicate,
        HistoryTab::Grave => !answer.undone && answer.result >= ScanResult::Wrong,
    }
}

fn history_row(answer: &Feedback, by: Option<String>) -> HistoryRow {
    HistoryRow {
        outcome: outcome(answer),
        tail: tail(answer),
        at: answer.at,
        kind: answer.verdict.first().map(|found| found.kind),
        seq: answer.seq,
        undone: answer.undone,
        provisional: is_provisional(&answer.verdict),
        by,
    }
}
