//! `carry watch`: a moving QR code from another terminal's screen.

use std::cell::Cell;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use serde_json::json;
use slint::ComponentHandle;

use super::{Form, WatchArgs, files};
use crate::capture::{InputReader, Source};
use crate::carry::fountain::{Heard, Receiver};
use crate::carry::{Settled, settle};
use crate::cli::stores;
use crate::config::{Config, Language};
use crate::device::Machine;
use crate::store::Store;
use crate::ui::carry::{WatchView, show_watch, watch_window};
use shared::chain::PublicKey;
use shared::wire::sealed::{Load, Parcel, read_answers};

/// What came of a code.
enum Came {
    /// A parcel is kept for another terminal.
    Kept { events: u64, is_new: bool },
    /// Answers were taken in.
    Settled { settled: Settled, pending: u64 },
}

pub(super) fn run(config: &Config, args: &WatchArgs) -> Result<ExitCode> {
    let store = stores::open(config, &Machine::new())?;
    let source = args.source.open(&config.capture)?;
    if args.json {
        return headless(config, store, source);
    }
    drop(source);
    with_window(config, store, args)
}

/// Takes what came whole: a parcel for others, or answers for this terminal.
fn take(store: &mut Store, server_key: &PublicKey, load: Load, bytes: Vec<u8>) -> Result<Came> {
    match load {
        Load::Parcel => {
            let parcel = Parcel::read(bytes)?;
            let is_new = files::keep(store, &parcel, &Machine::new())?;
            Ok(Came::Kept { events: parcel.header.count, is_new })
        }
        Load::Answers => {
            let settled = settle(store, server_key, &read_answers(&bytes)?)?;
            let pending = store.pending()?.0;
            Ok(Came::Settled { settled, pending })
        }
    }
}

