//! What the terminal's own capture code makes of a camera, told line by line for a judge outside the guest.
//!
//! The source runs on its own thread and is watched from here, so that a source that hangs is told, not shared.

use std::io::Write;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use scanner_app::capture::{CameraInfo, CaptureSettings, InputReader, Source, SourceName, cameras};
use v4l::Device;
use v4l::video::Capture;
use vision::Aim;

/// Pause after a source's error, so that one that fails at once does not flood the transcript.
const AFTER_ERROR: Duration = Duration::from_millis(500);

/// When the probe has seen enough, and when it waits no longer.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// Pictures to see; those before the last wanted error do not count.
    pub frames: u32,
    /// Errors to see first.
    pub errors: u32,
    /// Without a word for this long, the source hangs.
    pub silence: Duration,
    /// For the whole run.
    pub within: Duration,
}

/// How a run of the probe ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All that was wished for was seen.
    Enough,
    /// The source said that it has ended, or could not be opened.
    Ended,
    /// The source gave neither picture nor error.
    Silent,
    /// Time was up.
    Late,
}

/// What a source gave.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Given {
    Opened,
    Frame { width: usize, height: usize, texts: Vec<String> },
    Error(String),
}

/// Watches camera `index`, asked for a mode by the options of `--source` (`size=640x480`; none when empty), and tells what it gives, a
/// line each: `opened`, `format FOURCC WxH` (what the driver streams, asked anew before the first frame and after each error),
/// `frame WxH`, `text WORDS` for each reading of that frame, `error WORDS`, `silent MILLISECONDS`, `late MILLISECONDS`, `ended`.
pub fn watch(index: u32, ask: &str, wish: Wish, told: &mut impl Write) -> Result<End> {
    let ask = if ask.is_empty() { String::new() } else { format!("?{ask}") };
    let name: SourceName = format!("camera:{index}{ask}").parse()?;
    let (sender, given) = channel();
    // Not joined: a source that hangs ends with the process.
    std::thread::spawn(move || look(&name, &sender));
    tell(&given, wish, || driver_format(index), told)
}

/// Tells the cameras that the terminal lists, a line each: `camera 30 GRAY,YUYV 12` (number, formats, how many controls), or
/// `camera 30 trouble WORDS`.
pub fn list(told: &mut impl Write) -> Result<()> {
    for camera in cameras()? {
        writeln!(told, "camera {}", listed(&camera))?;
    }
    Ok(())
}

fn listed(camera: &CameraInfo) -> String {
    if let Some(words) = &camera.trouble {
        return format!("{} trouble {words}", camera.index);
    }
    let mut formats: Vec<String> = camera.modes.iter().map(|mode| mode.format.to_string()).collect();
    formats.sort();
    formats.dedup();
    format!("{} {} {}", camera.index, formats.join(","), camera.controls.len())
}

/// Opens the source and passes on all that it gives, until nobody listens.
fn look(name: &SourceName, sender: &Sender<Given>) {
    let mut source = match name.open(&CaptureSettings::default()) {
        Ok(source) => source,
        Err(error) => {
            // Nobody listens: the watch is over.
            let _ = sender.send(Given::Error(error.to_string()));
            return;
        }
    };
    if sender.send(Given::Opened).is_err() {
        return;
    }
    let mut reader = InputReader::new(source.as_ref(), Aim::Everything);
    while let Some(given) = next(source.as_mut(), &mut reader) {
        let failed = matches!(given, Given::Error(_));
        if sender.send(given).is_err() {
            return;
        }
        if failed {
            std::thread::sleep(AFTER_ERROR);
        }
    }
}

/// The source's next picture with what was read in it, or its error: all that this crate knows of the terminal's capture.
fn next(source: &mut dyn Source, reader: &mut InputReader) -> Option<Given> {
    loop {
        match source.next()? {
            Err(error) => return Some(Given::Error(error.to_string())),
            Ok(input) => {
                let frame = match reader.read(input) {
                    Ok(frame) => frame,
                    Err(error) => return Some(Given::Error(error.to_string())),
                };
                let texts = frame.readings.into_iter().map(|reading| reading.text).collect();
                if let Some(picture) = frame.picture {
                    let view = picture.view();
                    return Some(Given::Frame { width: view.width(), height: view.height(), texts });
                }
            }
        }
    }
}

