//! What the pages of a package, a case, papers and a gate show.

use shared::event::Stage;
use shared::reference::Level;
use shared::time::Timestamp;

use super::Pair;
use super::task::Outcome;
use crate::ui::carry::Modules;

/// A step of a package's trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepView {
    /// What happened.
    pub stage: Stage,
    /// With which document.
    pub document: String,
    /// Whose terminal.
    pub member: String,
    /// When.
    pub at: Timestamp,
    /// Whether its own label was scanned.
    pub is_scanned: bool,
    /// Whether it was set aside then.
    pub is_set_aside: bool,
}

/// S9.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageView {
    /// The label's text.
    pub text: String,
    /// The code's last characters.
    pub tail: String,
    /// Product.
    pub product: Option<String>,
    /// Level and units in it.
    pub level: Option<(Level, u32)>,
    /// What it is in.
    pub parent: Option<String>,
    /// Where it was.
    pub trail: Vec<StepView>,
    /// Where it belongs here: stage and document.
    pub belongs: Vec<(Stage, String)>,
    /// Its scan in the open task: answer and number.
    pub scan: Option<(Outcome, u64)>,
    /// Whether it was set aside in this task, and may be set free by who is signed in.
    pub may_release: bool,
    /// Whether cases may be built and opened here.
    pub in_task: bool,
}

/// S10.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseView {
    /// The case's last characters; none while its label is to be scanned.
    pub parent: Option<String>,
    /// Children in it, and that make it full.
    pub children: u64,
    /// Children that make it full.
    pub of: Option<u64>,
    /// Units in it.
    pub units: u64,
    /// Their last characters, newest first.
    pub rows: Vec<String>,
    /// The answer to the last child, and whether it went in.
    pub answer: Option<(Pair, bool)>,
    /// Whether the last child may be put in all the same.
    pub may_insist: bool,
}

/// One of the papers' fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperField {
    /// Its name.
    pub name: Pair,
    /// What the papers say; none = missing.
    pub value: Option<String>,
}

/// S11.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PapersView {
    /// The document; none where there is none.
    pub document: Option<String>,
    /// The six fields.
    pub fields: Vec<PaperField>,
}

/// Why a gate is held, or what it waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateReason {
    /// What.
    pub title: Pair,
    /// What it rests on.
    pub article: Pair,
    /// What to do.
    pub next: Pair,
}

/// How a gate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateStateView {
    /// 准予放行.
    Cleared,
    /// 待上传.
    Waiting,
    /// 暂不放行.
    Held,
}

/// S13.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateView {
    /// The document.
    pub document: String,
    /// How it stands.
    pub state: GateStateView,
    /// When it was decided.
    pub at: Timestamp,
    /// How fresh the data was.
    pub data_as_of: Option<Timestamp>,
    /// Packages and units loaded.
    pub loaded: (u64, u64),
    /// Why it is held or waits.
    pub reasons: Vec<GateReason>,
    /// The driver's code.
    pub code: Option<Modules>,
    /// Which of several gates this is, and of how many.
    pub place: (usize, usize),
}
