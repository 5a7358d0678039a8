//! What the pages remember between two looks: nothing of it is a fact, all of it may be forgotten.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use shared::chain::Hash;
use shared::event::{PaperMark, Stage};
use shared::ids::{BasisId, DocumentId, ProductId};
use shared::mismatch::{Kind, ScanResult};

use super::beside::BesideState;
use super::nearby::NearbyState;
use super::printing::Printing;
use crate::carry::fountain::Frames;
use crate::session::gate::Gate;
use crate::session::lists::Lists;
use crate::session::opening::Opening;
use crate::session::papers::PapersChecked;
use crate::session::receipt::LineDiffers;
use crate::session::routing::DocumentRead;
use crate::session::{Feedback, OrderedLine};
use crate::ui::intent::{CaseAct, HistoryTab, ReportWhat};
use crate::ui::view::{
    ApprovedView, HistoryRow, ListsView, Outcome, Pair, ReasonView, ReturnableView, Strip, StripTone, TaskView,
};

/// What a task is opened by.
pub(super) type TaskRef = (Stage, BasisId, DocumentId);

/// The sign-in page.
#[derive(Debug, Default)]
pub(super) struct SignState {
    /// The badge that was scanned.
    pub(super) badge: Option<String>,
    /// Whose it is, where that is known here.
    pub(super) badge_of: Option<String>,
    pub(super) message: Option<(Pair, bool)>,
    pub(super) answers: u32,
}

/// The alarm: kept with the task, so that it comes back after a restart.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct AlarmState {
    /// Scans that are blocked, oldest first.
    pub(super) blocked: Vec<(u64, Kind)>,
    /// What was scanned since it came.
    pub(super) meanwhile: Vec<(Outcome, u32)>,
}

/// A report under way.
#[derive(Debug)]
pub(super) struct ReportState {
    pub(super) what: Option<ReportWhat>,
    pub(super) count: u64,
    pub(super) text: Option<String>,
    pub(super) pack: Option<String>,
    pub(super) photos: Vec<Hash>,
    pub(super) message: Option<(Pair, bool)>,
}

impl Default for ReportState {
    fn default() -> Self {
        Self { what: None, count: 1, text: None, pack: None, photos: Vec::new(), message: None }
    }
}

/// A case under way.
#[derive(Debug, Default)]
pub(super) struct CaseState {
    /// What a scan of a case's label does.
    pub(super) mode: CaseAct,
    pub(super) answer: Option<(Pair, Outcome)>,
    /// The child that may be put in all the same.
    pub(super) insist: Option<String>,
    /// The label that was answered last.
    pub(super) about: Option<String>,
}

/// A sort under way.
#[derive(Debug, Default)]
pub(super) struct SortState {
    /// Place of the order that took the last package.
    pub(super) to: Option<usize>,
    pub(super) instead: Option<Pair>,
    /// A case that should be opened: its text, and the order that may take it whole.
    pub(super) whole: Option<(String, usize)>,
    /// Orders passed over for the last package.
    pub(super) passed_over: Vec<usize>,
}

impl SortState {
    /// A package was recorded under an order, whose slot it goes into; what is held goes into none, and a number would send it there.
    pub(super) fn recorded(&mut self, order: usize, slot: u32, result: ScanResult) {
        let is_held = matches!(result, ScanResult::Wrong | ScanResult::Blocked);
        self.to = (!is_held).then_some(order);
        self.instead =
            is_held.then(|| (format!("不进格口 {slot}，放隔离区。"), format!("Not into slot {slot}: set it aside.")));
    }
}

/// A receipt under way.
#[derive(Debug, Default)]
pub(super) struct ReceiptState {
    /// Packages that one tap confirmed, and until when (monotonic, ms) it can be undone by its bar.
    pub(super) confirmed: Option<(u64, u64)>,
    /// Each package is scanned instead.
    pub(super) each: bool,
    pub(super) differs: BTreeMap<ProductId, LineDiffers>,
    pub(super) photos: Vec<Hash>,
    pub(super) trouble: Option<Pair>,
    pub(super) sign_trouble: Option<Pair>,
}

/// What is recorded of the papers, as far as it was asked for.
#[derive(Clone, Debug, Default)]
pub(super) enum Recorded {
    #[default]
    Unasked,
    Nothing,
    Checked(PapersChecked),
}

/// The papers under way.
#[derive(Debug, Default)]
pub(super) struct PapersState {
    /// What was tapped, field by field.
    pub(super) marks: [Option<PaperMark>; 6],
    pub(super) photos: Vec<Hash>,
    /// What is recorded, once it was asked for.
    pub(super) recorded: Recorded,
}

/// The history's page.
#[derive(Debug, Default)]
pub(super) struct HistoryState {
    pub(super) tab: HistoryTab,
    /// The newest scan that shows: what came after it waits behind a chip.
    pub(super) newest: Option<u64>,
    /// The scan whose undo wants a reason.
    pub(super) why: Option<u64>,
    /// Rows as they are shown, with what was searched for.
    pub(super) shown: Option<(String, Arc<[HistoryRow]>)>,
}

/// A moving code under way.
#[derive(Default)]
pub(super) struct CarryState {
    pub(super) frames: Option<Frames>,
    pub(super) code: Option<(crate::ui::carry::Modules, u64)>,
    pub(super) next_ms: u64,
    pub(super) message: Option<(Pair, bool)>,
    /// The files that were written.
    pub(super) written: Vec<String>,
}