/// What the driver streams now, as `FOURCC WxH`.
fn driver_format(index: u32) -> Result<String> {
    let device = Device::new(index as usize).context("the device cannot be opened beside the source")?;
    let format = Capture::format(&device).context("the driver does not tell its format")?;
    Ok(format!("{} {}x{}", format.fourcc, format.width, format.height))
}

fn tell(
    given: &Receiver<Given>,
    wish: Wish,
    format: impl Fn() -> Result<String>,
    told: &mut impl Write,
) -> Result<End> {
    let started = Instant::now();
    let (mut frames, mut errors, mut format_known) = (0, 0, false);
    while frames < wish.frames || errors < wish.errors {
        let left = wish.within.saturating_sub(started.elapsed());
        match given.recv_timeout(wish.silence.min(left)) {
            Ok(Given::Opened) => writeln!(told, "opened")?,
            Ok(Given::Error(words)) => {
                writeln!(told, "error {words}")?;
                (errors, frames, format_known) = (errors + 1, 0, false);
            }
            Ok(Given::Frame { width, height, texts }) => {
                if !format_known {
                    match format() {
                        Ok(words) => writeln!(told, "format {words}")?,
                        Err(error) => writeln!(told, "format unknown: {error:#}")?,
                    }
                    format_known = true;
                }
                writeln!(told, "frame {width}x{height}")?;
                for text in texts {
                    writeln!(told, "text {text}")?;
                }
                frames += 1;
            }
            Err(RecvTimeoutError::Disconnected) => {
                writeln!(told, "ended")?;
                return Ok(End::Ended);
            }
            Err(RecvTimeoutError::Timeout) if left <= wish.silence => {
                writeln!(told, "late {}", wish.within.as_millis())?;
                return Ok(End::Late);
            }
            Err(RecvTimeoutError::Timeout) => {
                writeln!(told, "silent {}", wish.silence.as_millis())?;
                return Ok(End::Silent);
            }
        }
    }
    Ok(End::Enough)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WISH: Wish =
        Wish { frames: 1, errors: 1, silence: Duration::from_millis(20), within: Duration::from_secs(10) };

    fn told(given: &[Given], keep: bool, wish: Wish) -> (String, End) {
        let (sender, receiver) = channel();
        for one in given {
            sender.send(one.clone()).unwrap();
        }
        let sender = keep.then_some(sender);
        let mut told = Vec::new();
        let end = tell(&receiver, wish, || Ok("YUYV 4x2".to_owned()), &mut told).unwrap();
        drop(sender);
        (String::from_utf8(told).unwrap(), end)
    }

    fn frame(texts: &[&str]) -> Given {
        Given::Frame { width: 4, height: 2, texts: texts.iter().map(|&text| text.to_owned()).collect() }
    }

    #[test]
    fn frames_before_a_wanted_error_do_not_count() {
        let given = [Given::Opened, frame(&["A"]), Given::Error("gone".to_owned()), frame(&["A", "B"])];
        let (words, end) = told(&given, true, WISH);
        assert_eq!(end, End::Enough);
        let expected =
            "opened\nformat YUYV 4x2\nframe 4x2\ntext A\nerror gone\nformat YUYV 4x2\nframe 4x2\ntext A\ntext B\n";
        assert_eq!(words, expected);
    }

    #[test]
    fn a_hanging_source_is_told() {
        let (words, end) = told(&[Given::Opened], true, WISH);
        assert_eq!((words.as_str(), end), ("opened\nsilent 20\n", End::Silent));
    }

    #[test]
    fn an_end_and_a_late_source_are_told() {
        assert_eq!(told(&[], false, WISH), ("ended\n".to_owned(), End::Ended));
        let hurried = Wish { within: Duration::from_millis(5), ..WISH };
        assert_eq!(told(&[], true, hurried), ("late 5\n".to_owned(), End::Late));
    }
}
