//! The screens beside the work.

use shared::event::Stage;
use shared::mismatch::Kind;
use shared::reference::Level;

use super::super::intent::{Intent, ReportWhat};
use super::super::route::Page;
use super::super::view::{
    AboutView, CarryView, CaseView, CheckItem, CheckRow, CheckView, ChromeView, EnrolView, FeedbackView, FetchingView,
    GateReason, GateSettled, GateStateView, GateView, HealthView, Look, MenuView, PackageView, PageView, Pair,
    PaperField, PapersView, QueueView, RawRead, ReportView, ScanView, SearchFor, SettingsView, ShiftView, SignInView,
    StepView, Strip, StripTone, SyncView, TaskView, TasksView, View, WhichStageView,
};
use super::super::words;
use super::screens::{ACCEPTED, scan};
use super::screens_aside::{code, queued};
use super::{ago, view};

pub(super) fn pair(zh: &str, en: &str) -> Pair {
    (zh.into(), en.into())
}

pub(super) fn task(stage: Stage, title: &str, done: u64, total: u64) -> TaskView {
    TaskView {
        key: format!("{} C1 {title}", stage.as_str()),
        stage,
        title: title.into(),
        counterparty: "深圳批发".into(),
        done,
        total: Some(total),
        level: Level::Case,
        is_open: false,
        gate: None,
        due: None,
        blocks: 0,
    }
}

pub(super) fn tasks() -> TasksView {
    let open = TaskView { is_open: true, ..task(Stage::Outbound, "FH-2031", 37, 40) };
    let held = TaskView { gate: Some((GateStateView::Held, 2)), ..task(Stage::Outbound, "FH-1988", 20, 20) };
    let today = TaskView { due: Some(ago(-438)), ..task(Stage::Outbound, "FH-2044", 0, 12) };
    let late = TaskView { due: Some(ago(62)), blocks: 1, ..task(Stage::Inbound, "FH-2050", 3, 20) };
    TasksView {
        place: "广州分拣中心".into(),
        tasks: vec![open, today, late, held],
        is_synced: true,
        ..TasksView::default()
    }
}

pub(super) fn gate(state: GateStateView) -> GateView {
    let short = GateReason {
        title: pair("少货：原味 3% 单 2 000 盒，扫 1 850 盒", "Short: 原味 3%, note 2 000, scanned 1 850 units"),
        article: pair("物流细则 2022 第 13 条", "Logistics rules 2022, art. 13"),
        next: pair("补扫，或找主管处理", "scan the rest, or ask the supervisor"),
        rules: 2,
    };
    let upload = GateReason {
        title: pair("单证或扫码未上传", "Scans or note not uploaded"),
        article: pair("物流细则 2022 第 23 条", "Logistics rules 2022, art. 23"),
        next: pair("联网后自动上传", "uploaded by itself when online"),
        rules: 1,
    };
    let settled = GateSettled {
        kind: Kind::ShortQuantity,
        about: pair("FH-2031 薄荷 2% 出库", "FH-2031 薄荷 2% Outbound"),
        by: "王主管".into(),
        why: pair("确实少货：合同已改", "true shortage: 合同已改"),
    };
    GateView {
        document: "FH-2031".into(),
        state,
        at: ago(11),
        data_as_of: Some(ago(47)),
        loaded: if state == GateStateView::Held { (37, 1_850) } else { (40, 2_000) },
        level: Some(Level::Case),
        carrier: "顺达物流".into(),
        reasons: match state {
            GateStateView::Cleared => Vec::new(),
            GateStateView::Waiting => vec![upload],
            GateStateView::Held => vec![short, upload],
        },
        position: (state == GateStateView::Cleared).then_some(20_417),
        settled: vec![settled],
        code: (state == GateStateView::Cleared).then(code),
        place: (0, 1),
        printed: None,
    }
}

/// The first sync on its way.
fn first_sync() -> View {
    let fetching = FetchingView { records: 12_400, percent: Some(62) };
    let tasks = TasksView { place: "广州分拣中心".into(), fetching: Some(fetching), ..TasksView::default() };
    let strip = Strip { tone: StripTone::Calm, words: words::fetching(fetching), tap: Some(Intent::Go(Page::Queue)) };
    let shown = view(PageView::Tasks(tasks));
    View {
        chrome: ChromeView { strip: Some(strip), can_go_back: false, ..shown.chrome },
        sync: SyncView { data_as_of: None, last_sync: None, ..shown.sync },
        ..shown
    }
}

