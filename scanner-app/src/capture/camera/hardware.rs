//! What is needed of a camera's driver, and how a camera is started with it. A trait, so that all decisions are tested with a
//! camera that vanishes, hangs and lies.

use vision::frame::RawFrame;

use super::control::{self, CameraControl};
use super::mode::{Mode, ranked};
use super::tries::tries;
use super::wish::CameraWish;

/// Why a device gives no camera. The words are the driver's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum OpenError {
    /// The device exists but takes no pictures: an output or metadata node of a driver.
    NotACamera(String),
    /// It is away, in use, or fails.
    Failed(String),
}

/// One opened camera. It stays on the thread that opened it.
pub(super) trait Hardware {
    /// The modes that it offers, in any order.
    fn modes(&mut self) -> Result<Vec<Mode>, String>;
    /// Starts frames in a mode; answers the mode in which they come, which may be at another rate.
    fn start(&mut self, mode: Mode) -> Result<Mode, String>;
    /// The controls that it offers.
    fn controls(&mut self) -> Vec<CameraControl>;
    /// Sets a control.
    fn set(&mut self, id: u32, is_switch: bool, value: i64) -> Result<(), String>;
    /// Waits for the next frame and lends it to `take`.
    fn frame(&mut self, take: &mut dyn FnMut(RawFrame<'_>)) -> Result<(), String>;
}

/// How a camera was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Started {
    pub(super) mode: Mode,
    /// What was wished and could not be had, in words.
    pub(super) notes: Vec<String>,
    /// Whether its lamp shines; none where it has none.
    pub(super) lamp: Option<bool>,
}

/// Starts a camera in its best mode that gives a frame, which is lent to `take`, and sets its controls.
pub(super) fn start(
    hardware: &mut dyn Hardware,
    wish: &CameraWish,
    take: &mut dyn FnMut(RawFrame<'_>),
) -> Result<Started, String> {
    let modes = ranked(hardware.modes()?, wish);
    let mut notes = Vec::new();
    let mut refused = "it offers no format that can be read (YUYV, NV12, GRAY, MJPEG, RGB)".to_owned();
    for mode in tries(&modes) {
        // Only with the first frame does a driver say that the bus has no room for a mode.
        let started = hardware.start(mode).and_then(|runs| hardware.frame(take).map(|()| runs));
        match started {
            Ok(runs) => {
                if runs.fps != mode.fps {
                    notes.push(format!("the mode {mode} was asked for, and the driver makes {}/s of it", runs.fps));
                }
                notes.extend(differences(&runs, wish));
                notes.extend(set_controls(hardware, wish));
                return Ok(Started { mode: runs, notes, lamp: control::lamp(&hardware.controls()) });
            }
            Err(why) => {
                notes.push(format!("the mode {mode} was refused: {why}"));
                refused = why;
            }
        }
    }
    Err(refused)
}

/// What is not as wished.
fn differences(mode: &Mode, wish: &CameraWish) -> Option<String> {
    let other_size = wish.size.is_some_and(|size| (size.width, size.height) != (mode.width, mode.height));
    let other_format = wish.format.is_some_and(|format| mode.format != format.into());
    let differs = other_size || other_format || wish.fps.is_some_and(|fps| fps != mode.fps);
    differs
        .then(|| format!("the camera has no mode as wished; {mode} is the nearest (`scanner-app cameras` lists all)"))
}

/// Lets the lamp of a running camera shine, or not; whether it does.
pub(super) fn shine(hardware: &mut dyn Hardware, is_on: bool) -> Option<bool> {
    for note in set_controls(hardware, &CameraWish { torch: Some(is_on), ..CameraWish::default() }) {
        tracing::warn!("camera: {note}");
    }
    control::lamp(&hardware.controls())
}

fn set_controls(hardware: &mut dyn Hardware, wish: &CameraWish) -> Vec<String> {
    if (wish.torch, wish.exposure, wish.focus) == (None, None, None) {
        return Vec::new();
    }
    let (settings, mut notes) = control::plan(wish, &hardware.controls());
    for setting in settings {
        if let Err(why) = hardware.set(setting.id, setting.is_switch, setting.value) {
            notes.push(format!("{} could not be set to {}: {why}", setting.word, setting.value));
        }
    }
    notes
}

/// Why a camera that a person named does not open, with the others that they may name instead. Never is another one taken by itself:
/// a picture of the wrong place is worse than none.
pub(super) fn refusal(error: OpenError, others: &[(u32, String)]) -> String {
    let why = match error {
        OpenError::NotACamera(why) => format!("the device takes no pictures ({why})"),
        OpenError::Failed(why) => why,
    };
    if others.is_empty() {
        return format!("{why}; there is no other camera");
    }
    let others: Vec<String> = others.iter().map(|(index, name)| format!("camera:{index} ({name})")).collect();
    format!("{why}; other cameras: {}", others.join(", "))
}
