//! What is needed of a camera's driver, and how a camera is started with it. A trait, so that all decisions are tested with a
//! camera that vanishes, hangs and lies.

use vision::frame::RawFrame;

use super::control::{self, CameraControl};
use super::mode::{Mode, ranked};
use super::wish::CameraWish;

/// Modes that are tried before a camera is given up: drivers offer what they then refuse.
const MODES_TRIED: usize = 4;

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
    /// Starts frames in a mode.
    fn start(&mut self, mode: Mode) -> Result<(), String>;
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
}

/// Starts a camera in its best mode that it takes, and sets its controls.
pub(super) fn start(hardware: &mut dyn Hardware, wish: &CameraWish) -> Result<Started, String> {
    let modes = ranked(hardware.modes()?, wish);
    let mut notes = Vec::new();
    let mut refused = "it offers no format that can be read (YUYV, NV12, GRAY, MJPEG, RGB)".to_owned();
    for mode in modes.into_iter().take(MODES_TRIED) {
        match hardware.start(mode) {
            Ok(()) => {
                notes.extend(differences(&mode, wish));
                notes.extend(set_controls(hardware, wish));
                return Ok(Started { mode, notes });
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

/// The first device from `index` on that is a camera, where the ones before it exist but take no pictures.
pub(super) fn first_camera<T>(
    index: u32,
    listed: &[u32],
    mut open: impl FnMut(u32) -> Result<T, OpenError>,
) -> Result<(u32, T), String> {
    let first = match open(index) {
        Ok(camera) => return Ok((index, camera)),
        Err(OpenError::Failed(why)) => return Err(why),
        Err(OpenError::NotACamera(why)) => why,
    };
    let mut others: Vec<u32> = listed.iter().copied().filter(|other| *other > index).collect();
    others.sort_unstable();
    let found = others.into_iter().find_map(|other| Some((other, open(other).ok()?)));
    found.ok_or_else(|| format!("the device takes no pictures ({first}), nor does any after it"))
}
