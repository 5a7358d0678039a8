//! What the pages of an open task show.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use shared::event::{ReturnReason, Stage};
use shared::mismatch::{Kind, ScanResult};
use shared::reference::Level;
use shared::time::Timestamp;
use vision::Luma;

use super::Pair;
use crate::ui::intent::HistoryTab;
use crate::ui::route::ListTab;

/// The answer as the screen shows it: accepted with a note is a fill of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The one-word answer.
    pub result: ScanResult,
    /// Accepted, but someone should know.
    pub note: bool,
}

impl Outcome {
    /// Accepted, and nothing to note.
    pub const ACCEPTED: Self = Self { result: ScanResult::Accepted, note: false };
    /// Read before.
    pub const DUPLICATE: Self = Self { result: ScanResult::Duplicate, note: false };
    /// Not what belongs here.
    pub const WRONG: Self = Self { result: ScanResult::Wrong, note: false };
}

/// The banner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultView {
    /// The answer.
    pub outcome: Outcome,
    /// The last four characters of the code.
    pub tail: String,
    /// What speaks against it, gravest first.
    pub kinds: Vec<Kind>,
    /// The other document or order that the package is on, where that is what speaks against it.
    pub sent_with: Option<String>,
    /// Whether the server has yet to agree.
    pub provisional: bool,
    /// Units (盒) that it added.
    pub units: u64,
    /// Labels of the same frame beside this one, by result.
    pub same_frame: Vec<(Outcome, u32)>,
    /// The scan's number.
    pub seq: u64,
    /// Set when it was just undone.
    pub undone: bool,
}

/// One of the last scans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecentView {
    /// The answer.
    pub outcome: Outcome,
    /// The last four characters of the code.
    pub tail: String,
    /// Whether the server has yet to agree.
    pub provisional: bool,
}

/// A box on a label.
#[derive(Clone, Debug, PartialEq)]
pub struct BoxView {
    /// The label's corners in the picture's pixels.
    pub corners: [[f32; 2]; 4],
    /// The answer; none while the label is not read.
    pub outcome: Option<Outcome>,
    /// What speaks against it.
    pub kind: Option<Kind>,
}

/// The camera's picture: one byte of luma a pixel.
///
/// It is shared, never copied: at thirty a second each copy of a plane costs more than all the rest of a view. Two are equal where they are
/// one plane.
#[derive(Clone, Debug)]
pub struct FrameView(pub Arc<Luma>);

impl PartialEq for FrameView {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for FrameView {}

/// S5.
#[expect(clippy::struct_excessive_bools, reason = "each says one thing of the page, and all can be at once")]
#[derive(Clone, Debug, PartialEq)]
pub struct ScanView {
    /// Which scan.
    pub stage: Stage,
    /// Number of the document, or of the basis.
    pub title: String,
    /// The other party.
    pub counterparty: String,
    /// Why goods go back, in a return.
    pub reason: Option<ReturnReason>,
    /// Packages that count.
    pub done: u64,
    /// Packages that should come.
    pub total: Option<u64>,
    /// The level that is counted.
    pub level: Level,
    /// Units that count, and that should come.
    pub units: (u64, u64),
    /// Packages set aside.
    pub set_aside: u64,
    /// Packages still to scan, where known.
    pub to_scan: Option<u64>,
    /// The banner.
    pub result: Option<ResultView>,
    /// The last scans, newest first.
    pub recent: Vec<RecentView>,
    /// Boxes on labels.
    pub boxes: Vec<BoxView>,
    /// The picture; none leaves the last one.
    pub frame: Option<FrameView>,
    /// Why there is no picture.
    pub camera_trouble: Option<Pair>,
    /// Whether the lamp is on; none = there is none.
    pub torch: Option<bool>,
    /// Whether one label at a time is read.
    pub single: bool,
    /// Whether the viewfinder sleeps.
    pub asleep: bool,
    /// Whether nothing can be recorded: the storage is full.
    pub stopped: bool,
    /// Whether what waits can be carried out.
    pub can_carry: bool,
    /// What a tablet shows beside the work.
    pub beside: Option<BesideView>,
}

/// An order of a sort, as its slot is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotView {
    /// Its number on the shelf.
    pub slot: u32,
    /// Whose it is.
    pub retailer: String,
    /// Its number.
    pub order: String,
    /// Units put there, and wanted.
    pub units: (u64, u64),
}

/// S6.
#[derive(Clone, Debug, PartialEq)]
pub struct SortView {
    /// Units sorted, and wanted by all orders.
    pub units: (u64, u64),
    /// The slot of the last package.
    pub slot: Option<SlotView>,
    /// What is to be done instead: the case is to be opened, or nobody wants it.
    pub instead: Option<Pair>,
    /// Where a case that should be opened may go whole: place and slot.
    pub whole: Option<(usize, u32)>,
    /// All orders.
    pub orders: Vec<SlotView>,
    /// Picture, boxes and the answer to the last scan.
    pub scan: ScanView,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptLine {
    /// Product and specification.
    pub product: String,
    /// Units due.
    pub due: u64,
    /// Units confirmed or scanned.
    pub confirmed: u64,
}

/// An order on the receiver's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderView {
    /// What opens it.
    pub key: String,
    /// Its number.
    pub order: String,
    /// Units done and due.
    pub units: (u64, u64),
    /// Whether it is the open one.
    pub is_open: bool,
}

