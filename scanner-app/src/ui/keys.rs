//! Keys of the window to lines of a hand scanner; typing goes on to the focused element, one gap later.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use slint::platform::{Key, WindowEvent};
use slint::{ComponentHandle, SharedString, Timer, TimerMode, Weak};

use super::Intent;
use super::generated::{Keys, MainWindow};
use super::route::Page;
use crate::capture::{KeyAssembler, KeyOutcome, KeyPressed, KeySettings};
use crate::function_keys::{Function, FunctionKey, FunctionKeys};

/// How much later than asked a timer may come before the window was too busy to look at its keys.
const LATE_MS: u64 = 15;

struct Listener {
    window: Weak<MainWindow>,
    assembler: RefCell<KeyAssembler>,
    gap_ms: u64,
    started: Instant,
    /// Time in which the window was busy: keys came, but were not looked at. It counts for no gap.
    busy_ms: Cell<u64>,
    last_ms: Cell<u64>,
    pause: Timer,
    /// While typing is given back, its keys pass.
    is_giving_back: Cell<bool>,
    send: Box<dyn Fn(Intent)>,
}

/// Lets every key of the window pass the assembler first.
pub(super) fn listen(window: &MainWindow, settings: &KeySettings, send: impl Fn(Intent) + 'static) {
    let listener = Rc::new(Listener {
        window: window.as_weak(),
        assembler: RefCell::new(KeyAssembler::new(settings.clone())),
        gap_ms: settings.gap_ms,
        started: Instant::now(),
        busy_ms: Cell::new(0),
        last_ms: Cell::new(0),
        pause: Timer::default(),
        is_giving_back: Cell::new(false),
        send: Box::new(send),
    });
    window.global::<Keys>().on_pressed(move |text, is_command, is_repeat| listener.press(&text, is_command, is_repeat));
}

/// Function keys do what the configuration says.
pub(super) fn functions(window: &MainWindow, keys: &FunctionKeys, send: impl Fn(Intent) + 'static) {
    let does = keys.pairs().map(|(key, function)| (text_of(key), function));
    window.global::<Keys>().on_function(move |text| {
        let found = does.iter().find(|(key, _)| *key == text);
        if let Some((_, function)) = found {
            send(match function {
                Function::Menu => Intent::Go(Page::Menu),
                other => Intent::Function(*other),
            });
        }
        found.is_some()
    });
}

/// What the toolkit calls a function key.
fn text_of(key: FunctionKey) -> SharedString {
    use Key::{
        F1, F2, F3, F4, F5, F6, F7, F8, F9, F10, F11, F12, F13, F14, F15, F16, F17, F18, F19, F20, F21, F22, F23, F24,
    };
    const KEYS: [Key; 24] =
        [F1, F2, F3, F4, F5, F6, F7, F8, F9, F10, F11, F12, F13, F14, F15, F16, F17, F18, F19, F20, F21, F22, F23, F24];
    KEYS.into_iter().nth(usize::from(key.number()) - 1).map(SharedString::from).unwrap_or_default()
}

impl Listener {
    /// A key goes down; whether it is kept.
    fn press(self: &Rc<Self>, text: &str, is_command: bool, is_repeat: bool) -> bool {
        if self.is_giving_back.get() {
            return false;
        }
        if self.pause.running() {
            // The timer would have come, had the window been free.
            self.was_busy(self.now_ms().saturating_sub(self.last_ms.get() + self.gap_ms));
        }
        let key = KeyPressed { text, is_command, is_repeat, at_ms: self.now_ms() };
        self.last_ms.set(key.at_ms);
        let decision = self.assembler.borrow_mut().press(key);
        for outcome in decision.outcomes {
            self.act(outcome);
        }
        self.watch();
        decision.is_held
    }

    /// Looks again when the keys that are held are too old for a scanner's next one.
    fn watch(self: &Rc<Self>) {
        match self.assembler.borrow().wait_ms() {
            Some(wait_ms) => self.look_after(wait_ms),
            None => self.pause.stop(),
        }
    }

    fn look_after(self: &Rc<Self>, wait_ms: u64) {
        let listener = Rc::downgrade(self);
        let due_ms = self.now_ms() + wait_ms;
        self.pause.start(TimerMode::SingleShot, Duration::from_millis(wait_ms), move || {
            let Some(listener) = listener.upgrade() else { return };
            let late_ms = listener.now_ms().saturating_sub(due_ms);
            if late_ms > LATE_MS {
                // Keys that came meanwhile go first.
                listener.was_busy(late_ms);
                listener.look_after(1);
                return;
            }
            let outcome = listener.assembler.borrow_mut().pause(listener.now_ms());
            if let Some(outcome) = outcome {
                listener.act(outcome);
            }
            listener.watch();
        });
    }

    fn was_busy(&self, ms: u64) {
        self.busy_ms.set(self.busy_ms.get() + ms);
    }

    fn act(&self, outcome: KeyOutcome) {
        match outcome {
            KeyOutcome::Line(text) => (self.send)(Intent::Line(text)),
            KeyOutcome::Typed(keys) => {
                let Some(window) = self.window.upgrade() else { return };
                self.is_giving_back.set(true);
                for text in keys {
                    for event in [
                        WindowEvent::KeyPressed { text: text.as_str().into() },
                        WindowEvent::KeyReleased { text: text.as_str().into() },
                    ] {
                        if let Err(error) = window.window().dispatch_event_with_result(event) {
                            tracing::warn!("a typed key was lost: {error}");
                        }
                    }
                }
                self.is_giving_back.set(false);
            }
        }
    }

    fn now_ms(&self) -> u64 {
        let since_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        since_ms.saturating_sub(self.busy_ms.get())
    }
}
