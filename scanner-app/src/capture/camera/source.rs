//! A camera as a source: frames while it is there, an error for the moment when it is not, frames again when it is back. Whatever
//! the driver does, the caller waits a tenth of a second at most.

use std::sync::Arc;
use std::time::{Duration, Instant};

use shared::event::Capture;
use vision::Luma;

use super::link::{Link, Step, Timing};
use super::wish::CameraWish;
use super::worker::{self, News, Opener, Shared};
use crate::capture::{CaptureError, Input, Seen, Source};

/// How long the caller waits for a frame before it may look after other things.
const WAIT: Duration = Duration::from_millis(100);

/// How long opening waits for a first word of the camera; then it goes on in the background.
const FIRST_WORD: Duration = Duration::from_secs(3);

/// How long a source that is dropped waits for its thread to close the camera.
const CLOSING: Duration = Duration::from_millis(300);

/// Threads that may hang in a driver at the same time.
const THREADS_MAX: usize = 3;

/// Between two words about frames that cannot be used.
const BAD_WORD_MS: u64 = 1_000;

pub(super) struct CameraSource {
    index: u32,
    wish: CameraWish,
    open: Opener,
    shared: Arc<Shared>,
    link: Link,
    last_ms: u64,
    pending: Option<(u64, Luma)>,
    bad: u64,
    bad_word_ms: Option<u64>,
}

impl CameraSource {
    /// Opens the camera and waits for its first frame. Fails where it says at once that it gives none.
    pub(super) fn open(index: u32, wish: CameraWish, open: Opener, timing: Timing) -> Result<Self, CaptureError> {
        let mut source = Self {
            index,
            wish,
            open,
            shared: Shared::new(),
            link: Link::new(timing),
            last_ms: 0,
            pending: None,
            bad: 0,
            bad_word_ms: None,
        };
        let until = Instant::now() + FIRST_WORD;
        while Instant::now() < until {
            match source.look() {
                Ok(Some(first)) => {
                    source.pending = Some(first);
                    break;
                }
                Ok(None) => {}
                Err(CaptureError::CameraAway { why, .. }) => return Err(CaptureError::Camera { index, why }),
                Err(_) => break,
            }
        }
        Ok(source)
    }

    /// A frame, or nothing for the moment.
    fn look(&mut self) -> Result<Option<(u64, Luma)>, CaptureError> {
        let now_ms = self.shared.now_ms();
        match self.link.step(now_ms) {
            Step::Wait => {}
            Step::Start => self.start()?,
            Step::Abandon { after_ms } => {
                self.shared.abandon();
                return Err(self.away(format!("no picture came for {after_ms} ms")));
            }
        }
        match self.shared.news(Instant::now() + WAIT) {
            Some(News::Frame(at_ms, luma)) => {
                self.link.alive(self.shared.now_ms());
                Ok(Some((at_ms, luma)))
            }
            Some(News::Bad(count, why)) => {
                let now_ms = self.shared.now_ms();
                self.link.alive(now_ms);
                self.bad += count;
                if self.bad_word_ms.is_some_and(|last| now_ms.saturating_sub(last) < BAD_WORD_MS) {
                    return Ok(None);
                }
                self.bad_word_ms = Some(now_ms);
                Err(CaptureError::BadFrames { index: self.index, count: std::mem::take(&mut self.bad), why })
            }
            Some(News::Lost(why)) => Err(self.away(why)),
            None => Ok(None),
        }
    }

    fn start(&mut self) -> Result<(), CaptureError> {
        if self.shared.threads() >= THREADS_MAX {
            return Err(self.away("its driver hangs; unplug the camera and plug it in again".to_owned()));
        }
        worker::spawn(&self.shared, &self.open, self.wish).map_err(|error| self.away(error.to_string()))
    }

    fn away(&mut self, why: String) -> CaptureError {
        let pause_ms = self.link.lost(self.shared.now_ms());
        CaptureError::CameraAway { index: self.index, why, pause_ms }
    }
}

impl Source for CameraSource {
    fn next(&mut self) -> Option<Result<Input, CaptureError>> {
        let seen = match self.pending.take() {
            Some(first) => Ok(Some(first)),
            None => self.look(),
        };
        Some(seen.map(|seen| {
            let seen = seen.map_or(Seen::Nothing, |(at_ms, luma)| {
                self.last_ms = self.last_ms.max(at_ms);
                Seen::Picture(luma)
            });
            Input { at_ms: self.last_ms, seen }
        }))
    }

    fn how(&self) -> Capture {
        Capture::Camera
    }

    fn lamp(&self) -> Option<bool> {
        self.shared.lamp()
    }

    fn shine(&mut self, is_on: bool) {
        // A camera that comes back shines as it did.
        self.wish.torch = Some(is_on);
        self.shared.shine(is_on);
    }
}

impl Drop for CameraSource {
    fn drop(&mut self) {
        // The thread sees it at its next frame and closes the camera, which the next task may open at once.
        self.shared.abandon();
        let until = Instant::now() + CLOSING;
        while self.shared.threads() > 0 && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