pub(super) fn package() -> PackageView {
    PackageView {
        text: "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD".into(),
        tail: "T4WD".into(),
        product: Some("原味 3% · 30 ml".into()),
        level: Some((Level::Case, 50)),
        parent: None,
        trail: vec![
            StepView {
                stage: Stage::Outbound,
                document: "FH-1901".into(),
                member: "广州制造".into(),
                at: ago(3_000),
                is_scanned: true,
                is_set_aside: false,
            },
            StepView {
                stage: Stage::Inbound,
                document: "FH-1901".into(),
                member: "深圳批发".into(),
                at: ago(1_500),
                is_scanned: false,
                is_set_aside: false,
            },
        ],
        is_partial: false,
        server: None,
        belongs: vec![(Stage::Outbound, "FH-2031".into())],
        scan: Some((ACCEPTED, 42)),
        may_release: false,
        in_task: true,
    }
}

pub(super) fn papers() -> PapersView {
    let field = |zh: &str, en: &str, value: Option<&str>| PaperField {
        name: pair(zh, en),
        value: value.map(Into::into),
        mark: None,
    };
    PapersView {
        document: Some("FH-2031".into()),
        fields: vec![
            field("发货方", "Consignor", Some("广州制造")),
            field("收货方", "Consignee", Some("深圳批发")),
            field("货物名称", "Goods", Some("原味 3% · 30 ml · POD")),
            field("规格", "Specification", Some("原味 3% · 30 ml ×50")),
            field("数量（盒）", "Units", Some("2 000")),
            field("承运方", "Carrier", Some("顺达物流")),
        ],
        is_own: false,
        recorded: None,
        photos: 0,
        has_camera: true,
        back: None,
    }
}

/// The list of tasks lies on nothing: nothing leads back from it.
fn at_floor(mut view: View) -> View {
    view.chrome.can_go_back = false;
    view
}

/// Nobody is signed in.
fn at_door(mut view: View) -> View {
    view.chrome.person.clear();
    at_floor(view)
}

fn without_data(page: PageView) -> View {
    let mut view = at_floor(view(page));
    (view.sync.last_sync, view.sync.data_as_of, view.sync.pending) = (None, None, 0);
    view
}

fn before_enrolment(page: EnrolView) -> View {
    at_door(without_data(PageView::Enrol(page)))
}

fn which_stage() -> WhichStageView {
    let stages = vec![Stage::Outbound, Stage::Inbound, Stage::Sort, Stage::ReturnIn, Stage::ReturnOut];
    WhichStageView { document: "FH-2077".into(), data_as_of: Some(ago(47)), stages }
}

fn check() -> CheckView {
    let row = |item, is_good, zh: &str, en: &str| CheckRow { item, is_good, words: pair(zh, en) };
    CheckView {
        rows: vec![
            row(CheckItem::Clock, Some(true), "准", "correct"),
            row(CheckItem::Data, Some(true), "1 小时前", "1 h old"),
            row(CheckItem::Battery, Some(true), "82 %", "82 %"),
            row(CheckItem::Storage, Some(true), "余 2 140 MB", "2 140 MB left"),
            row(
                CheckItem::Camera,
                Some(false),
                "相机断开。接头松动或被占用。可用扫描枪继续，插好后画面自动恢复。",
                "Camera lost. Unplugged or in use. Use the scanner; the camera returns by itself.",
            ),
            row(CheckItem::Feedback, Some(true), "可用", "ready"),
            row(CheckItem::Queue, Some(true), "待传 3", "3 queued"),
        ],
    }
}

pub(super) fn sign_in() -> SignInView {
    SignInView {
        place: "广州分拣中心".into(),
        terminal: "1e2f".into(),
        last: Some("李梅".into()),
        ..SignInView::default()
    }
}

/// What the camera sees while a case is packed.
pub(super) fn finder() -> Box<ScanView> {
    Box::new(ScanView { beside: None, ..scan(None) })
}

pub(super) fn case() -> CaseView {
    CaseView {
        parent: Some("2LM8".into()),
        children: 43,
        of: Some(50),
        units: 43,
        rows: ["7K3M", "8D2T", "1QXP"].map(Into::into).to_vec(),
        answer: Some((pair("已装 43 / 50", "In: 43 / 50"), ACCEPTED)),
        about: Some("7K3M".into()),
        finder: Some(finder()),
        ..CaseView::default()
    }
}

