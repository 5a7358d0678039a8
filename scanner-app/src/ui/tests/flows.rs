//! Flows by accessible label.

use std::time::Duration;

use i_slint_backend_testing::mock_elapsed_time;
use shared::event::Stage;
use shared::mismatch::Kind;
use slint::ComponentHandle;
use slint::platform::{Key, WindowEvent};

use super::super::intent::{Differ, ReportWhat, Setting};
use super::super::route::{ListTab, Page};
use super::super::view::{PageView, ReportView, SettingsView, TasksView, View};
use super::super::{Intent, MainWindow, show};
use super::screens::{self, BLOCKED, result, scan};
use super::screens_beside::{sign_in, task};
use super::screens_sorts::close;
use super::{find, labels, open, view};
use crate::config::Language;
use crate::function_keys::Function;

pub(super) fn shown(name: &str) -> View {
    let found = screens::all(false).into_iter().find(|(known, _)| *known == name);
    found.unwrap_or_else(|| panic!("no screen is called {name}")).1
}

pub(super) fn tap(window: &MainWindow, label: &str) {
    find(window, label).invoke_accessible_default_action();
}

pub(super) fn pass(ms: u64) {
    mock_elapsed_time(Duration::from_millis(ms));
}

pub(super) fn strike(window: &MainWindow, text: &str) {
    press(window, text);
    release(window, text);
}

pub(super) fn press(window: &MainWindow, text: &str) {
    window.window().dispatch_event_with_result(WindowEvent::KeyPressed { text: text.into() }).unwrap();
}

pub(super) fn release(window: &MainWindow, text: &str) {
    window.window().dispatch_event_with_result(WindowEvent::KeyReleased { text: text.into() }).unwrap();
}

pub(super) fn activate(window: &MainWindow) {
    window.window().dispatch_event_with_result(WindowEvent::WindowActiveChanged(true)).unwrap();
    pass(20);
}

#[test]
fn one_tap_on_a_row_opens_its_task() {
    let (window, wanted) = open(false);
    let tasks = TasksView {
        place: "广州分拣中心".into(),
        tasks: vec![task(Stage::Outbound, "FH-2031", 37, 40)],
        is_synced: true,
        ..TasksView::default()
    };
    show(&window, &view(PageView::Tasks(tasks)), Language::Zh);
    pass(20);
    tap(&window, "出库 FH-2031 37 / 40 箱");
    assert_eq!(wanted.try_recv(), Ok(Intent::OpenTask("outbound C1 FH-2031".into())));
}

#[test]
fn a_closed_task_leads_to_its_gate_and_the_menu_to_the_rest() {
    let (window, wanted) = open(false);
    show(&window, &shown("tasks"), Language::Zh);
    pass(20);
    tap(&window, "出库 FH-1988 20 / 20 箱 · 暂不放行：2 项");
    assert_eq!(wanted.try_recv(), Ok(Intent::OpenGate("outbound C1 FH-1988".into())));
    tap(&window, "菜单");
    assert_eq!(wanted.try_recv(), Ok(Intent::Go(Page::Menu)));
    tap(&window, "入库 1");
    assert_eq!(wanted.try_recv(), Ok(Intent::Filter(Some(Stage::Inbound))));
}

#[test]
fn an_empty_list_says_what_fills_it() {
    let (window, _wanted) = open(false);
    let mut view = shown("tasks-empty");
    (view.sync.online, view.sync.pending) = (false, 12_345);
    show(&window, &view, Language::En);
    pass(20);
    find(&window, "No tasks. Scan a dispatch note's QR, or sync.");
    find(&window, "Offline · 12k queued · sync 10:42 · data 09:55");
}

#[test]
fn a_number_and_a_pin_sign_in_by_pad_and_by_keys() {
    let (window, wanted) = open(false);
    activate(&window);
    show(&window, &view(PageView::SignIn(sign_in())), Language::Zh);
    pass(20);
    for key in ["1", "0", "2", "4"] {
        tap(&window, key);
    }
    tap(&window, "登录");
    for key in ["7", "7", "1", "2", "3", "4"] {
        tap(&window, key);
    }
    tap(&window, "登录");
    assert_eq!(wanted.try_recv(), Ok(Intent::SignIn { number: "1024".into(), pin: "771234".into() }));
}

#[test]
fn a_badge_wants_only_the_pin() {
    let (window, wanted) = open(false);
    show(&window, &shown("sign-in-wrong"), Language::Zh);
    pass(20);
    for key in ["7", "7", "1", "2", "3", "4", "登录"] {
        tap(&window, key);
    }
    assert_eq!(wanted.try_recv(), Ok(Intent::SignIn { number: String::new(), pin: "771234".into() }));
    find(&window, "PIN 不对，还可试 3 次。忘记了找主管重设。");
}

