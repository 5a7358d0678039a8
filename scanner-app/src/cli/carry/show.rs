//! `carry show`: a moving QR code on this screen.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::json;
use slint::{ComponentHandle, Timer, TimerMode};

use super::{Form, ShowArgs, files, packed};
use crate::carry::fountain::Frames;
use crate::carry::{file, picture};
use crate::cli::stores;
use crate::config::{Config, Language};
use crate::device::Machine;
use crate::ui::carry::{Modules, ShowActs, ShowWindow, show_code, show_window, show_words};
use shared::wire::sealed::{Load, MOVING_BYTES_MAX, Parcel, is_answers, write_answers};

/// Pixels of a module in pictures that are written.
const PICTURE_MODULE_PX: usize = 6;

/// Pictures a second, at most.
const FPS_MAX: u32 = 20;

pub(super) fn run(config: &Config, args: &ShowArgs) -> Result<ExitCode> {
    let Some((load, bytes, events)) = load(config, args)? else {
        println!("nothing waits: there is nothing to show");
        return Ok(ExitCode::SUCCESS);
    };
    if bytes.len() > MOVING_BYTES_MAX as usize {
        bail!(
            "{} bytes are too much for a moving code ({MOVING_BYTES_MAX} at most); use a file (`carry export`) or a local network (`carry lan`)",
            bytes.len()
        );
    }
    let frames = Frames::new(load, &bytes, args.symbol_bytes).with_context(|| {
        format!(
            "no moving code can be made with --symbol-bytes {}; take a multiple of 8 from 32 to 472",
            args.symbol_bytes
        )
    })?;
    match (&args.pictures, args.frames) {
        (Some(folder), Some(count)) => write_pictures(frames, folder, count),
        _ => show(frames, config.language, args, events),
    }
}

/// What is shown: its kind, its bytes, and how many events are in it (none: it carries answers).
type Shown = (Load, Vec<u8>, Option<u64>);

/// What the arguments ask for; none where nothing waits.
fn load(config: &Config, args: &ShowArgs) -> Result<Option<Shown>> {
    if let Some(path) = &args.file {
        let bytes = file::read(path)?;
        if is_answers(&bytes) {
            return Ok(Some((Load::Answers, bytes, None)));
        }
        let parcel = Parcel::read(bytes)?;
        return Ok(Some((Load::Parcel, parcel.bytes().to_vec(), Some(parcel.header.count))));
    }
    let device = Machine::new();
    let mut store = stores::open(config, &device)?;
    if args.answers {
        let answers = store.answers_kept(None)?;
        files::given(&mut store, &answers, &device)?;
        return Ok(if answers.is_empty() { None } else { Some((Load::Answers, write_answers(&answers)?, None)) });
    }
    let parcel = packed(config, &store, &device)?.into_iter().next();
    Ok(parcel.map(|parcel| (Load::Parcel, parcel.bytes().to_vec(), Some(parcel.header.count))))
}

fn write_pictures(frames: Frames, folder: &Path, count: u32) -> Result<ExitCode> {
    std::fs::create_dir_all(folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let needed = frames.code().symbols();
    for (number, frame) in (1..=count).zip(frames) {
        let (side, dark) = picture::modules(&frame.to_text()).context("a frame that no QR code holds")?;
        let size = side * PICTURE_MODULE_PX;
        let is_dark = |at: usize| dark[at / size / PICTURE_MODULE_PX * side + at % size / PICTURE_MODULE_PX];
        let luma: Vec<u8> = (0..size * size).map(|at| if is_dark(at) { 0 } else { 255 }).collect();
        let path = folder.join(format!("frame-{number:05}.png"));
        let size = u32::try_from(size)?;
        image::save_buffer(&path, &luma, size, size, image::ExtendedColorType::L8)
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    println!("{}", json!({ "pictures": count, "needed": needed }));
    Ok(ExitCode::SUCCESS)
}

/// The code on the screen until somebody stops it.
struct Showing {
    frames: RefCell<Frames>,
    language: Cell<Language>,
    fps: Cell<u32>,
    shown: Cell<u64>,
    timer: Timer,
    events: Option<u64>,
    window: RefCell<Option<slint::Weak<ShowWindow>>>,
}

fn show(frames: Frames, language: Language, args: &ShowArgs, events: Option<u64>) -> Result<ExitCode> {
    let showing = Rc::new(Showing {
        frames: RefCell::new(frames),
        language: Cell::new(language),
        fps: Cell::new(args.fps),
        shown: Cell::new(0),
        timer: Timer::default(),
        events,
        window: RefCell::new(None),
    });
    let act = |act: fn(&Rc<Showing>)| {
        let showing = Rc::clone(&showing);
        Box::new(move || act(&showing)) as Box<dyn Fn()>
    };
    let acts = ShowActs {
        slower: act(|showing| showing.set_rate(showing.fps.get() - 1)),
        faster: act(|showing| showing.set_rate(showing.fps.get() + 1)),
        switch_language: act(|showing| {
            showing.language.set(match showing.language.get() {
                Language::Zh => Language::En,
                Language::En => Language::Zh,
            });
            showing.say();
        }),
    };
    let window = show_window(args.form == Form::Tablet, acts)?;
    *showing.window.borrow_mut() = Some(window.as_weak());
    showing.say();
    showing.next();
    showing.set_rate(args.fps);
    window.run()?;
    showing.timer.stop();
    Ok(ExitCode::SUCCESS)
}

impl Showing {
    fn window(&self) -> Option<ShowWindow> {
        self.window.borrow().as_ref().and_then(slint::Weak::upgrade)
    }

    fn say(&self) {
        if let Some(window) = self.window() {
            show_words(&window, self.language.get(), self.events);
        }
    }

    fn set_rate(self: &Rc<Self>, fps: u32) {
        let fps = fps.clamp(1, FPS_MAX);
        self.fps.set(fps);
        let showing = Rc::clone(self);
        let interval = Duration::from_millis(u64::from(1_000 / fps));
        self.timer.start(TimerMode::Repeated, interval, move || showing.next());
    }

    fn next(&self) {
        let Some(window) = self.window() else { return };
        let Some(frame) = self.frames.borrow_mut().next() else { return };
        let Some((side, dark)) = picture::modules(&frame.to_text()) else { return };
        self.shown.set(self.shown.get() + 1);
        show_code(&window, self.language.get(), &Modules { side, dark }, (self.shown.get(), self.fps.get()));
    }
}
