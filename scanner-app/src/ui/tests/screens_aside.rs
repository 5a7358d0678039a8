//! The screens of acts that are not done every day: returns, cases that are checked, papers, losses, a terminal nearby.

use shared::event::{PaperMark, ReturnReason, Stage};
use shared::mismatch::Kind;
use shared::reference::Level;
use shared::rules::Standing;

use super::super::Intent;
use super::super::carry::Modules;
use super::super::intent::{CaseAct, ReportWhat};
use super::super::route::Page;
use super::super::view::{
    ApprovedView, CallView, CaseCheckView, CaseView, GateStateView, NearbyView, PackView, PackageView, PageView,
    PaperField, PapersView, ReasonView, ReportView, ReturnableView, SearchFor, ServerSays, Strip, StripTone, TasksView,
    View,
};
use super::screens::WRONG;
use super::screens_beside::{case, finder, gate, package, pair, papers, task, tasks};
use super::{ago, view};

/// A code's modules: a fixed pattern with finder squares, not a code that says anything.
pub(super) fn code() -> Modules {
    let side = 77;
    let finder = |x: usize, y: usize| {
        let ring = x.abs_diff(3).max(y.abs_diff(3));
        ring == 3 || ring <= 1
    };
    let dark = |at: usize| {
        let (x, y) = (at % side, at / side);
        if !(4..side - 4).contains(&x) || !(4..side - 4).contains(&y) {
            return false;
        }
        let (x, y, last) = (x - 4, y - 4, side - 9);
        match (x < 7, y < 7, x + 6 > last, y + 6 > last) {
            (true, true, _, _) => finder(x, y),
            (_, true, true, _) => finder(last - x, y),
            (true, _, _, true) => finder(x, last - y),
            _ => (x * 31 + y * 17 + x * y) % 7 < 3,
        }
    };
    Modules { side, dark: (0..side * side).map(dark).collect() }
}

/// The calm line says as many as the page.
pub(super) fn queued(mut view: View) -> View {
    view.sync.pending = 128;
    view
}

/// A package that is not known here, and what the server says of it.
fn look_ups() -> Vec<(&'static str, View)> {
    let of = |server, trail| {
        let unknown = PackageView { scan: None, in_task: false, is_partial: true, server: Some(server), ..package() };
        view(PageView::Package(Box::new(PackageView { trail, belongs: Vec::new(), ..unknown })))
    };
    let unknown = |server| {
        let shown = of(server, Vec::new());
        let PageView::Package(page) = shown.page else { return shown };
        View { page: PageView::Package(Box::new(PackageView { product: None, level: None, ..*page })), ..shown }
    };
    let frozen = ServerSays::Answered(Standing::Frozen, ago(0), vec![Kind::ClonedCode]);
    let mut offline = unknown(ServerSays::Unreachable);
    offline.sync.online = false;
    vec![
        ("look-up-asking", unknown(ServerSays::Asking)),
        ("look-up-offline", offline),
        ("look-up-answer", of(frozen, package().trail)),
    ]
}

fn approved() -> Vec<ApprovedView> {
    vec![ApprovedView { product: "原味 3% · 30 ml".into(), approvals: "TH-0107".into(), units: (4, 10) }]
}

fn returns() -> Vec<(&'static str, View)> {
    let document = |stage, number: &str, other: &str| ReturnableView {
        stage,
        document: number.into(),
        counterparty: other.into(),
        units: 40,
    };
    let documents = vec![
        document(Stage::ReturnIn, "PS-8841", "红星便利店"),
        document(Stage::ReturnIn, "PS-8790", "东门烟酒"),
        document(Stage::ReturnOut, "FH-1988", "深圳制造"),
    ];
    let reason = |approved| ReasonView { stage: Stage::ReturnIn, document: "PS-8841".into(), approved };
    vec![
        ("returns", view(PageView::Returns(documents))),
        ("returns-empty", view(PageView::Returns(Vec::new()))),
        ("return-reason", view(PageView::Reason(reason(approved())))),
        ("return-unapproved", view(PageView::Reason(reason(Vec::new())))),
        (
            "papers-return",
            view(PageView::Papers(PapersView { back: Some((ReturnReason::Quality, approved())), ..papers() })),
        ),
    ]
}

fn cases() -> Vec<(&'static str, View)> {
    let check = CaseCheckView {
        parent: "2LM8".into(),
        found: vec![("9WPT".into(), false), ("7K3M".into(), true), ("8D2T".into(), true)],
        on_record: Some(4),
        missing: vec!["1QXP".into(), "6TRA".into()],
    };
    let answer = Some((
        pair("不符：不在此箱的记录中。放一边，继续核。", "Not on record in this case. Put it aside, keep checking."),
        WRONG,
    ));
    let elsewhere = pair(
        "此包记录在箱 …6TRA 里。先拆那箱，或确认后仍装入。",
        "On record in case …6TRA. Open that case first, or confirm to put it here all the same.",
    );
    let insisting = CaseView {
        answer: Some((elsewhere, WRONG)),
        about: Some("5R8N".into()),
        insist: Some("5R8N".into()),
        ..case()
    };
    vec![
        (
            "case-mode",
            view(PageView::Case(CaseView { mode: CaseAct::Check, finder: Some(finder()), ..CaseView::default() })),
        ),
        ("case-elsewhere", view(PageView::Case(insisting))),
        (
            "case-check",
            view(PageView::Case(CaseView {
                check: Some(check),
                answer,
                about: Some("9WPT".into()),
                finder: Some(finder()),
                ..CaseView::default()
            })),
        ),
    ]
}

