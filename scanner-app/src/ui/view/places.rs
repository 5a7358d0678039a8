//! What the pages beside the work show.

use shared::event::Stage;
use shared::reference::Level;
use shared::time::Timestamp;

use super::task::FrameView;
use super::{GateStateView, Look, Pair};
use crate::ui::carry::Modules;
use crate::ui::intent::ReportWhat;

/// S1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnrolView {
    /// The picture.
    pub frame: Option<FrameView>,
    /// Why there is no picture.
    pub camera_trouble: Option<Pair>,
    /// The code to compare, while a person decides.
    pub code: Option<String>,
    /// What is wrong.
    pub trouble: Option<Pair>,
    /// Whether the server is being asked.
    pub is_asking: bool,
    /// The enrolment is done: this terminal's name.
    pub done: Option<String>,
    /// Whether the invitation is typed.
    pub is_typing: bool,
}

/// S2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignInView {
    /// The site's name.
    pub place: String,
    /// The end of the terminal's number.
    pub terminal: String,
    /// Who was here last.
    pub last: Option<String>,
    /// The open task that is covered: what is done, in words of figure and unit.
    pub covered: Option<(Stage, String, u64, Option<u64>, Level)>,
    /// Whether a badge was scanned and its PIN is wanted.
    pub has_badge: bool,
    /// Whose badge it is, where that is known here.
    pub badge_of: Option<String>,
    /// The answer to the last try; whether it is trouble.
    pub message: Option<(Pair, bool)>,
    /// Counts answers.
    pub answers: u32,
}

/// One row of the task list.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Whether it is open here.
    pub is_open: bool,
    /// How its gate stands, with how many reasons, where it is closed.
    pub gate: Option<(GateStateView, usize)>,
    /// By when it is to be done.
    pub due: Option<Timestamp>,
    /// Blocks of the server that came after the scans.
    pub blocks: usize,
}

/// How far fetching has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FetchingView {
    /// Records so far.
    pub records: u64,
    /// How much of the whole that is; none where the server does not tell.
    pub percent: Option<u8>,
}

/// S3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TasksView {
    /// The site's name.
    pub place: String,
    /// All tasks.
    pub tasks: Vec<TaskView>,
    /// Tasks of one stage only.
    pub filter: Option<Stage>,
    /// Whether anything was ever pulled.
    pub is_synced: bool,
    /// How far fetching has come, while more is to come.
    pub fetching: Option<FetchingView>,
    /// What was searched for: the end of a number.
    pub search: String,
}

/// A document was read that nobody here knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WhichStageView {
    /// Its number.
    pub document: String,
    /// How old the data is that it was looked for in.
    pub data_as_of: Option<Timestamp>,
    /// The stages that the person may record here.
    pub stages: Vec<Stage>,
}

/// What the pre-shift check looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckItem {
    /// 时钟.
    Clock,
    /// 数据.
    Data,
    /// 电量.
    Battery,
    /// 存储.
    Storage,
    /// 相机.
    Camera,
    /// 声音和振动.
    Feedback,
    /// 待传.
    Queue,
}

/// One row of the pre-shift check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckRow {
    /// What.
    pub item: CheckItem,
    /// Whether it is well; none = cannot be told here.
    pub is_good: Option<bool>,
    /// In words.
    pub words: Pair,
}

/// S4.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckView {
    /// Its rows.
    pub rows: Vec<CheckRow>,
}

/// S15.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportView {
    /// What is reported.
    pub what: Option<ReportWhat>,
    /// How many packages.
    pub count: u64,
    /// The label: its last characters.
    pub tail: Option<String>,
    /// The code pack.
    pub pack: Option<String>,
    /// Whether there are code packs to choose from.
    pub has_packs: bool,
    /// Whether a task is open: its document stands on the report.
    pub in_task: bool,
    /// Photos kept.
    pub photos: usize,
    /// Whether there is a camera.
    pub has_camera: bool,
    /// What came of it; whether it is trouble.
    pub message: Option<(Pair, bool)>,
}

/// A code pack that can be reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackView {
    /// Its number.
    pub pack: String,
    /// The product of its codes.
    pub product: String,
    /// The level that they stick on.
    pub level: Level,
    /// When it was issued.
    pub at: Timestamp,
}

/// S16.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueView {
    /// Events that wait, and since when.
    pub pending: (u64, Option<Timestamp>),
    /// Photos that wait.
    pub photos: u64,
    /// Parcels of others.
    pub carried: u64,
    /// What the server refused: number and reason.
    pub refused: Vec<(u64, Pair)>,
    /// What was sent since the start.
    pub sent: u64,
    /// What a person should hear.
    pub notices: Vec<Pair>,
    /// Whether what waits can be sealed for the server.
    pub can_carry: bool,
}

/// S17.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CarryView {
    /// The code of this moment, and how many were shown.
    pub code: Option<(Modules, u64)>,
    /// Events in it.
    pub events: u64,
    /// What came of it; whether it is trouble.
    pub message: Option<(Pair, bool)>,
    /// The files that were written.
    pub written: Vec<String>,
}

/// S17: a terminal nearby.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NearbyView {
    /// While this terminal waits: its address, the code and both as a QR code.
    pub listening: Option<(String, String, Option<Modules>)>,
    /// Whether the other terminal is being called.
    pub is_calling: bool,
    /// Events that wait here.
    pub events: u64,
    /// What happened, newest last; whether it is trouble.
    pub messages: Vec<(Pair, bool)>,
}

/// S18.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShiftView {
    /// Who is signed in.
    pub person: Option<String>,
    /// The open task: stage, number, done, total, level.
    pub task: Option<(Stage, String, u64, Option<u64>, Level)>,
    /// Events that wait.
    pub pending: u64,
    /// Packages set aside in the task.
    pub set_aside: u64,
    /// Notes in the task.
    pub notes: usize,
}

/// One reading, as it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRead {
    /// Whether a hand scanner typed it.
    pub is_wedge: bool,
    /// Its text.
    pub text: String,
    /// What was wrong with it.
    pub fault: Option<Pair>,
    /// When.
    pub at: Timestamp,
}

/// S19.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HealthView {
    /// The last ones, newest first.
    pub reads: Vec<RawRead>,
    /// Where pictures come from.
    pub source: String,
    /// Why there are none.
    pub trouble: Option<Pair>,
}

/// How results are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeedbackView {
    /// 0 to 5.
    pub volume: u8,
    /// No sound.
    pub silent: bool,
    /// Whether it vibrates.
    pub vibration: bool,
}

/// S20.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsView {
    /// How the screen looks.
    pub look: Look,
    /// How results are told.
    pub feedback: FeedbackView,
    /// What came of the last act; whether it is trouble.
    pub message: Option<(Pair, bool)>,
    /// The file that it wrote.
    pub written: Option<String>,
}

/// S21.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AboutView {
    /// The app's version.
    pub version: String,
    /// This terminal.
    pub terminal: String,
    /// Whose it is, and where.
    pub place: String,
}

/// The menu.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MenuView {
    /// Whether a task is open.
    pub in_task: bool,
    /// Whether people sign in here.
    pub signs_in: bool,
    /// Rows of the pre-shift check that are not well.
    pub faults: usize,
    /// Whether this is practice.
    pub training: bool,
}
