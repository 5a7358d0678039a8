//! What the window shows, as plain values.

use shared::event::Stage;
use shared::mismatch::{Kind, ScanResult};
use shared::reference::Level;
use shared::time::Timestamp;

/// The calm line.
#[derive(Clone, Debug, Default)]
pub struct SyncView {
    /// Whether the last attempt reached the server.
    pub online: bool,
    /// Events that wait.
    pub pending: u64,
    /// When the last attempt succeeded.
    pub last_sync: Option<Timestamp>,
    /// How old the references are.
    pub data_as_of: Option<Timestamp>,
    /// What only a person can mend.
    pub trouble: Option<String>,
}

/// One row of the task list.
#[derive(Clone, Debug)]
pub struct TaskView {
    /// What `Intent::OpenTask` brings back.
    pub key: String,
    /// Which scan.
    pub stage: Stage,
    /// Number of the document, or of the basis where there is none.
    pub title: String,
    /// The other party.
    pub counterparty: String,
    /// Packages that count.
    pub done: u64,
    /// Packages that should come, where known.
    pub total: Option<u64>,
    /// The level that is counted.
    pub level: Level,
}

/// The answer as the screen shows it: accepted with a note is a fill of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The one-word answer.
    pub result: ScanResult,
    /// Accepted, but someone should know.
    pub note: bool,
}

/// The banner.
#[derive(Clone, Debug)]
pub struct ResultView {
    /// The answer.
    pub outcome: Outcome,
    /// The last four characters of the code.
    pub tail: String,
    /// What speaks against it, gravest first.
    pub kinds: Vec<Kind>,
    /// The scan's number.
    pub seq: u64,
    /// Set when it was just undone.
    pub undone: bool,
}

/// One of the last scans.
#[derive(Clone, Debug)]
pub struct RecentView {
    /// The answer.
    pub outcome: Outcome,
    /// The last four characters of the code.
    pub tail: String,
}

/// A box on a label.
#[derive(Clone, Debug)]
pub struct BoxView {
    /// The label's corners in the picture's pixels.
    pub corners: [[f32; 2]; 4],
    /// The answer; none while the label is not read.
    pub outcome: Option<Outcome>,
    /// What speaks against it.
    pub kind: Option<Kind>,
}

/// The camera's picture: one byte of luma a pixel.
#[derive(Clone, Debug)]
pub struct FrameView {
    /// Pixels a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Row by row, without gaps.
    pub luma: Vec<u8>,
}

/// The scan page.
#[derive(Clone, Debug)]
pub struct ScanView {
    /// Which scan.
    pub stage: Stage,
    /// Number of the document, or of the basis.
    pub title: String,
    /// The other party.
    pub counterparty: String,
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
    /// The banner.
    pub result: Option<ResultView>,
    /// The last scans, newest first.
    pub recent: Vec<RecentView>,
    /// Boxes on labels.
    pub boxes: Vec<BoxView>,
    /// The picture; none leaves the last one.
    pub frame: Option<FrameView>,
    /// Why there is no picture, in Chinese and English.
    pub camera_trouble: Option<(String, String)>,
}

/// Everything on the screen.
#[derive(Clone, Debug)]
pub struct View {
    /// The calm line.
    pub sync: SyncView,
    /// The page.
    pub page: ViewPage,
}

/// Which page.
#[derive(Clone, Debug)]
pub enum ViewPage {
    /// S3: the place's name and its tasks.
    Tasks(String, Vec<TaskView>),
    /// S5.
    Scan(Box<ScanView>),
}