fn compared() -> Vec<(&'static str, View)> {
    let marked = |place: usize, mark| {
        let known = papers();
        let field = |(at, field): (usize, PaperField)| {
            if at == place { PaperField { mark: Some(mark), ..field } } else { field }
        };
        PapersView { fields: known.fields.into_iter().enumerate().map(field).collect(), photos: 1, ..papers() }
    };
    let nothing = PapersView { document: None, fields: Vec::new(), ..papers() };
    vec![
        ("papers-differ", view(PageView::Papers(marked(4, PaperMark::Differs)))),
        ("papers-recorded", view(PageView::Papers(PapersView { recorded: Some(true), ..papers() }))),
        ("papers-none", view(PageView::Papers(nothing.clone()))),
        ("papers-own", view(PageView::Papers(PapersView { is_own: true, ..nothing }))),
    ]
}

fn places() -> Vec<(&'static str, View)> {
    let address = || "10.0.0.7:7700".to_owned();
    let waiting = NearbyView {
        listening: Some((address(), "402 817".into(), Some(code()))),
        events: 3,
        messages: vec![(pair("已收终端 …1e2f 的 128 条", "Taken: 128 records of …1e2f"), false)],
        ..NearbyView::default()
    };
    let receipt = pair(
        "回执：对方已收 1 包，将代传。待传仍为 128，等服务器回执。",
        "Handed over, parcels: 1. 128 records stay queued until the server confirms.",
    );
    let handed = NearbyView { events: 128, messages: vec![(receipt, false)], ..NearbyView::default() };
    let call =
        |state| CallView { place: "广州分拣中心 · 1e2f".into(), person: "李梅".into(), gate: gate(state) };
    let lost = ReportView {
        what: Some(ReportWhat::Stolen),
        count: 1,
        has_packs: true,
        has_camera: true,
        ..ReportView::default()
    };
    let pack = ReportView { pack: Some("P-2031-1".into()), ..lost.clone() };
    let found = TasksView {
        place: "广州分拣中心".into(),
        tasks: vec![task(Stage::Outbound, "FH-2031", 37, 40), task(Stage::TransferOut, "DB-0007", 0, 8)],
        is_synced: true,
        search: "07".into(),
        ..TasksView::default()
    };
    vec![
        ("nearby", queued(view(PageView::Nearby(Box::new(handed))))),
        ("nearby-address", view(PageView::Search(SearchFor::Address))),
        ("nearby-waiting", view(PageView::Nearby(Box::new(waiting)))),
        ("gate-call", view(PageView::Call(Box::new(call(GateStateView::Held))))),
        ("gate-why", view(PageView::Call(Box::new(call(GateStateView::Cleared))))),
        ("report-lost", view(PageView::Report(lost))),
        ("report-pack", view(PageView::Report(pack))),
        ("report-packs", view(PageView::Packs(vec![roll("P-2031-2", Level::Case), roll("P-2031-1", Level::Unit)]))),
        ("report-count", view(PageView::Count)),
        ("tasks-search", view(PageView::Tasks(found))),
        ("search-task", view(PageView::Search(SearchFor::Task))),
        ("undo-why", view(PageView::UndoWhy(7, "0004".into(), true))),
    ]
}

/// Nothing to choose from, nothing left, nothing fresh.
fn states() -> Vec<(&'static str, View)> {
    let unsaid = ReportView { count: 1, has_camera: true, in_task: true, ..ReportView::default() };
    let mut stale = view(PageView::Tasks(tasks()));
    stale.chrome.can_go_back = false;
    stale.sync.stale_hours = Some(26);
    let words = pair(
        "数据已 26 小时未更新。超过 72 小时不可放行。照常扫码，联网后同步。",
        "Data is 26 h old. Goods cannot be cleared after 72 h. Keep scanning; sync when online.",
    );
    stale.chrome.strip = Some(Strip { tone: StripTone::Stale, words, tap: Some(Intent::Go(Page::Queue)) });
    vec![("report-choice", view(PageView::Report(unsaid))), ("tasks-stale", stale)]
}

fn roll(pack: &str, level: Level) -> PackView {
    PackView { pack: pack.into(), product: "原味 3% · 30 ml".into(), level, at: ago(23_000) }
}

/// Every screen by a short name.
pub(super) fn all() -> Vec<(&'static str, View)> {
    returns().into_iter().chain(cases()).chain(compared()).chain(look_ups()).chain(places()).chain(states()).collect()
}