#[test]
fn the_figure_and_the_answer_change_their_language_without_losing_the_work() {
    let (window, _wanted) = open(false);
    let page = PageView::Scan(Box::new(scan(Some(result(BLOCKED, "5R8N", &[Kind::FrozenCode])))));
    show(&window, &view(page.clone()), Language::Zh);
    pass(20);
    find(&window, "37 / 40 箱");
    find(&window, "1\u{202F}850 / 2\u{202F}000 盒");
    find(&window, "拦截 5R8N 码包丢失/失窃 移出货堆，放隔离区，通知主管\n依据：追溯细则 2022 第 22 条");
    show(&window, &view(page), Language::En);
    pass(20);
    find(&window, "37 / 40 cases");
    find(
        &window,
        "Blocked 5R8N Code pack lost or stolen Take it out, set it aside, tell the supervisor\nRests on: Traceability rules 2022, art. 22",
    );
}

#[test]
fn undo_names_the_scan_that_was_shown() {
    let (window, wanted) = open(false);
    show(&window, &shown("scan-accepted"), Language::Zh);
    pass(20);
    tap(&window, "撤销 7K3M");
    assert_eq!(wanted.try_recv(), Ok(Intent::Undo(42)));
    tap(&window, "未扫 3");
    assert_eq!(wanted.try_recv(), Ok(Intent::Go(Page::Lists(ListTab::ToScan))));
    tap(&window, "记录");
    assert_eq!(wanted.try_recv(), Ok(Intent::Go(Page::History)));
}

#[test]
fn an_undone_scan_is_not_undone_again() {
    let (window, wanted) = open(false);
    show(&window, &shown("scan-undone"), Language::Zh);
    pass(20);
    assert!(labels(&window).iter().all(|label| label != "撤销 7K3M"));
    tap(&window, "撤销");
    assert!(wanted.try_recv().is_err());
}

#[test]
fn closing_says_what_it_records_and_wants_the_notes_seen_first() {
    let (window, wanted) = open(false);
    show(&window, &view(PageView::Close(close(false))), Language::Zh);
    pass(20);
    tap(&window, "最终结束 · 先勾选：已看过提示");
    assert!(wanted.try_recv().is_err(), "there is no final close before the notes are seen");
    tap(&window, "已看过 2 条提示 · 异常速度 2");
    assert_eq!(wanted.try_recv(), Ok(Intent::NotesSeen));
    tap(&window, "部分结束 · 稍后继续，不算少货");
    assert_eq!(wanted.try_recv(), Ok(Intent::ClosePartial));
    show(&window, &view(PageView::Close(close(true))), Language::Zh);
    pass(20);
    tap(&window, "最终结束 · 3 箱记为少货 · 先问别的终端");
    assert_eq!(wanted.try_recv(), Ok(Intent::CloseFinal));
}

#[test]
fn the_alarm_ends_only_by_a_second_of_holding() {
    let (window, wanted) = open(false);
    activate(&window);
    show(&window, &shown("alarm"), Language::Zh);
    pass(20);
    find(&window, "按住 1 秒：2 个都已隔离");
    for key in [Key::Escape, Key::F1, Key::F4] {
        strike(&window, &slint::SharedString::from(key));
    }
    strike(&window, "\n");
    pass(2_000);
    assert!(wanted.try_recv().is_err(), "a tap of Enter, Escape and function keys end nothing");
    press(&window, "\n");
    for _ in 0..10 {
        pass(60);
    }
    release(&window, "\n");
    pass(2_000);
    assert!(wanted.try_recv().is_err(), "released early");
    press(&window, "\n");
    for _ in 0..25 {
        pass(60);
    }
    release(&window, "\n");
    assert_eq!(wanted.try_recv(), Ok(Intent::Acknowledged));
}

#[test]
fn one_tap_confirms_a_receipt_and_one_takes_it_back() {
    let (window, wanted) = open(true);
    show(&window, &shown("receipt"), Language::Zh);
    pass(20);
    tap(&window, "全部收到 · 10 盒");
    assert_eq!(wanted.try_recv(), Ok(Intent::ConfirmAll));
    tap(&window, "货与单不同 · 少货、破损、拒收");
    assert_eq!(wanted.try_recv(), Ok(Intent::Go(Page::Differs)));
    show(&window, &shown("receipt-done"), Language::Zh);
    pass(20);
    tap(&window, "撤销");
    assert_eq!(wanted.try_recv(), Ok(Intent::UndoConfirm));
}

