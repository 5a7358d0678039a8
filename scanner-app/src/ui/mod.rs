//! The window: plain views in, intents out. Only this module touches Slint; it knows no rule and no store.

#[allow(missing_docs, clippy::all, clippy::pedantic, clippy::unwrap_used, unsafe_code, unreachable_pub)]
mod generated {
    slint::include_modules!();
}
pub mod carry;
mod keys;
mod show;
#[cfg(test)]
mod tests;
mod view;
pub mod words;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;

use slint::ComponentHandle;

pub use generated::{Keys, MainWindow, Scan, Sync, Tasks};
pub use view::{BoxView, FrameView, Outcome, RecentView, ResultView, ScanView, SyncView, TaskView, View, ViewPage};

use crate::capture::KeySettings;
use crate::config::Language;

/// What a person wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Open the task of this key.
    OpenTask(String),
    /// Leave the task open and go back to the list.
    Back,
    /// Undo the scan of this number, the one that the banner showed when the finger went down.
    Undo(u64),
    /// Close the task, to go on later.
    ClosePartial,
    /// Close the task for good.
    CloseFinal,
    /// The other language.
    SwitchLanguage,
    /// A hand scanner typed a label's text.
    Line(String),
}

/// The window cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error(
    "the window cannot be opened: {0}. Is there a display (DISPLAY or WAYLAND_DISPLAY)? `scanner-app scan` works without one"
)]
pub struct WindowError(#[from] slint::PlatformError);

/// Makes the window and sends what people want to `intents`; `keys` tell a hand scanner from typing.
pub fn window(tablet: bool, keys: &KeySettings, intents: &Sender<Intent>) -> Result<MainWindow, WindowError> {
    let window = MainWindow::new()?;
    window.set_tablet(tablet);
    keys::listen(&window, keys, sender(intents));
    let tasks = window.global::<Tasks>();
    let send = sender(intents);
    tasks.on_open(move |key| send(Intent::OpenTask(key.to_string())));
    let send = sender(intents);
    tasks.on_switch_language(move || send(Intent::SwitchLanguage));
    let scan = window.global::<Scan>();
    let send = sender(intents);
    scan.on_undo(move |seq| send(Intent::Undo(u64::try_from(seq).unwrap_or(0))));
    let send = sender(intents);
    scan.on_close_partial(move || send(Intent::ClosePartial));
    let send = sender(intents);
    scan.on_close_final(move || send(Intent::CloseFinal));
    let send = sender(intents);
    scan.on_back(move || send(Intent::Back));
    Ok(window)
}

fn sender(intents: &Sender<Intent>) -> impl Fn(Intent) + use<> {
    let intents = intents.clone();
    move |intent| {
        // A session that has ended needs no more intents.
        let _ = intents.send(intent);
    }
}

/// Shows a view in a window of this thread.
pub fn show(window: &MainWindow, view: &View, language: Language) {
    show::show(window, view, language);
}

/// The way to the window from another thread.
#[derive(Clone)]
pub struct WindowHandle {
    window: slint::Weak<MainWindow>,
    busy: Arc<AtomicBool>,
}

impl WindowHandle {
    /// The handle of a window.
    #[must_use]
    pub fn of(window: &MainWindow) -> Self {
        Self { window: window.as_weak(), busy: Arc::new(AtomicBool::new(false)) }
    }

    /// Shows a view. While the window has not taken the last one, a mere new frame is dropped, never queued; a view that
    /// `must` be seen always goes.
    pub fn show(&self, view: View, language: Language, must: bool) {
        if self.busy.swap(true, Ordering::AcqRel) && !must {
            return;
        }
        let busy = Arc::clone(&self.busy);
        let shown = self.window.upgrade_in_event_loop(move |window| {
            busy.store(false, Ordering::Release);
            show::show(&window, &view, language);
        });
        if shown.is_err() {
            // The window is closed: the session's intents end with it.
            self.busy.store(true, Ordering::Release);
        }
    }
}
