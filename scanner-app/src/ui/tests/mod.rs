//! The window by its accessible labels, as a screen reader or a finger finds things; its pictures; its measures. No display is needed.

mod alarms;
mod fits;
mod flows;
mod flows_aside;
mod fold;
mod golden;
mod hands;
mod manual;
mod measures;
mod picture;
mod places;
mod sampled;
mod screens;
mod screens_aside;
mod screens_beside;
mod screens_lists;
mod screens_sorts;
mod states;
mod tablet;
mod themes;
mod walked;
mod wording;

use std::sync::mpsc::{Receiver, channel};

use i_slint_backend_testing::{ElementHandle, TestingBackend, TestingBackendOptions};
use slint::{ComponentHandle, LogicalSize};

use super::view::{ChromeView, PageView, SyncView, View};
use super::{Intent, MainWindow, window};
use crate::capture::KeySettings;
use crate::function_keys::FunctionKeys;
use shared::time::Timestamp;

/// 2026-10-04 10:42 in Shanghai.
const NOW_MS: i64 = 1_791_081_720_000;

/// A moment so many minutes before the tests' now.
fn ago(minutes: i64) -> Timestamp {
    Timestamp::from_ms(NOW_MS - minutes * 60_000)
}

/// A window that is drawn by the software renderer into memory.
fn open(tablet: bool) -> (MainWindow, Receiver<Intent>) {
    open_with(tablet, &FunctionKeys::default())
}

/// The same, with these function keys.
fn open_with(tablet: bool, keys: &FunctionKeys) -> (MainWindow, Receiver<Intent>) {
    let options = TestingBackendOptions { mock_time: true, threading: false, renderer_name: Some("software".into()) };
    slint::platform::set_platform(Box::new(TestingBackend::new(options))).expect("one window a test thread");
    let (intents, wanted) = channel();
    let window = window(tablet, (&KeySettings::default(), keys), &intents).unwrap();
    let (width, height) = if tablet { (1_280.0, 800.0) } else { (480.0, 800.0) };
    window.window().set_size(LogicalSize::new(width, height));
    window.show().unwrap();
    (window, wanted)
}

/// Does something on both canvases: `true` is the tablet. A thread has one window at most.
fn on_both(check: impl Fn(bool) + Copy + Send + 'static) {
    for tablet in [false, true] {
        let done = std::thread::spawn(move || check(tablet)).join();
        if let Err(why) = done {
            std::panic::resume_unwind(why);
        }
    }
}

fn sync() -> SyncView {
    SyncView {
        online: true,
        pending: 3,
        last_sync: Some(ago(0)),
        data_as_of: Some(ago(47)),
        stale_hours: None,
        now: Timestamp::from_ms(NOW_MS),
        trouble: None,
    }
}

fn view(page: PageView) -> View {
    let chrome = ChromeView { can_go_back: true, person: "李梅".into(), turn: 1, ..ChromeView::default() };
    View { chrome, sync: sync(), page, alarm: None }
}

fn find(window: &MainWindow, label: &str) -> ElementHandle {
    let found = ElementHandle::find_by_accessible_label(window, label).next();
    found.unwrap_or_else(|| panic!("nothing is labelled `{label}`; there are {:#?}", labels(window)))
}

fn labels(window: &MainWindow) -> Vec<String> {
    let all = i_slint_backend_testing::ElementQuery::from_root(window).match_descendants().find_all();
    let labels = all.iter().filter_map(ElementHandle::accessible_label).filter(|label| !label.is_empty());
    labels.map(|label| label.to_string()).collect()
}
