//! What a person wants: raised by the pages as keys, read by the session's thread.

use serde::{Deserialize, Serialize};
use shared::event::{ReturnReason, Stage, VoidReason};

use super::route::{ListTab, Page};
use crate::function_keys::Function;

/// What a report says of goods, as its page offers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReportWhat {
    /// 破损.
    Damaged,
    /// 无码或读不出.
    Unreadable,
    /// 丢失.
    Lost,
    /// 失窃.
    Stolen,
    /// 货码不符.
    Differs,
}

/// In what a received line differs from what was ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Differ {
    /// 少货.
    Short,
    /// 破损.
    Damaged,
    /// 拒收.
    Refused,
}

/// One setting, changed by one tap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Setting {
    /// Light, dark, sunlight, in turn.
    Skin,
    /// The other hand.
    Hand,
    /// Louder or softer by so many steps.
    Volume(i8),
    /// Sound, or the screen's edge in its place.
    Silent,
    /// Vibration on or off.
    Vibration,
}

/// Which rows of the history show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum HistoryTab {
    /// All.
    #[default]
    All,
    /// Accepted.
    Accepted,
    /// Already scanned.
    Duplicate,
    /// Wrong or blocked.
    Grave,
    /// Taken back.
    Undone,
}

impl HistoryTab {
    /// All of them, as they stand side by side: what is looked for most first.
    pub const EVERY: [Self; 5] = [Self::All, Self::Grave, Self::Duplicate, Self::Undone, Self::Accepted];
}

/// What a person wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Intent {
    /// One page back.
    Back,
    /// To a page.
    Go(Page),
    /// The search of this page.
    Search,
    /// The other language.
    SwitchLanguage,
    /// The trigger: the viewfinder was tapped, or its key pressed.
    Trigger,
    /// What a function key does.
    Function(Function),
    /// A hand scanner typed a label's text.
    Line(String),
    /// A text was typed on a page's pad.
    Typed(String),
    /// Somebody signs in; an empty number means the badge that was scanned.
    SignIn {
        /// The staff number.
        number: String,
        /// The PIN.
        pin: String,
    },
    /// The badge that was scanned is somebody else's.
    NotMe,
    /// The person goes.
    SignOut,
    /// Open the task of this key.
    OpenTask(String),
    /// Look at the gate of this closed task.
    OpenGate(String),
    /// Show tasks of one stage, or all.
    Filter(Option<Stage>),
    /// Open the document that was read at this stage; without one: at the stage that is known.
    OpenRead(Option<Stage>),
    /// Undo the scan of this number: the one that was shown when the finger went down.
    Undo(u64),
    /// Undo the scan of this number, for this reason.
    UndoBecause(u64, VoidReason),
    /// Show rows of the history that came meanwhile.
    HistoryNew,
    /// Show only these rows of the history.
    HistoryFilter(HistoryTab),
    /// Nothing is searched for any more.
    ClearSearch,
    /// Open the return that undoes this document.
    Return(String),
    /// Goods go back for this reason.
    Because(ReturnReason),
    /// The lamp on or off.
    Torch,
    /// One label at a time, or all in view.
    Mode,
    /// Which list.
    Tab(ListTab),
    /// Beside the work, what stands there by itself.
    BesideAgain,
    /// Set this package free again.
    Release(u64),
    /// The notes of this task were seen.
    NotesSeen,
    /// Close the task, to go on later.
    ClosePartial,
    /// Close the task for good.
    CloseFinal,
    /// The same, and open the task of this key.
    CloseAndOpen(String),
    /// Go on scanning the task of the gate that is shown.
    GoOn,
    /// The alarm's button was held for a second.
    Acknowledged,
    /// The next open order takes the package.
    OtherSlot,
    /// The package that is to be opened goes whole to the order of this place.
    PutWhole(usize),
    /// Everything due came.
    ConfirmAll,
    /// Take the confirmation back.
    UndoConfirm,
    /// Scan each package instead.
    ScanEach,
    /// More or fewer of a product differ.
    Step {
        /// Place of the line.
        line: usize,
        /// In what.
        what: Differ,
        /// By how many.
        by: i64,
    },
    /// Nothing of what is due is taken in.
    RefuseAll,
    /// What the report says.
    Report(ReportWhat),
    /// More or fewer packages.
    ReportCount(i64),
    /// Keep the picture of this moment with the report.
    Photo,
    /// Record the report.
    ReportSend,
    /// This whole code pack is reported.
    ReportPack(String),
    /// Report this label.
    ReportOf(String),
    /// Finish the case; `true` as a remainder case.
    CaseFinish(bool),
    /// Take the last child out.
    CaseUndo,
    /// Give the case up.
    CaseGiveUp,
    /// Put the last child in all the same.
    CaseDespite,
    /// Build, open or check the case that is looked at.
    CaseBegin(CaseAct),
    /// Which act on cases scans do.
    CaseMode(CaseAct),
    /// Take the last label out of the check.
    CheckUndo,
    /// Record what was found inside.
    CheckFinish,
    /// Leave the check without a record.
    CheckLeave,
    /// The next mark of the papers' field of this place.
    PaperMark(usize),
    /// Record the papers as marked.
    PapersRecord,
    /// Print the gate's paper.
    Print,
    /// Wait for a terminal nearby that hands its records over.
    Listen,
    /// Wait no more.
    StopListening,
    /// Sync now.
    SyncNow,
    /// Show what waits as a moving code.
    CarryCode,
    /// Write what waits to a file.
    CarryFile,
    /// Change a setting.
    Set(Setting),
    /// Write the bundle of diagnostics.
    Diagnostics,
    /// Practise this stage.
    Practise(Stage),
    /// Leave practice.
    LeavePractice,
    /// Ask for the enrolment again.
    EnrolAgain,
}

/// What is done with a case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CaseAct {
    /// 装箱.
    #[default]
    Build,
    /// 拆箱.
    Open,
    /// 开箱核对.
    Check,
}

impl CaseAct {
    /// All of them, as they stand side by side.
    pub const EVERY: [Self; 3] = [Self::Build, Self::Open, Self::Check];
}

impl Intent {
    /// The key that a page carries: it comes back as it was given.
    #[must_use]
    pub fn key(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What a key says; none for one that is not ours.
    #[must_use]
    pub fn read(key: &str) -> Option<Self> {
        serde_json::from_str(key).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_back_as_it_was_given() {
        let step = Intent::Step { line: 3, what: Differ::Damaged, by: -1 };
        for intent in [Intent::Back, Intent::Undo(42), Intent::Go(Page::Package("A \"B\"".into())), step] {
            assert_eq!(Intent::read(&intent.key()), Some(intent));
        }
        assert_eq!(Intent::read("other"), None);
    }
}
