//! Bad days, by label: what is wrong is said on the screen, and there is a way on.

use super::super::generated::Scan;
use super::super::intent::Intent;
use super::super::route::Page;
use super::super::view::{CloseView, PageView, Strip, StripTone, View};
use super::super::{MainWindow, show};
use super::{find, labels, open, screens, screens_sorts};
use crate::config::Language;
use shared::event::Stage;
use slint::ComponentHandle;

fn shown(window: &MainWindow, view: &View, language: Language) {
    show(window, view, language);
    i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
}

fn screen(name: &str) -> View {
    screens::all(false).into_iter().find(|(known, _)| *known == name).unwrap().1
}

fn says(window: &MainWindow, words: &str) {
    let all = labels(window);
    assert!(all.iter().any(|label| label.contains(words)), "`{words}` is not said; there are {all:#?}");
}

#[test]
fn without_a_camera_the_hand_scanner_goes_on() {
    let (window, wanted) = open(false);
    shown(&window, &screen("scan-no-camera"), Language::En);
    says(&window, "Camera lost. Unplugged or in use. Use the scanner; the camera returns by itself.");
    find(&window, "Close").invoke_accessible_default_action();
    assert_eq!(wanted.try_recv(), Ok(Intent::Go(Page::Close)));
}

#[test]
fn a_viewfinder_that_sleeps_wakes_by_a_tap() {
    let (window, wanted) = open(false);
    shown(&window, &screen("scan-asleep"), Language::Zh);
    find(&window, "取景已休眠。点这里唤醒。").invoke_accessible_default_action();
    assert_eq!(wanted.try_recv(), Ok(Intent::Trigger));
}

#[test]
fn a_full_storage_leads_to_what_waits() {
    let (window, wanted) = open(false);
    let view = screen("scan-full");
    shown(&window, &view, Language::En);
    let strip = view.chrome.strip.unwrap().words.1;
    find(&window, &strip).invoke_accessible_default_action();
    assert_eq!(wanted.try_recv(), Ok(Intent::Go(Page::Queue)));
    // The page itself has both ways out, and no Undo that does nothing.
    find(&window, "Sync now").invoke_accessible_default_action();
    assert_eq!(wanted.try_recv(), Ok(Intent::SyncNow));
    find(&window, "Carry out").invoke_accessible_default_action();
    assert_eq!(wanted.try_recv(), Ok(Intent::Go(Page::Carry)));
    assert!(labels(&window).iter().all(|label| label != "Undo"));
    shown(&window, &screen("queue"), Language::En);
    find(&window, "Carry out").invoke_accessible_default_action();
    assert_eq!(wanted.try_recv(), Ok(Intent::Go(Page::Carry)));
}

#[test]
fn a_wrong_pin_says_how_many_tries_are_left() {
    let (window, _wanted) = open(false);
    shown(&window, &screen("sign-in-wrong"), Language::En);
    says(&window, "Wrong PIN, 3 tries left. If forgotten, ask your supervisor.");
    find(&window, "Sign in");
}

#[test]
fn an_expired_enrolment_says_who_makes_a_new_one() {
    let (window, wanted) = open(false);
    shown(&window, &screen("enrol-expired"), Language::Zh);
    says(&window, "登记码已过期或用过。");
    find(&window, "手工输入").invoke_accessible_default_action();
    assert_eq!(wanted.try_recv(), Ok(Intent::Go(Page::Search)));
}

#[test]
fn an_unknown_document_leads_to_a_sync() {
    let (window, wanted) = open(false);
    let mut view = screen("tasks");
    let words = (
        "未找到“FH-2050”。不在 09:55 的数据中。先同步；仍没有，联系发货方。".to_owned(),
        "FH-2050 not found. Not in the data of 09:55. Sync; if still missing, ask the consignor.".to_owned(),
    );
    let en = words.1.clone();
    view.chrome.strip = Some(Strip { tone: StripTone::Trouble, words, tap: Some(Intent::Go(Page::Queue)) });
    shown(&window, &view, Language::En);
    find(&window, &en).invoke_accessible_default_action();
    assert_eq!(wanted.try_recv(), Ok(Intent::Go(Page::Queue)));
}

