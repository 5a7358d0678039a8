//! The window by its accessible labels, as a screen reader or a finger finds things; no display is needed.

use std::sync::mpsc::{Receiver, channel};

use i_slint_backend_testing::{ElementHandle, init_no_event_loop};
use shared::event::Stage;
use shared::mismatch::{Kind, ScanResult};
use shared::reference::Level;
use slint::ComponentHandle;

use super::{
    Intent, MainWindow, Outcome, RecentView, ResultView, ScanView, SyncView, TaskView, View, ViewPage, show, window,
};
use crate::capture::KeySettings;
use crate::config::Language;

fn open() -> (MainWindow, Receiver<Intent>) {
    init_no_event_loop();
    let (intents, wanted) = channel();
    (window(false, &KeySettings::default(), &intents).unwrap(), wanted)
}

fn view(page: ViewPage) -> View {
    View { sync: SyncView { pending: 12_345, ..SyncView::default() }, page }
}

fn scan_view(result: Option<ResultView>) -> ScanView {
    let outcome = Outcome { result: ScanResult::Accepted, note: false };
    ScanView {
        stage: Stage::Outbound,
        title: "FH-2031".into(),
        counterparty: "深圳批发".into(),
        done: 37,
        total: Some(40),
        level: Level::Case,
        units: (1_850, 2_000),
        set_aside: 1,
        result,
        recent: vec![RecentView { outcome, tail: "7K3M".into() }],
        boxes: Vec::new(),
        frame: None,
        camera_trouble: None,
    }
}

fn blocked() -> ResultView {
    ResultView {
        outcome: Outcome { result: ScanResult::Blocked, note: false },
        tail: "5R8N".into(),
        kinds: vec![Kind::FrozenCode],
        seq: 42,
        undone: false,
    }
}

fn find(window: &MainWindow, label: &str) -> ElementHandle {
    let found = ElementHandle::find_by_accessible_label(window, label).next();
    found.unwrap_or_else(|| panic!("nothing is labelled `{label}`"))
}

#[test]
fn one_tap_on_a_row_opens_its_task() {
    let (window, wanted) = open();
    let task = TaskView {
        key: "outbound C1 N1".into(),
        stage: Stage::Outbound,
        title: "FH-2031".into(),
        counterparty: "深圳批发".into(),
        done: 37,
        total: Some(40),
        level: Level::Case,
    };
    show(&window, &view(ViewPage::Tasks("广州分拣中心".into(), vec![task])), Language::Zh);
    window.show().unwrap();
    find(&window, "出库 FH-2031 37 / 40 箱").invoke_accessible_default_action();
    assert_eq!(wanted.try_recv(), Ok(Intent::OpenTask("outbound C1 N1".into())));
    find(&window, "EN").invoke_accessible_default_action();
    assert_eq!(wanted.try_recv(), Ok(Intent::SwitchLanguage));
}

#[test]
fn an_empty_list_says_what_fills_it() {
    let (window, _) = open();
    show(&window, &view(ViewPage::Tasks("广州分拣中心".into(), Vec::new())), Language::En);
    window.show().unwrap();
    find(&window, "No tasks. New documents appear here after a sync.");
    find(&window, "Offline · 12k queued · sync – · data –");
}

#[test]
fn the_figure_and_the_answer_change_their_language_without_losing_the_work() {
    let (window, _) = open();
    let page = ViewPage::Scan(Box::new(scan_view(Some(blocked()))));
    show(&window, &view(page.clone()), Language::Zh);
    window.show().unwrap();
    find(&window, "37 / 40 箱");
    find(&window, "1 850 / 2 000 盒");
    find(&window, "拦截 5R8N 码包丢失/失窃 移出货堆,放隔离区,通知主管\n依据:追溯细则 2022 第 22 条");
    show(&window, &view(page), Language::En);
    find(&window, "37 / 40 cases");
    find(
        &window,
        "Blocked 5R8N Code pack lost or stolen Take it out, set it aside, tell the supervisor\nRests on: Traceability rules 2022, art. 22",
    );
}

#[test]
fn undo_names_the_scan_that_was_shown() {
    let (window, wanted) = open();
    show(&window, &view(ViewPage::Scan(Box::new(scan_view(Some(blocked()))))), Language::Zh);
    window.show().unwrap();
    find(&window, "撤销").invoke_accessible_default_action();
    assert_eq!(wanted.try_recv(), Ok(Intent::Undo(42)));
}

#[test]
fn closing_says_what_it_records_before_it_does() {
    let (window, wanted) = open();
    show(&window, &view(ViewPage::Scan(Box::new(scan_view(None)))), Language::Zh);
    window.show().unwrap();
    find(&window, "结束").invoke_accessible_default_action();
    assert!(wanted.try_recv().is_err(), "the first tap closes nothing");
    find(&window, "最终结束 · 3 箱记为少货").invoke_accessible_default_action();
    assert_eq!(wanted.try_recv(), Ok(Intent::CloseFinal));
}

fn strike(window: &MainWindow, text: &str) {
    for event in [
        slint::platform::WindowEvent::KeyPressed { text: text.into() },
        slint::platform::WindowEvent::KeyReleased { text: text.into() },
    ] {
        window.window().dispatch_event_with_result(event).unwrap();
    }
}

#[test]
fn a_hand_scanner_types_a_line_whatever_page_is_shown() {
    const CODE: &str = "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD";
    let (window, wanted) = open();
    show(&window, &view(ViewPage::Tasks("广州分拣中心".into(), Vec::new())), Language::Zh);
    window.show().unwrap();
    window.window().dispatch_event_with_result(slint::platform::WindowEvent::WindowActiveChanged(true)).unwrap();
    for page in [true, false, true] {
        let page = if page {
            ViewPage::Scan(Box::new(scan_view(None)))
        } else {
            ViewPage::Tasks("广州分拣中心".into(), Vec::new())
        };
        show(&window, &view(page), Language::Zh);
        i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
        for character in CODE.chars() {
            strike(&window, &character.to_string());
        }
        assert!(wanted.try_recv().is_err(), "nothing before the end");
        strike(&window, "\n");
        assert_eq!(wanted.try_recv(), Ok(Intent::Line(CODE.into())));
    }
    strike(&window, "7");
    strike(&window, "\n");
    assert!(wanted.try_recv().is_err(), "one key is typing");
}