fn places() -> Vec<(&'static str, View)> {
    let wrong = pair(
        "PIN 不对，还可试 3 次。忘记了找主管重设。",
        "Wrong PIN, 3 tries left. If forgotten, ask your supervisor.",
    );
    let covered = pair(
        "已锁屏，作业与记录都在。按扫描键或扫工牌继续。",
        "Locked; task and records are safe. Press the trigger or scan a badge.",
    );
    let expired = pair(
        "登记码已过期或用过。只在 10 分钟内有效，只能用一次。让主管重新生成。",
        "Enrolment code expired or used. Valid 10 min, once. Ask the supervisor for a new one.",
    );
    let open = Some((Stage::Outbound, "FH-2031".into(), 37, Some(40), Level::Case));
    vec![
        ("sign-in", at_door(view(PageView::SignIn(sign_in())))),
        (
            "sign-in-wrong",
            at_door(view(PageView::SignIn(SignInView {
                message: Some((wrong, true)),
                has_badge: true,
                badge_of: Some("李梅".into()),
                ..sign_in()
            }))),
        ),
        (
            "sign-in-covered",
            at_door(view(PageView::SignIn(SignInView {
                message: Some((covered, false)),
                covered: open.clone(),
                ..sign_in()
            }))),
        ),
        ("tasks", at_floor(view(PageView::Tasks(tasks())))),
        (
            "tasks-empty",
            at_floor(view(PageView::Tasks(TasksView {
                is_synced: true,
                place: "广州分拣中心".into(),
                ..TasksView::default()
            }))),
        ),
        (
            "tasks-no-data",
            without_data(PageView::Tasks(TasksView { place: "广州分拣中心".into(), ..TasksView::default() })),
        ),
        ("tasks-first-sync", first_sync()),
        ("enrol", before_enrolment(EnrolView::default())),
        ("enrol-expired", before_enrolment(EnrolView { trouble: Some(expired), ..EnrolView::default() })),
        ("enrol-code", before_enrolment(EnrolView { code: Some("4F7K 9QX2".into()), ..EnrolView::default() })),
        ("menu", view(PageView::Menu(MenuView { in_task: true, signs_in: true, faults: 1, training: false }))),
        ("menu-desk", view(PageView::Menu(MenuView { signs_in: true, ..MenuView::default() }))),
        ("check", view(PageView::Check(check()))),
        (
            "shift",
            view(PageView::Shift(ShiftView {
                person: Some("李梅".into()),
                task: open,
                pending: 3,
                set_aside: 1,
                notes: 2,
            })),
        ),
        ("which-stage", view(PageView::WhichStage(which_stage()))),
        ("search", view(PageView::Search(SearchFor::Code))),
        ("practice", view(PageView::Practice { stages: vec![Stage::Outbound, Stage::Inbound], is_open: false })),
    ]
}

fn queue() -> QueueView {
    let (zh, en) = crate::sync::refusal(shared::wire::ProblemCode::BadRequest);
    QueueView {
        pending: (128, Some(ago(90))),
        photos: 2,
        refused: vec![(118, pair(zh, en))],
        sent: 1_204,
        can_carry: true,
        ..QueueView::default()
    }
}

/// Every screen by a short name.
pub(super) fn all() -> Vec<(&'static str, View)> {
    let read = |fault: Option<Pair>| RawRead {
        is_wedge: true,
        text: "HTTPS://ID.EXAMPLE.CN/01/16901234567899".into(),
        fault,
        at: ago(1),
    };
    let garbled =
        pair("扫描枪输入混乱。按 Shift 关闭大写锁定，再扫", "Scanner input is garbled. Press Shift, scan again");
    let feedback = FeedbackView { volume: 4, silent: false, vibration: true };
    let mut screens = places();
    screens.extend([
        ("gate-cleared", view(PageView::Gate(Box::new(gate(GateStateView::Cleared))))),
        ("gate-waiting", view(PageView::Gate(Box::new(gate(GateStateView::Waiting))))),
        ("gate-held", view(PageView::Gate(Box::new(gate(GateStateView::Held))))),
        ("package", view(PageView::Package(Box::new(package())))),
        (
            "look-up",
            view(PageView::Package(Box::new(PackageView {
                scan: None,
                in_task: false,
                is_partial: true,
                ..package()
            }))),
        ),
        ("case", view(PageView::Case(case()))),
        ("papers", view(PageView::Papers(papers()))),
        (
            "report",
            view(PageView::Report(ReportView {
                what: Some(ReportWhat::Damaged),
                count: 2,
                has_camera: true,
                photos: 1,
                in_task: true,
                ..ReportView::default()
            })),
        ),
        ("queue", queued(view(PageView::Queue(queue())))),
        ("carry", queued(view(PageView::Carry(Box::new(CarryView { events: 128, ..CarryView::default() }))))),
        (
            "carry-code",
            queued(view(PageView::Carry(Box::new(CarryView {
                code: Some((code(), 7)),
                events: 128,
                ..CarryView::default()
            })))),
        ),
        (
            "health",
            view(PageView::Health(HealthView {
                reads: vec![read(None), read(Some(garbled))],
                source: "camera:0".into(),
                trouble: None,
            })),
        ),
        (
            "settings",
            view(PageView::Settings(SettingsView { look: Look::default(), feedback, message: None, written: None })),
        ),
        (
            "about",
            view(PageView::About(AboutView {
                version: "0.1.0".into(),
                terminal: "6f3b2c1e-0d4a-4f5b-8e6c-7a8b9c0d1e2f".into(),
                place: "W1 · GZ-HUB".into(),
            })),
        ),
    ]);
    screens
}