/// All of it.
#[derive(Default)]
pub(super) struct State {
    /// Answers of the server to look-ups that were shown.
    pub(super) looks: u64,
    pub(super) sign: SignState,
    pub(super) alarm: Option<AlarmState>,
    pub(super) report: ReportState,
    pub(super) case: CaseState,
    pub(super) sort: SortState,
    pub(super) receipt: ReceiptState,
    pub(super) carry: CarryState,
    pub(super) filter: Option<Stage>,
    pub(super) search: String,
    /// The row of the history that was tapped.
    pub(super) chosen: Option<u64>,
    /// What was undone last, until the next scan.
    pub(super) undone: Option<Feedback>,
    pub(super) undone_ms: Option<u64>,
    /// With what else the package of a scan was sent, by the scan's number: asked once.
    pub(super) sent_with: Option<(u64, Option<String>)>,
    /// A document that was read and is not opened yet.
    pub(super) read: Option<DocumentRead>,
    /// A sentence, and until when (monotonic, ms) it is shown.
    pub(super) strip: Option<(Strip, u64)>,
    /// The result at the screen's edge, and until when.
    pub(super) edge: Option<(Outcome, u64)>,
    /// The disk is full: what is said.
    pub(super) full: Option<Pair>,
    pub(super) notes_seen: bool,
    pub(super) settings_message: Option<(Pair, bool)>,
    /// The file of diagnostics that was written.
    pub(super) written: Option<String>,
    pub(super) tasks: Vec<(TaskView, TaskRef)>,
    pub(super) place: String,
    pub(super) gates: Vec<Gate>,
    pub(super) gate_place: usize,
    /// Lists and lines of the task, until something changes them.
    pub(super) lists: Option<Lists>,
    pub(super) lines: Option<Vec<OrderedLine>>,
    /// What a tablet shows beside the work.
    pub(super) beside: BesideState,
    /// Rows as they are shown, with what was searched for.
    pub(super) shown_lists: Option<ListsView>,
    pub(super) papers: PapersState,
    pub(super) history: HistoryState,
    pub(super) nearby: NearbyState,
    /// Documents whose goods can go back, while their page shows.
    pub(super) returns: Vec<ReturnableView>,
    /// A return whose reason is asked.
    pub(super) reason: Option<(Opening, ReasonView)>,
    /// What approvals cover of the return that is open.
    pub(super) approved: Option<Vec<ApprovedView>>,
    /// Packages that other terminals scanned on the open document.
    pub(super) others: Option<u64>,
    pub(super) printing: Option<Printing>,
    pub(super) printed: Option<(Pair, bool)>,
}

impl State {
    /// Something was recorded, undone or fetched: what was made of it is made anew.
    pub(super) fn stale(&mut self) {
        self.lists = None;
        self.lines = None;
        self.shown_lists = None;
        self.history.shown = None;
        self.papers.recorded = Recorded::Unasked;
        (self.approved, self.others) = (None, None);
    }

    /// What was said of the work in passing stays behind with it: on the next page it would end after some seconds, and every row
    /// would move from under the finger.
    pub(super) fn hush(&mut self) {
        self.strip = self.strip.take().filter(|(strip, _)| strip.tone != StripTone::Calm || strip.tap.is_some());
    }

    /// Another task, or none: nothing of the last one is left.
    pub(super) fn new_task(&mut self) {
        self.stale();
        self.alarm = None;
        self.report = ReportState::default();
        self.case = CaseState::default();
        self.sort = SortState::default();
        self.receipt = ReceiptState::default();
        self.papers = PapersState::default();
        self.history = HistoryState::default();
        self.beside = BesideState::default();
        (self.printed, self.sent_with) = (None, None);
        self.search.clear();
        (self.chosen, self.undone, self.strip, self.notes_seen) = (None, None, None, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::Intent;

    #[test]
    fn what_is_held_goes_into_no_slot() {
        let mut sort = SortState::default();
        sort.recorded(2, 12, ScanResult::Duplicate);
        assert_eq!((sort.to, &sort.instead), (Some(2), &None), "it lies there already");
        for held in [ScanResult::Wrong, ScanResult::Blocked] {
            sort.recorded(2, 12, held);
            let told = sort.instead.as_ref().map(|(_, english)| english.as_str());
            assert_eq!((sort.to, told), (None, Some("Not into slot 12: set it aside.")), "{held:?}");
        }
        sort.recorded(0, 1, ScanResult::Accepted);
        assert_eq!((sort.to, sort.instead), (Some(0), None));
    }

    #[test]
    fn what_was_said_in_passing_stays_behind_and_what_asks_or_warns_goes_along() {
        let stays = |tone, tap| {
            let strip = Strip { tone, words: ("已恢复".into(), "Back at".into()), tap };
            let mut state = State { strip: Some((strip, 8_000)), ..State::default() };
            state.hush();
            state.strip.is_some()
        };
        assert!(!stays(StripTone::Calm, None));
        assert!(stays(StripTone::Calm, Some(Intent::OpenRead(None))), "it asks something");
        assert!(stays(StripTone::Trouble, None));
    }
}