/// S7.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptView {
    /// The order's note.
    pub document: String,
    /// Who sends.
    pub sender: String,
    /// Its lines.
    pub lines: Vec<ReceiptLine>,
    /// Packages still to confirm; none where nobody here knows the list.
    pub due_packages: Option<u64>,
    /// Units in them: what one tap confirms.
    pub coming_units: u64,
    /// Packages that the last tap confirmed, while it can be undone.
    pub confirmed: Option<u64>,
    /// Seconds in which it can be.
    pub undo_s: u64,
    /// Orders beside it.
    pub orders: Vec<OrderView>,
    /// What a tablet shows beside the work in their place.
    pub beside: Option<BesideView>,
    /// Whether there are notes that nobody saw yet: the close asks for them.
    pub has_notes: bool,
    /// The order that is due next: what opens it, and its number.
    pub next: Option<(String, String)>,
}

/// One line of what differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferLine {
    /// Product.
    pub product: String,
    /// Packages due.
    pub due: u64,
    /// Whether each of them is a unit (盒).
    pub in_units: bool,
    /// Short, damaged, refused.
    pub differs: [u64; 3],
}

/// S7, what differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffersView {
    /// The order's note.
    pub document: String,
    /// The lines.
    pub lines: Vec<DifferLine>,
    /// Why nothing was recorded.
    pub trouble: Option<Pair>,
    /// Photos kept.
    pub photos: usize,
    /// Whether there is a camera.
    pub has_camera: bool,
}

impl DiffersView {
    /// Of all lines: short, damaged, refused.
    #[must_use]
    pub fn sums(&self) -> [u64; 3] {
        let of = |what: usize| self.lines.iter().map(|line| line.differs[what]).sum();
        [of(0), of(1), of(2)]
    }
}

/// S7: what a PIN signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignView {
    /// The order's note.
    pub document: String,
    /// Packages due.
    pub due: u64,
    /// Whether each of them is a unit (盒).
    pub in_units: bool,
    /// Short, damaged, refused.
    pub differs: [u64; 3],
    /// What was wrong with the last try.
    pub trouble: Option<Pair>,
    /// How many tries were answered: with each the pad is empty again.
    pub answers: u32,
}

/// A row of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRowView {
    /// The label's text, or the code of what is to come.
    pub text: String,
    /// Its last characters.
    pub tail: String,
    /// Product and level, where known.
    pub product: String,
    /// When it was scanned or sent.
    pub at: Timestamp,
    /// What speaks against it.
    pub kind: Option<Kind>,
    /// The answer; none for what is to come.
    pub outcome: Option<Outcome>,
}

/// S8.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListsView {
    /// Document.
    pub title: String,
    /// Which list shows.
    pub tab: ListTab,
    /// How many rows each has; none = not known.
    pub counts: [Option<usize>; 5],
    /// Rows of the list that shows.
    pub rows: Arc<[ListRowView]>,
    /// What it says when empty.
    pub empty: Pair,
    /// What was searched for.
    pub search: String,
}

/// What a tablet shows beside the work, where it is not what stands there by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BesideView {
    /// S8.
    Lists(ListsView),
    /// S14.
    History(HistoryView),
}

/// S12.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseView {
    /// The document.
    pub title: String,
    /// Which stage.
    pub stage: Stage,
    /// Packages that count, and that should come.
    pub done: u64,
    /// Packages that should come.
    pub total: Option<u64>,
    /// In what they are counted.
    pub level: Level,
    /// Units (盒) of the document that its sender's list does not name, at an arrival: nobody here can scan them.
    pub unsent_units: u64,
    /// Packages set aside.
    pub set_aside: u64,
    /// Packages that other terminals scanned on the same document, as far as known here.
    pub others: u64,
    /// The case that is still being built or checked.
    pub open_case: Option<OpenCaseView>,
    /// The papers: whether what was recorded is all equal; none = not compared.
    pub papers: Option<bool>,
    /// Kinds of notes, with how many of each.
    pub notes: Vec<(Kind, usize)>,
    /// Whether they were acknowledged.
    pub notes_seen: bool,
    /// The orders of a sort, each of which is closed; else none.
    pub orders: Vec<SlotView>,
}

/// A case whose building or check was begun and not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCaseView {
    /// The case.
    pub tail: String,
    /// Whether it is checked; else it is built.
    pub is_check: bool,
    /// What was scanned of it.
    pub done: u64,
    /// How much it holds.
    pub of: Option<u64>,
}

/// One row of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    /// The answer.
    pub outcome: Outcome,
    /// The last characters of the code.
    pub tail: String,
    /// When.
    pub at: Timestamp,
    /// What speaks against it, gravest.
    pub kind: Option<Kind>,
    /// Its number.
    pub seq: u64,
    /// Whether it was undone.
    pub undone: bool,
    /// Whether the server has yet to agree.
    pub provisional: bool,
    /// Who scanned it, where that was somebody else.
    pub by: Option<String>,
}

/// S14: newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryView {
    /// Document.
    pub title: String,
    /// All scans.
    pub rows: Arc<[HistoryRow]>,
    /// The one that was tapped: it may be undone.
    pub chosen: Option<u64>,
    /// What was searched for.
    pub search: String,
    /// Which rows show.
    pub tab: HistoryTab,
    /// Rows that came since the page was opened, and wait.
    pub newer: usize,
}