#[test]
fn a_servers_refusal_is_on_every_page_and_each_record_says_why() {
    let (window, wanted) = open(false);
    let mut view = screen("tasks");
    let (zh, en) = crate::sync::refusal(shared::wire::ProblemCode::CertificateExpired);
    view.sync.trouble = Some((zh.into(), en.into()));
    shown(&window, &view, Language::En);
    says(&window, "The enrolment has expired; uploads stopped. All records are here.");
    shown(&window, &screen("queue"), Language::En);
    says(&window, "The server cannot match these records and set them aside.");
    find(&window, "Sync now").invoke_accessible_default_action();
    assert_eq!(wanted.try_iter().last(), Some(Intent::SyncNow));
}

#[test]
fn a_terminal_without_data_says_when_tasks_come_and_that_work_may_begin() {
    let (window, wanted) = open(false);
    shown(&window, &screen("tasks-no-data"), Language::En);
    find(&window, "Sync now").invoke_accessible_default_action();
    assert_eq!(wanted.try_recv(), Ok(Intent::SyncNow));
    says(&window, "You may scan a document's QR and work all the same.");
    shown(&window, &screen("tasks-empty"), Language::En);
    says(&window, "No tasks. Scan a dispatch note's QR, or sync.");
}

#[test]
fn a_receipt_of_less_than_was_ordered_says_so_and_confirms_what_came() {
    let (window, _wanted) = open(false);
    let mut view = screen("receipt");
    let came = |view: &mut View, packages: u64| {
        let PageView::Receipt(page) = &mut view.page else { panic!("no receipt") };
        (page.due_packages, page.coming_units) = (Some(packages), packages);
    };
    came(&mut view, 4);
    shown(&window, &view, Language::En);
    find(&window, "All received · 4 units");
    says(&window, "6 units not sent yet");
    came(&mut view, 0);
    shown(&window, &view, Language::En);
    assert!(!labels(&window).iter().any(|label| label.starts_with("All received")), "nothing is left to confirm");
    find(&window, "Close");
}

#[test]
fn an_undone_duplicate_says_that_the_first_scan_counts() {
    let (window, _wanted) = open(false);
    let mut view = screen("scan-duplicate");
    if let PageView::Scan(page) = &mut view.page
        && let Some(result) = &mut page.result
    {
        result.undone = true;
    }
    shown(&window, &view, Language::En);
    says(&window, "the first scan still counts");
}

/// Goods that another note announced count as arrived here, and may be what made the figure full.
#[test]
fn what_is_held_on_arrival_is_never_called_complete() {
    let (window, _wanted) = open(false);
    for (stage, set_aside, complete) in
        [(Stage::Inbound, 0, true), (Stage::Inbound, 2, false), (Stage::Receipt, 2, false), (Stage::Outbound, 2, true)]
    {
        let mut view = screen("scan-complete");
        let PageView::Scan(scan) = &mut view.page else { panic!("the scan page") };
        (scan.stage, scan.set_aside) = (stage, set_aside);
        shown(&window, &view, Language::En);
        assert_eq!(window.global::<Scan>().get_complete(), complete, "{stage:?}, {set_aside} held");
        let told = labels(&window).iter().any(|label| label.contains("All scanned: close"));
        assert_eq!(told, complete, "{stage:?}, {set_aside} held");
    }
    let close =
        |stage| View { page: PageView::Close(CloseView { stage, ..screens_sorts::close(true) }), ..screen("close") };
    shown(&window, &close(Stage::Inbound), Language::En);
    says(&window, "here; the supervisor decides");
    shown(&window, &close(Stage::Outbound), Language::En);
    says(&window, "neither sent nor counted");
}
