//! The window: plain views in, intents out. Only this module touches Slint; it knows no rule and no store.
//!
//! | to find | look in |
//! |---|---|
//! | what a page shows | [`view`] |
//! | what a person can want | [`intent`] |
//! | which page lies on which | [`route`] |
//! | words and rows of a page | `pages`, one file each |

#[allow(missing_docs, clippy::all, clippy::pedantic, clippy::unwrap_used, unsafe_code, unreachable_pub)]
mod generated {
    slint::include_modules!();
}
pub mod carry;
pub mod intent;
mod keys;
mod long_rows;
mod pages;
pub mod route;
mod sheet;
mod show;
#[cfg(test)]
mod tests;
pub mod view;
pub mod words;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;

use slint::ComponentHandle;

pub use generated::MainWindow;
use generated::{Alarm, Chrome, Keys, Sheet, SignIn};
pub use intent::Intent;
pub use view::{Outcome, View};

use crate::capture::KeySettings;
use crate::config::Language;
use crate::function_keys::FunctionKeys;
use route::Page;

/// The window cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("the window cannot be opened: {}", why_shut(.0))]
pub struct WindowError(#[from] slint::PlatformError);

/// Without a display the toolkit's own words are about its source files; what is to be done is the same whatever they say.
fn why_shut(error: &slint::PlatformError) -> String {
    let told = error.to_string();
    if told.contains("DISPLAY") {
        "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set). Start it on a desktop; `scanner-app scan` works without one".to_owned()
    } else {
        format!(
            "{told}. Is the display named by DISPLAY or WAYLAND_DISPLAY there? `scanner-app scan` works without one"
        )
    }
}

/// Makes the window and sends what people want to `intents`; `scanner` tells a hand scanner from typing, `functions` what keys do.
pub fn window(
    tablet: bool,
    (scanner, functions): (&KeySettings, &FunctionKeys),
    intents: &Sender<Intent>,
) -> Result<MainWindow, WindowError> {
    let window = MainWindow::new()?;
    window.set_tablet(tablet);
    keys::listen(&window, scanner, sender(intents));
    keys::functions(&window, functions, sender(intents));
    let chrome = window.global::<Chrome>();
    let send = sender(intents);
    chrome.on_act(move |key| {
        if let Some(intent) = Intent::read(&key) {
            send(intent);
        } else {
            tracing::warn!("a page raised an act that is not known");
        }
    });
    let send = sender(intents);
    chrome.on_go_back(move || send(Intent::Back));
    let send = sender(intents);
    chrome.on_open_menu(move || send(Intent::Go(Page::Menu)));
    let send = sender(intents);
    chrome.on_open_search(move || send(Intent::Go(Page::Search)));
    let send = sender(intents);
    chrome.on_open_sync(move || send(Intent::Go(Page::Queue)));
    let send = sender(intents);
    chrome.on_switch_language(move || send(Intent::SwitchLanguage));
    let send = sender(intents);
    window.global::<Keys>().on_shortened(|typed| {
        let mut typed = typed.to_string();
        typed.pop();
        typed.into()
    });
    window.global::<SignIn>().on_submit(move |number, pin| {
        send(Intent::SignIn { number: number.into(), pin: pin.into() });
    });
    let send = sender(intents);
    window.global::<Sheet>().on_typed(move |text| send(Intent::Typed(text.into())));
    let send = sender(intents);
    window.global::<Alarm>().on_acknowledged(move || send(Intent::Acknowledged));
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
    /// `must` be seen always goes. Answers whether it went.
    #[must_use]
    pub fn show(&self, view: View, language: Language, must: bool) -> bool {
        if self.busy.swap(true, Ordering::AcqRel) && !must {
            return false;
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
        shown.is_ok()
    }
}
