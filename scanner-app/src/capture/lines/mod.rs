//! Hand scanners that send lines: on standard input, or as the keys of their own device. Read on a thread of their own, so that
//! neither a silent scanner nor one that was unplugged holds up the app.

mod assembler;
#[cfg(target_os = "linux")]
mod device;
mod layout;
mod stdin;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use shared::event::Capture;

use super::{CaptureError, Input, KeySettings, Seen, Source};

pub use assembler::LINE_BYTES_MAX;

#[cfg(target_os = "linux")]
pub(super) use device::open as open_device;
pub(super) use stdin::open as open_stdin;

/// How long the caller waits for a line before it may look after other things.
const WAIT: Duration = Duration::from_millis(100);

/// Lines that wait for a busy session; then the scanner waits.
const LINES_WAITING: usize = 256;

type Line = Result<String, CaptureError>;

/// The clock of hand-held scans. Each pull of the trigger is a scan of its own, so it lies beyond every debounce window after the
/// one before.
#[derive(Clone, Copy, Debug, Default)]
pub struct LineClock {
    at_ms: u64,
}

impl LineClock {
    /// Between two pulls of the trigger.
    const STEP_MS: u64 = 10_000;

    /// The time of the next line.
    pub const fn tick(&mut self) -> u64 {
        self.at_ms = self.at_ms.saturating_add(Self::STEP_MS);
        self.at_ms
    }
}

/// Where the lines of a thread arrive.
enum Feed {
    /// From a thread that ends with this source.
    Own { lines: Receiver<Line>, stop: Arc<AtomicBool> },
    /// From the only reader of standard input, which outlives a source.
    Shared(&'static Mutex<Receiver<Line>>),
}

pub(super) struct LineSource {
    feed: Feed,
    settings: KeySettings,
    clock: LineClock,
}

impl LineSource {
    const fn new(feed: Feed, settings: KeySettings) -> Self {
        Self { feed, settings, clock: LineClock { at_ms: 0 } }
    }
}

impl Source for LineSource {
    fn next(&mut self) -> Option<Result<Input, CaptureError>> {
        let line = match &self.feed {
            Feed::Own { lines, .. } => lines.recv_timeout(WAIT),
            Feed::Shared(lines) => lines.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(WAIT),
        };
        match line {
            Ok(Ok(text)) => {
                let text = self.settings.strip(&text).to_owned();
                Some(Ok(Input { at_ms: self.clock.tick(), seen: Seen::Line(text) }))
            }
            Ok(Err(error)) => Some(Err(error)),
            Err(RecvTimeoutError::Timeout) => Some(Ok(Input { at_ms: self.clock.at_ms, seen: Seen::Nothing })),
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }

    fn how(&self) -> Capture {
        Capture::Wedge
    }
}

impl Drop for LineSource {
    fn drop(&mut self) {
        if let Feed::Own { stop, .. } = &self.feed {
            stop.store(true, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn lines_come_stripped_with_growing_times_and_errors_between_them() {
        let (send, lines) = channel();
        let settings = KeySettings { prefix: "]Q3".into(), suffix: "#".into(), ..KeySettings::default() };
        let stop = Arc::new(AtomicBool::new(false));
        let mut source = LineSource::new(Feed::Own { lines, stop: Arc::clone(&stop) }, settings);
        send.send(Ok("]Q3ABC#".to_owned())).unwrap();
        send.send(Err(CaptureError::LongLine)).unwrap();
        send.send(Ok("DEF".to_owned())).unwrap();
        let first = source.next().unwrap().unwrap();
        assert_eq!(first, Input { at_ms: 10_000, seen: Seen::Line("ABC".into()) });
        assert!(source.next().unwrap().unwrap_err().is_passing());
        assert_eq!(source.next().unwrap().unwrap(), Input { at_ms: 20_000, seen: Seen::Line("DEF".into()) });
        assert_eq!(
            source.next().unwrap().unwrap(),
            Input { at_ms: 20_000, seen: Seen::Nothing },
            "silence hangs nothing"
        );
        drop(send);
        assert!(source.next().is_none());
        drop(source);
        assert!(stop.load(Ordering::Acquire), "the thread is told to stop");
    }
}
