//! A watchdog: no picture, however odd, may stop the camera or end the app.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::luma::{Luma, LumaView};
use crate::reader::Reader;
use crate::track::{Aim, Sight, Sighting, Tracker};

/// How long a frame may take, by the clock on the wall, before its reader is given up: thirty times what it should.
const PATIENCE: Duration = Duration::from_secs(1);

/// Readers that may be stuck at one time. Beyond, a wait for one of them is all that is left: each holds a processor.
const STUCK_MAX: usize = 2;

/// Why a frame gave nothing. The next one may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    /// It took too long.
    #[error(
        "a picture took the reader over {patience_ms} ms; it was left out, and a new reader started. Move the camera a little"
    )]
    Stalled {
        /// The limit, milliseconds.
        patience_ms: u64,
    },
    /// The reader broke down.
    #[error("a picture broke the reader; it was left out, and a new reader started. Move the camera a little")]
    Broken,
    /// Earlier readers are still stuck.
    #[error("{stuck} readers are stuck on earlier pictures; restart the app if this stays, or use a hand scanner")]
    Stuck {
        /// How many.
        stuck: usize,
    },
}

/// Reads one frame after the other; made anew for each thread.
type Look = Box<dyn FnMut(&LumaView<'_>, Aim) -> Sight + Send>;

/// A reader on a thread of its own, which is given up when it stalls.
///
/// Each frame waits for its result: frames cannot pile up.
pub struct Guard {
    make: Box<dyn Fn() -> Look + Send>,
    patience: Duration,
    worker: Option<Worker>,
    stuck: Arc<AtomicUsize>,
}

struct Worker {
    frames: Sender<(Arc<Luma>, Aim)>,
    sights: Receiver<Option<Sight>>,
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Guard").field("patience", &self.patience).field("stuck", &self.stuck).finish_non_exhaustive()
    }
}

impl Guard {
    /// Reads frames that follow each other, with a [`Tracker`].
    #[must_use]
    pub fn frames() -> Self {
        Self::new(PATIENCE, || {
            let mut tracker = Tracker::default();
            Box::new(move |view, aim| {
                tracker.aim(aim);
                tracker.look(view)
            })
        })
    }

    /// Reads pictures that have nothing to do with each other, with a [`Reader`], and with more patience. Each label of a
    /// picture is new, whatever the aim.
    #[must_use]
    pub fn pictures() -> Self {
        Self::new(10 * PATIENCE, || {
            let mut next_id = 0;
            Box::new(move |view, _| {
                let labels = Reader::new().read(view).into_iter().map(|symbol| {
                    next_id += 1;
                    Sighting { id: next_id, symbol, is_new: true }
                });
                Sight { labels: labels.collect(), unread: Vec::new() }
            })
        })
    }

    fn new(patience: Duration, make: impl Fn() -> Look + Send + 'static) -> Self {
        Self { make: Box::new(make), patience, worker: None, stuck: Arc::default() }
    }

    /// What the next frame shows.
    pub fn look(&mut self, picture: &Arc<Luma>, aim: Aim) -> Result<Sight, GuardError> {
        let worker = match self.worker.take() {
            Some(worker) => worker,
            None => self.start()?,
        };
        if worker.frames.send((Arc::clone(picture), aim)).is_err() {
            return Err(GuardError::Broken);
        }
        match worker.sights.recv_timeout(self.patience) {
            Ok(Some(sight)) => {
                self.worker = Some(worker);
                Ok(sight)
            }
            Ok(None) | Err(RecvTimeoutError::Disconnected) => Err(GuardError::Broken),
            Err(RecvTimeoutError::Timeout) => {
                let patience_ms = u64::try_from(self.patience.as_millis()).unwrap_or(u64::MAX);
                Err(GuardError::Stalled { patience_ms })
            }
        }
    }

    /// A new thread. One that is given up notices when its frame is done: nobody listens any more.
    fn start(&self) -> Result<Worker, GuardError> {
        let stuck = self.stuck.load(Ordering::Acquire);
        if stuck >= STUCK_MAX {
            return Err(GuardError::Stuck { stuck });
        }
        let (frames, inbox) = channel::<(Arc<Luma>, Aim)>();
        let (outbox, sights) = channel();
        let mut look = (self.make)();
        let at_work = Arc::clone(&self.stuck);
        at_work.fetch_add(1, Ordering::AcqRel);
        let run = move || {
            for (picture, aim) in inbox {
                let sight = catch_unwind(AssertUnwindSafe(|| look(&picture.view(), aim))).ok();
                let is_broken = sight.is_none();
                if outbox.send(sight).is_err() || is_broken {
                    break;
                }
            }
            at_work.fetch_sub(1, Ordering::AcqRel);
        };
        if thread::Builder::new().name("reader".into()).spawn(run).is_err() {
            self.stuck.fetch_sub(1, Ordering::AcqRel);
            return Err(GuardError::Broken);
        }
        Ok(Worker { frames, sights })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;

    fn frame(luma: u8) -> Arc<Luma> {
        Arc::new(Luma::from_fn(8, 8, |_, _| luma))
    }

    /// Readers that stall on black until the gate opens, break down on white, and see as many places as they have looked at
    /// frames.
    fn guard(patience: Duration, gate: &Arc<AtomicBool>) -> Guard {
        let gate = Arc::clone(gate);
        Guard::new(patience, move || {
            let gate = Arc::clone(&gate);
            let mut frames = 0;
            Box::new(move |view, _| {
                while view.pixel(0, 0) == 0 && !gate.load(Ordering::Acquire) {
                    thread::sleep(Duration::from_millis(5));
                }
                assert!(view.pixel(0, 0) < 255, "white");
                frames += 1;
                Sight { unread: vec![[[0.0; 2]; 4]; frames], ..Sight::default() }
            })
        })
    }

    /// Long enough for any machine.
    const LONG: Duration = Duration::from_mins(1);
    /// Soon over.
    const SHORT: Duration = Duration::from_millis(300);

    #[test]
    fn frames_go_to_one_reader_in_order() {
        let mut guard = guard(LONG, &Arc::default());
        for count in 1..4 {
            assert_eq!(guard.look(&frame(100), Aim::Everything).unwrap().unread.len(), count);
        }
    }

    #[test]
    fn a_reader_that_breaks_down_is_replaced() {
        let mut guard = guard(LONG, &Arc::default());
        assert_eq!(guard.look(&frame(255), Aim::Everything), Err(GuardError::Broken));
        assert_eq!(guard.look(&frame(100), Aim::Everything).unwrap().unread.len(), 1);
    }

    #[test]
    fn readers_that_stall_are_given_up_but_do_not_pile_up() {
        let gate = Arc::default();
        let mut guard = guard(SHORT, &gate);
        for _ in 0..STUCK_MAX {
            let error = guard.look(&frame(0), Aim::Everything).unwrap_err();
            assert_eq!(error, GuardError::Stalled { patience_ms: 300 });
        }
        assert_eq!(guard.look(&frame(100), Aim::Everything), Err(GuardError::Stuck { stuck: STUCK_MAX }));
        gate.store(true, Ordering::Release);
        guard.patience = LONG;
        while guard.stuck.load(Ordering::Acquire) > 0 {
            thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(guard.look(&frame(100), Aim::Everything).unwrap().unread.len(), 1);
    }
}
