//! What the window shows, as plain values: no rule, no store, no wording.

mod chrome;
mod goods;
mod places;
mod task;

pub use chrome::{AlarmView, ChromeView, Look, Pair, SkinView, Strip, StripTone, SyncView};
pub use goods::{
    ApprovedView, CallView, CaseCheckView, CaseView, GateReason, GateSettled, GateStateView, GateView, PackageView,
    PaperField, PapersView, ReasonView, ReturnableView, ServerSays, StepView,
};
pub use places::{
    AboutView, CarryView, CheckItem, CheckRow, CheckView, EnrolView, FeedbackView, FetchingView, HealthView, MenuView,
    NearbyView, PackView, QueueView, RawRead, ReportView, SettingsView, ShiftView, SignInView, TaskView, TasksView,
    WhichStageView,
};
pub use task::{
    BesideView, BoxView, CloseView, DifferLine, DiffersView, FrameView, HistoryRow, HistoryView, ListRowView,
    ListsView, OpenCaseView, OrderView, Outcome, ReceiptLine, ReceiptView, RecentView, ResultView, ScanView, SignView,
    SlotView, SortView,
};

use shared::event::Stage;

/// Everything on the screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Header, strip and marks.
    pub chrome: ChromeView,
    /// The calm line.
    pub sync: SyncView,
    /// The page.
    pub page: PageView,
    /// The blocked alarm over it.
    pub alarm: Option<AlarmView>,
}

/// What a typed text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchFor {
    /// The last characters of a code, in the lists of the open task.
    Code,
    /// The end of a document's number, among the tasks.
    Task,
    /// The text of an invitation to enrol.
    Invitation,
    /// Address and code of a terminal nearby.
    Address,
}

/// Which page, with what is on it.
#[derive(Clone, Debug, PartialEq)]
pub enum PageView {
    /// S1.
    Enrol(EnrolView),
    /// S2.
    SignIn(SignInView),
    /// S3.
    Tasks(TasksView),
    /// S4.
    Check(CheckView),
    /// S5.
    Scan(Box<ScanView>),
    /// S6.
    Sort(Box<SortView>),
    /// S7.
    Receipt(ReceiptView),
    /// S7, what differs.
    Differs(DiffersView),
    /// A PIN signs.
    Sign(SignView),
    /// S8.
    Lists(ListsView),
    /// S9.
    Package(Box<PackageView>),
    /// S10.
    Case(CaseView),
    /// S11.
    Papers(PapersView),
    /// S12.
    Close(CloseView),
    /// S13.
    Gate(Box<GateView>),
    /// S14.
    History(HistoryView),
    /// S15.
    Report(ReportView),
    /// S16.
    Queue(QueueView),
    /// S17.
    Carry(Box<CarryView>),
    /// S18.
    Shift(ShiftView),
    /// S19.
    Health(HealthView),
    /// S20.
    Settings(SettingsView),
    /// S21.
    About(AboutView),
    /// The menu.
    Menu(MenuView),
    /// The stages that a document can be opened at.
    WhichStage(WhichStageView),
    /// A text is typed.
    Search(SearchFor),
    /// Documents whose goods can go back.
    Returns(Vec<ReturnableView>),
    /// Why goods go back.
    Reason(ReasonView),
    /// Which code pack was lost.
    Packs(Vec<PackView>),
    /// A count is typed.
    Count,
    /// Why a scan is undone: its number and its last characters; whether somebody else scanned it.
    UndoWhy(u64, String, bool),
    /// What the supervisor is told.
    Call(Box<CallView>),
    /// S17: a terminal nearby.
    Nearby(Box<NearbyView>),
    /// Practice: the stages there are, and whether it goes on.
    Practice {
        /// Stages that can be practised.
        stages: Vec<Stage>,
        /// Whether practice is open.
        is_open: bool,
    },
}

impl Default for PageView {
    fn default() -> Self {
        Self::Tasks(TasksView::default())
    }
}
