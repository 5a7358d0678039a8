//! A hand scanner's own device on Linux. It is grabbed, so that its keys reach nothing else, and its keys are read, not characters:
//! neither focus nor input method, layout or caps lock of the computer matters.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Duration, Instant};

use evdev::{Device, EventType, KeyCode};

use super::assembler::LineAssembler;
use super::layout::{Keyboard, Typed};
use super::{Feed, LINES_WAITING, Line, LineSource};
use crate::capture::retry::Pauses;
use crate::capture::{CaptureError, KeySettings};

/// How often the device is asked. A person does not notice it, and the thread can end in between.
const LOOK: Duration = Duration::from_millis(8);

/// Pauses between two tries to open a lost device.
const PAUSES: Pauses = Pauses::new(500, 10_000);

/// Values of a key event.
const UP: i32 = 0;
const DOWN: i32 = 1;

/// The device at `path` as a source.
pub(in crate::capture) fn open(path: &Path, settings: KeySettings) -> Result<LineSource, CaptureError> {
    let device = grab(path).map_err(|why| CaptureError::Scanner { path: path.display().to_string(), why })?;
    let (send, lines) = sync_channel(LINES_WAITING);
    let stop = Arc::new(AtomicBool::new(false));
    let mut reader = Reader { path: path.to_owned(), send, stop: Arc::clone(&stop), keyboard: Keyboard::default() };
    let thread = std::thread::Builder::new().name("scanner".to_owned());
    thread.spawn(move || reader.work(device)).map_err(CaptureError::Wedge)?;
    Ok(LineSource::new(Feed::Own { lines, stop }, settings))
}

fn grab(path: &Path) -> Result<Device, String> {
    let mut device = Device::open(path).map_err(|error| error.to_string())?;
    if !device.supported_keys().is_some_and(|keys| keys.contains(KeyCode::KEY_ENTER)) {
        return Err("it has no Enter key, so it is no keyboard and no scanner that types".to_owned());
    }
    device.set_nonblocking(true).map_err(|error| error.to_string())?;
    device.grab().map_err(|error| format!("another program holds it ({error})"))?;
    Ok(device)
}

/// Whether the reader goes on.
#[derive(PartialEq, Eq)]
enum Goes {
    On,
    End,
}

struct Reader {
    path: PathBuf,
    send: SyncSender<Line>,
    stop: Arc<AtomicBool>,
    keyboard: Keyboard,
}

impl Reader {
    fn work(&mut self, device: Device) {
        let mut pauses = PAUSES;
        let mut device = Some(device);
        while !self.is_stopped() {
            let lost = match device.take().map_or_else(|| grab(&self.path), Ok) {
                Ok(mut device) => {
                    pauses.reset();
                    let Some(why) = self.read(&mut device) else { return };
                    why
                }
                Err(why) => why,
            };
            self.keyboard.release_all();
            let pause_ms = pauses.next_ms();
            let path = self.path.display().to_string();
            if self.tell(Err(CaptureError::ScannerAway { path, why: lost, pause_ms })) == Goes::End {
                return;
            }
            self.rest(Duration::from_millis(pause_ms));
        }
    }

    /// Reads until the device is lost, and says why; none when nobody listens any more.
    fn read(&mut self, device: &mut Device) -> Option<String> {
        let mut line = LineAssembler::default();
        loop {
            if self.is_stopped() {
                return None;
            }
            let events = match device.fetch_events() {
                Ok(events) => events,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                    std::thread::sleep(LOOK);
                    continue;
                }
                Err(error) => return Some(error.to_string()),
            };
            for event in events.filter(|event| event.event_type() == EventType::KEY) {
                let typed = match event.value() {
                    DOWN => self.keyboard.key(event.code(), true),
                    UP => self.keyboard.key(event.code(), false),
                    // The kernel's repeats of a held key.
                    _ => None,
                };
                let ended = match typed {
                    Some(Typed::Character(character)) => {
                        let mut bytes = [0; 4];
                        character.encode_utf8(&mut bytes).bytes().filter_map(|byte| line.push(byte)).last()
                    }
                    Some(Typed::End) => line.finish(),
                    None => None,
                };
                if ended.is_some_and(|ended| self.tell(ended) == Goes::End) {
                    return None;
                }
            }
        }
    }

    fn tell(&self, line: Line) -> Goes {
        if self.send.send(line).is_ok() { Goes::On } else { Goes::End }
    }

    fn rest(&self, pause: Duration) {
        let until = Instant::now() + pause;
        while Instant::now() < until && !self.is_stopped() {
            std::thread::sleep(LOOK);
        }
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_scanner_says_what_to_check() {
        for path in ["/dev/null", "/dev/input/event-none", "/"] {
            let error = open(Path::new(path), KeySettings::default()).err().unwrap().to_string();
            assert!(error.contains(path) && error.contains("group `input`"), "{error}");
        }
    }
}
