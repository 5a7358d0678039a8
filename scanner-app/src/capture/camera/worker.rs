//! The thread that holds an opened camera: frames to luma, the newest one kept for whoever asks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use vision::Luma;
use vision::frame::RawFrame;

use super::hardware::{self, Hardware};
use super::wish::CameraWish;

/// Opens the camera on the thread that calls it.
pub(super) type Opener = Arc<dyn Fn() -> Result<Box<dyn Hardware>, String> + Send + Sync>;

/// What a thread said since it was last asked.
#[derive(Debug)]
pub(super) enum News {
    /// The newest frame, and its time.
    Frame(u64, Luma),
    /// So many frames could not be used; why the last could not.
    Bad(u64, String),
    /// The camera was lost, or could not be opened.
    Lost(String),
}

#[derive(Default)]
struct Slot {
    /// Which thread may speak. One that was abandoned speaks to nobody.
    generation: u64,
    frame: Option<(u64, Luma)>,
    bad: Option<(u64, String)>,
    lost: Option<String>,
    /// Whether the lamp shines, as the driver says.
    lamp: Option<bool>,
    /// What the lamp is to do with the next frame.
    shine: Option<bool>,
    /// Memory of a frame that nobody took.
    spare: Vec<u8>,
}

/// Between the camera's threads and the source.
pub(super) struct Shared {
    slot: Mutex<Slot>,
    came: Condvar,
    /// Threads that run, abandoned ones among them.
    threads: AtomicUsize,
    started: Instant,
}

impl Shared {
    pub(super) fn new() -> Arc<Self> {
        let (slot, came, threads) = (Mutex::default(), Condvar::new(), AtomicUsize::new(0));
        Arc::new(Self { slot, came, threads, started: Instant::now() })
    }

    /// Milliseconds on this camera's clock, which outlives its threads.
    pub(super) fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(super) fn threads(&self) -> usize {
        self.threads.load(Ordering::Acquire)
    }

    /// Waits for news until `deadline`; a frame goes before what came after it.
    pub(super) fn news(&self, deadline: Instant) -> Option<News> {
        let mut slot = self.lock();
        loop {
            if let Some((at_ms, luma)) = slot.frame.take() {
                return Some(News::Frame(at_ms, luma));
            }
            if let Some((count, why)) = slot.bad.take() {
                return Some(News::Bad(count, why));
            }
            if let Some(why) = slot.lost.take() {
                return Some(News::Lost(why));
            }
            let left = deadline.checked_duration_since(Instant::now()).filter(|left| *left > Duration::ZERO)?;
            slot = self.came.wait_timeout(slot, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Whether the lamp of the running camera shines.
    pub(super) fn lamp(&self) -> Option<bool> {
        self.lock().lamp
    }

    /// Lets the running camera's lamp shine, or not.
    pub(super) fn shine(&self, is_on: bool) {
        self.lock().shine = Some(is_on);
    }

    /// Whatever threads there are, none speaks any more.
    pub(super) fn abandon(&self) -> u64 {
        let mut slot = self.lock();
        let generation = slot.generation + 1;
        *slot = Slot { generation, ..Slot::default() };
        generation
    }

    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a thread's camera is to do with its lamp, told once.
    fn to_shine(&self, generation: u64) -> Option<bool> {
        let mut slot = self.lock();
        if slot.generation == generation { slot.shine.take() } else { None }
    }

    /// Lets a thread speak; whether it may still do so.
    fn say(&self, generation: u64, word: impl FnOnce(&mut Slot)) -> bool {
        let mut slot = self.lock();
        let may_speak = slot.generation == generation;
        if may_speak {
            word(&mut slot);
            self.came.notify_all();
        }
        may_speak
    }
}

/// Starts a thread that opens the camera and gives its frames. Fails only where the system has no thread left.
pub(super) fn spawn(shared: &Arc<Shared>, open: &Opener, wish: CameraWish) -> std::io::Result<()> {
    let generation = shared.abandon();
    let (shared, open) = (Arc::clone(shared), Arc::clone(open));
    shared.threads.fetch_add(1, Ordering::AcqRel);
    let counted = Arc::clone(&shared);
    let thread = std::thread::Builder::new().name("camera".to_owned()).spawn(move || {
        // The driver's library panics when a device goes away while it is closed.
        let ended = catch_unwind(AssertUnwindSafe(|| work(&shared, generation, &open, &wish)));
        let ended = ended.unwrap_or_else(|_| Err("its driver's library stopped".to_owned()));
        if let Err(why) = ended {
            shared.say(generation, |slot| (slot.lost, slot.lamp) = (Some(why), None));
        }
        shared.threads.fetch_sub(1, Ordering::AcqRel);
    });
    thread.map(drop).inspect_err(|_| {
        counted.threads.fetch_sub(1, Ordering::AcqRel);
    })
}

/// Gives frames until nobody listens, or until the camera is lost: then why.
fn work(shared: &Shared, generation: u64, open: &Opener, wish: &CameraWish) -> Result<(), String> {
    let mut hardware = open()?;
    let mut is_wanted = true;
    let started = hardware::start(hardware.as_mut(), wish, &mut |raw| is_wanted = give(shared, generation, &raw))?;
    tracing::info!(mode = %started.mode, "the camera runs");
    for note in started.notes {
        tracing::warn!("camera: {note}");
    }
    shared.say(generation, |slot| slot.lamp = started.lamp);
    while is_wanted {
        if let Some(is_on) = shared.to_shine(generation) {
            let lamp = hardware::shine(hardware.as_mut(), is_on);
            shared.say(generation, |slot| slot.lamp = lamp);
        }
        hardware.frame(&mut |raw| is_wanted = give(shared, generation, &raw))?;
    }
    Ok(())
}

fn give(shared: &Shared, generation: u64, raw: &RawFrame<'_>) -> bool {
    let at_ms = shared.now_ms();
    let spare = std::mem::take(&mut shared.lock().spare);
    match raw.to_luma(spare) {
        Ok(luma) => shared.say(generation, |slot| {
            if let Some((_, unread)) = slot.frame.replace((at_ms, luma)) {
                slot.spare = unread.into_bytes();
            }
        }),
        Err(error) => shared.say(generation, |slot| {
            let before = slot.bad.as_ref().map_or(0, |(count, _)| *count);
            slot.bad = Some((before + 1, error.to_string()));
        }),
    }
}
