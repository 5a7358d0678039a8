//! What the pages of a package, a case, papers and a gate show.

use shared::event::{PaperMark, ReturnReason, Stage};
use shared::mismatch::Kind;
use shared::reference::Level;
use shared::rules::Standing;
use shared::time::Timestamp;

use super::Pair;
use super::task::{Outcome, ScanView};
use crate::ui::carry::Modules;
use crate::ui::intent::CaseAct;

/// A step of a package's trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepView {
    /// What happened.
    pub stage: Stage,
    /// With which document.
    pub document: String,
    /// Whose terminal, by name where it is known.
    pub member: String,
    /// When.
    pub at: Timestamp,
    /// Whether its own label was scanned.
    pub is_scanned: bool,
    /// Whether it was set aside then.
    pub is_set_aside: bool,
}

/// What the server says of a package that is not known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerSays {
    /// The question is on its way.
    Asking,
    /// It is not reached.
    Unreachable,
    /// How the code stands, when the server said so, and what speaks against it.
    Answered(Standing, Timestamp, Vec<Kind>),
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
    /// Whether that is only a part of it.
    pub is_partial: bool,
    /// What the server says of it, where it is not known here.
    pub server: Option<ServerSays>,
    /// Where it belongs here: stage and document.
    pub belongs: Vec<(Stage, String)>,
    /// Its scan in the open task: answer and number.
    pub scan: Option<(Outcome, u64)>,
    /// Whether it was set aside in this task, and may be set free by who is signed in.
    pub may_release: bool,
    /// Whether cases may be built and opened here.
    pub in_task: bool,
}

/// A check of an opened case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseCheckView {
    /// The case's last characters.
    pub parent: String,
    /// Last characters found inside, newest first, each with whether it belongs there.
    pub found: Vec<(String, bool)>,
    /// Packages on record inside, where known.
    pub on_record: Option<u64>,
    /// Last characters of those that were not found yet.
    pub missing: Vec<String>,
}

/// S10.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseView {
    /// What the camera sees: without it a camera alone would aim blind.
    pub finder: Option<Box<ScanView>>,
    /// What scans do.
    pub mode: CaseAct,
    /// The check under way.
    pub check: Option<CaseCheckView>,
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
    /// The answer to the last child.
    pub answer: Option<(Pair, Outcome)>,
    /// Last characters of the package that it speaks of.
    pub about: Option<String>,
    /// Last characters of the child that may be put in all the same.
    pub insist: Option<String>,
}

/// One of the papers' fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperField {
    /// Its name.
    pub name: Pair,
    /// What is on record; none = missing.
    pub value: Option<String>,
    /// What the person found; none = not compared yet.
    pub mark: Option<PaperMark>,
}

/// S11.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PapersView {
    /// The document; none where there is none.
    pub document: Option<String>,
    /// The six fields.
    pub fields: Vec<PaperField>,
    /// Whether this terminal makes the note itself, at the close.
    pub is_own: bool,
    /// What was recorded last: whether all was equal.
    pub recorded: Option<bool>,
    /// Photos kept.
    pub photos: usize,
    /// Whether there is a camera.
    pub has_camera: bool,
    /// In a return: why, and what approvals cover.
    pub back: Option<(ReturnReason, Vec<ApprovedView>)>,
}

/// What approvals cover of one product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovedView {
    /// The product's name.
    pub product: String,
    /// The approvals' numbers.
    pub approvals: String,
    /// Units that went back, and that may.
    pub units: (u64, u64),
}

/// Why goods go back, before the task is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonView {
    /// Sent back or taken back.
    pub stage: Stage,
    /// Which document.
    pub document: String,
    /// What approvals cover.
    pub approved: Vec<ApprovedView>,
}

/// A document whose goods can go back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnableView {
    /// Sent back or taken back.
    pub stage: Stage,
    /// Its number.
    pub document: String,
    /// The other party.
    pub counterparty: String,
    /// Units on it.
    pub units: u64,
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
    /// How many reasons of the rules say it: a supervisor settles a mismatch, not what was measured.
    pub rules: usize,
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
    /// Of which level the packages are; none where they are of several.
    pub level: Option<Level>,
    /// Who carries them, where that is known.
    pub carrier: String,
    /// Why it is held or waits.
    pub reasons: Vec<GateReason>,
    /// Ledger position of the server's decision; none where this terminal decided.
    pub position: Option<u64>,
    /// What would hold them if nobody had settled it.
    pub settled: Vec<GateSettled>,
    /// The driver's code.
    pub code: Option<Modules>,
    /// Which of several gates this is, and of how many.
    pub place: (usize, usize),
    /// What came of printing; whether it is trouble.
    pub printed: Option<(Pair, bool)>,
}

/// What a person settled, as a gate quotes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateSettled {
    /// What it was.
    pub kind: Kind,
    /// About what: a package, a document, a line.
    pub about: Pair,
    /// Who settled it.
    pub by: String,
    /// How it came about, and what was said to it.
    pub why: Pair,
}

/// What the supervisor is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallView {
    /// Where, and which terminal.
    pub place: String,
    /// Who is signed in.
    pub person: String,
    /// The gate.
    pub gate: GateView,
}