fn headless(config: &Config, mut store: Store, mut source: Box<dyn Source>) -> Result<ExitCode> {
    let mut reader = InputReader::one_by_one();
    let mut receiver = Receiver::new();
    while let Some(input) = source.next() {
        let frame = match input.and_then(|input| reader.read(input)) {
            Ok(frame) => frame,
            Err(error) if error.is_passing() => {
                eprintln!("scanner-app: {error}");
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        for reading in frame.readings {
            match receiver.hear(&reading.text) {
                Heard::Nothing => {}
                Heard::Further(progress) => {
                    println!("{}", json!({ "received": progress.received, "needed": progress.needed }));
                }
                Heard::Again => eprintln!("scanner-app: the parts do not belong together; it begins anew"),
                Heard::Whole(load, bytes) => return tell(&take(&mut store, &config.server_key, load, bytes)?),
            }
        }
    }
    let received = receiver.progress().map(|progress| (progress.received, progress.needed));
    let (received, needed) = received.unwrap_or((0, 0));
    eprintln!(
        "scanner-app: the pictures ended before the code was whole ({received} of {needed} parts). Show it longer, or nearer"
    );
    Ok(ExitCode::FAILURE)
}

fn tell(came: &Came) -> Result<ExitCode> {
    match came {
        Came::Kept { events, is_new } => println!("{}", json!({ "kept": events, "is_new": is_new })),
        Came::Settled { settled, pending } => return files::tell(settled, *pending, true),
    }
    Ok(ExitCode::SUCCESS)
}

fn words(came: &Came) -> (String, String) {
    match came {
        Came::Kept { events, .. } => (
            format!("完成：已代存 {events} 条记录，联网后自动上送。"),
            format!("Done: {events} events are kept for the other terminal; the next sync delivers them."),
        ),
        Came::Settled { settled, pending } if settled.not_believed.is_empty() => (
            format!("完成：收到 {} 份回执，还有 {pending} 条待回执。", settled.acknowledged),
            format!("Done: {} acknowledgements taken in, {pending} events wait.", settled.acknowledged),
        ),
        Came::Settled { .. } => (
            "回执无法核实，未采用。请重新获取；仍不行请告知主管。".to_owned(),
            "The acknowledgements prove nothing and were left out. Get them again; if this stays, tell the supervisor."
                .to_owned(),
        ),
    }
}

/// The camera and the reader work on a thread of their own; the window is told.
fn with_window(config: &Config, store: Store, args: &WatchArgs) -> Result<ExitCode> {
    let language = Arc::new(AtomicBool::new(config.language == Language::Zh));
    let stopped = Arc::new(AtomicBool::new(false));
    let last = Arc::new(Mutex::new(WatchView::default()));
    let shown = Rc::new(Cell::new(None::<slint::Weak<_>>));
    let (switched, handle, view) = (Arc::clone(&language), Rc::clone(&shown), Arc::clone(&last));
    let switch = move || {
        switched.fetch_xor(true, Ordering::Relaxed);
        let weak = handle.take();
        if let Some(window) = weak.as_ref().and_then(slint::Weak::upgrade) {
            show_watch(&window, of(&switched), &view.lock().unwrap_or_else(PoisonError::into_inner));
        }
        handle.set(weak);
    };
    let window = watch_window(args.form == Form::Tablet, Rc::new(switch))?;
    shown.set(Some(window.as_weak()));
    show_watch(&window, config.language, &WatchView::default());
    let watcher = Watcher { window: window.as_weak(), language, last, stopped: Arc::clone(&stopped) };
    let (config, name) = (config.clone(), args.source.clone());
    let work = move || {
        let mut view = WatchView::default();
        if let Err(error) = watcher.watch(&config, store, &name, &mut view) {
            let said = error.to_string();
            view.trouble = Some((said.clone(), said));
            watcher.show(&view);
        }
    };
    let thread =
        std::thread::Builder::new().name("watch".to_owned()).spawn(work).context("no thread can be started")?;
    window.run()?;
    stopped.store(true, Ordering::Release);
    drop(window);
    // A watcher that panicked has lost nothing: what was kept is in the store.
    let _ = thread.join();
    Ok(ExitCode::SUCCESS)
}

fn of(is_zh: &AtomicBool) -> Language {
    if is_zh.load(Ordering::Relaxed) { Language::Zh } else { Language::En }
}

struct Watcher {
    window: slint::Weak<crate::ui::carry::WatchWindow>,
    language: Arc<AtomicBool>,
    /// What is shown now, for the other language.
    last: Arc<Mutex<WatchView>>,
    stopped: Arc<AtomicBool>,
}

impl Watcher {
    fn watch(
        &self,
        config: &Config,
        mut store: Store,
        name: &crate::capture::SourceName,
        view: &mut WatchView,
    ) -> Result<()> {
        let mut source = name.clone().paced().open(&config.capture)?;
        let mut reader = InputReader::one_by_one();
        let mut receiver = Receiver::new();
        while let Some(input) = source.next() {
            if self.stopped.load(Ordering::Acquire) {
                return Ok(());
            }
            let frame = match input.and_then(|input| reader.read(input)) {
                Ok(frame) => frame,
                Err(error) if error.is_passing() => continue,
                Err(error) => return Err(error.into()),
            };
            if let Some(picture) = &frame.picture {
                let sight = picture.view();
                let size = u32::try_from(sight.width()).ok().zip(u32::try_from(sight.height()).ok());
                view.frame = size.map(|(width, height)| (width, height, sight.to_luma().view().data().to_vec()));
            }
            for reading in frame.readings {
                if let Heard::Whole(load, bytes) = receiver.hear(&reading.text) {
                    view.parts = view.parts.map(|(_, needed)| (needed, needed));
                    view.done = Some(words(&take(&mut store, &config.server_key, load, bytes)?));
                }
            }
            if let Some(progress) = receiver.progress() {
                view.parts = Some((progress.received, progress.needed));
            }
            self.show(view);
            if view.done.is_some() {
                return Ok(());
            }
        }
        view.trouble = Some((
            "画面已结束，码未读完。请再次显示。".to_owned(),
            "The pictures ended before the code was whole. Show it again.".to_owned(),
        ));
        self.show(view);
        Ok(())
    }

    fn show(&self, view: &WatchView) {
        let (view, language) = (view.clone(), of(&self.language));
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&view);
        // A window that is closed needs no picture.
        let _ = self.window.upgrade_in_event_loop(move |window| show_watch(&window, language, &view));
    }
}