#[test]
fn what_differs_is_counted_line_by_line_and_signed_with_the_pin() {
    let (window, wanted) = open(true);
    show(&window, &shown("receipt-differs"), Language::En);
    pass(20);
    tap(&window, "薄荷 2% · 30 ml Damaged one more");
    assert_eq!(wanted.try_recv(), Ok(Intent::Step { line: 1, what: Differ::Damaged, by: 1 }));
    tap(&window, "Sign · 1 short · 2 damaged");
    assert_eq!(wanted.try_recv(), Ok(Intent::Go(Page::Sign)));
    show(&window, &shown("receipt-sign"), Language::En);
    pass(20);
    find(&window, "10 units due · 1 short · 2 damaged");
    // One slip takes back one key, not all of them.
    for key in ["7", "7", "9", "Delete", "Sign"] {
        tap(&window, key);
    }
    assert_eq!(wanted.try_recv(), Ok(Intent::Typed("77".into())));
}

#[test]
fn a_line_that_cannot_differ_is_left_out_and_the_others_keep_their_places() {
    let (window, wanted) = open(true);
    let mut view = shown("receipt-differs");
    let PageView::Differs(differs) = &mut view.page else { panic!("the page of what differs") };
    let first = differs.lines[0].product.clone();
    (differs.lines[0].due, differs.lines[0].differs) = (0, [0; 3]);
    show(&window, &view, Language::En);
    pass(20);
    assert!(!labels(&window).iter().any(|label| label.starts_with(&first)), "nothing of it came");
    tap(&window, "薄荷 2% · 30 ml Damaged one more");
    assert_eq!(wanted.try_recv(), Ok(Intent::Step { line: 1, what: Differ::Damaged, by: 1 }), "not the first shown");
    // What was said of it before can still be taken back.
    let PageView::Differs(differs) = &mut view.page else { panic!("the page of what differs") };
    differs.lines[0].differs = [1, 0, 0];
    show(&window, &view, Language::En);
    pass(20);
    tap(&window, &format!("{first} Short one less"));
    assert_eq!(wanted.try_recv(), Ok(Intent::Step { line: 0, what: Differ::Short, by: -1 }));
}

#[test]
fn a_gate_that_is_held_says_why_and_goes_on() {
    let (window, wanted) = open(false);
    show(&window, &shown("gate-held"), Language::En);
    pass(20);
    find(&window, "Held · 2 reasons · data 09:55");
    tap(&window, "Keep scanning");
    assert_eq!(wanted.try_recv(), Ok(Intent::GoOn));
    show(&window, &shown("gate-cleared"), Language::En);
    pass(20);
    find(&window, "Show to driver or guard");
}

#[test]
fn reports_settings_and_pages_beside_say_what_was_touched() {
    let (window, wanted) = open(false);
    show(&window, &view(PageView::Report(ReportView { count: 1, ..ReportView::default() })), Language::En);
    pass(20);
    tap(&window, "Damaged · goods or package broken");
    assert_eq!(wanted.try_recv(), Ok(Intent::Report(ReportWhat::Damaged)));
    show(&window, &view(PageView::Settings(SettingsView::default())), Language::En);
    pass(20);
    tap(&window, "Theme light");
    assert_eq!(wanted.try_recv(), Ok(Intent::Set(Setting::Skin)));
    tap(&window, "Back");
    assert_eq!(wanted.try_recv(), Ok(Intent::Back));
}

#[test]
fn keys_alone_move_and_a_stray_enter_does_nothing_while_scanning() {
    let (window, wanted) = open(false);
    activate(&window);
    show(&window, &shown("scan-accepted"), Language::Zh);
    pass(20);
    strike(&window, "\n");
    assert!(wanted.try_recv().is_err());
    strike(&window, &slint::SharedString::from(Key::F4));
    assert_eq!(wanted.try_recv(), Ok(Intent::Function(Function::Close)));
    strike(&window, &slint::SharedString::from(Key::Escape));
    assert_eq!(wanted.try_recv(), Ok(Intent::Back));
    // Tab reaches the first act of the header; Enter does it.
    strike(&window, "\t");
    strike(&window, "\n");
    assert_eq!(wanted.try_recv(), Ok(Intent::Back));
}

#[test]
fn a_hand_scanner_types_a_line_whatever_page_is_shown() {
    const CODE: &str = "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD";
    let (window, wanted) = open(false);
    activate(&window);
    for name in ["tasks", "scan-accepted", "lists", "sign-in", "alarm", "settings", "search"] {
        show(&window, &shown(name), Language::Zh);
        pass(20);
        for character in CODE.chars() {
            strike(&window, &character.to_string());
        }
        assert!(wanted.try_recv().is_err(), "{name}: nothing before the end");
        strike(&window, "\n");
        assert_eq!(wanted.try_recv(), Ok(Intent::Line(CODE.into())), "{name}");
    }
}
