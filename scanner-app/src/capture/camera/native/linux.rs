//! A camera of Linux. V4L2 is asked for the modes and set to one; then nokhwa opens the camera, finds it as it would have set it, and
//! streams. So its own setting never runs: it drops the numerator of a rate, and does not open a camera at a broken rate.
//!
//! A format that nokhwa cannot ask for is set behind its back: nokhwa opens the camera in another mode, the format is changed, and the
//! stream that begins then has it; the raw bytes are ours to read. A camera that has no other format cannot be opened so.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use nokhwa::utils::{CameraIndex, RequestedFormat, RequestedFormatType};
use nokhwa::{Camera, NokhwaError};
use v4l::Device;
use v4l::capability::Flags as Capability;
use v4l::control::{Control, Description, Flags, Type, Value};
use v4l::video::Capture;
use v4l::video::capture::Parameters;
use vision::frame::{PixelFormat, RawFrame};

use super::exact;
use super::offer::{fourcc, is_asked_by_nokhwa, pixel_format, rate_words, rates, sizes, whole_rate};
use crate::capture::camera::control::CameraControl;
use crate::capture::camera::hardware::{Hardware, OpenError};
use crate::capture::camera::mode::Mode;

/// An opened camera.
pub(in crate::capture::camera) struct Native {
    index: u32,
    /// For questions and controls. Never for settings: a driver may keep them, and the stream, to the handle that made them.
    device: Device,
    running: Option<Running>,
}

struct Running {
    camera: Camera,
    mode: Mode,
    /// Bytes from one row to the next.
    stride: usize,
}

/// Opens the device of a number.
pub(in crate::capture::camera) fn open(index: u32) -> Result<Native, OpenError> {
    let device = handle(index).map_err(OpenError::Failed)?;
    let capabilities = device.query_caps().map_err(|error| OpenError::Failed(why(index, &error)))?.capabilities;
    takes_pictures(capabilities)?;
    Ok(Native { index, device, running: None })
}

/// Whether a listed device takes pictures in a mode that can be read.
pub(in crate::capture::camera) fn is_camera(index: u32) -> bool {
    open(index).is_ok_and(|mut camera| camera.modes().is_ok_and(|modes| !modes.is_empty()))
}

fn takes_pictures(capabilities: Capability) -> Result<(), OpenError> {
    let words = if capabilities.contains(Capability::VIDEO_CAPTURE | Capability::STREAMING) {
        return Ok(());
    } else if capabilities.contains(Capability::VIDEO_CAPTURE_MPLANE) {
        "its driver gives planes one by one, which cannot be read"
    } else if capabilities.contains(Capability::VIDEO_OUTPUT) {
        "it is an output, or a virtual camera that no program feeds"
    } else {
        "it is no camera, but another part of a driver"
    };
    Err(OpenError::NotACamera(words.to_owned()))
}

fn handle(index: u32) -> Result<Device, String> {
    Device::new(index as usize).map_err(|error| why(index, &error))
}

/// A driver's error in words.
fn why(index: u32, error: &io::Error) -> String {
    const GONE: i32 = 19;
    match error.kind() {
        io::ErrorKind::NotFound => format!("there is no /dev/video{index}"),
        io::ErrorKind::PermissionDenied => format!("this user may not open /dev/video{index} (group `video`)"),
        io::ErrorKind::ResourceBusy => "it is in use; close the other program that reads it".to_owned(),
        _ if error.raw_os_error() == Some(GONE) => "it was unplugged".to_owned(),
        _ => error.to_string(),
    }
}

impl Native {
    fn words(&self, error: &io::Error) -> String {
        why(self.index, error)
    }

    /// All modes that can be read, and the words of what cannot.
    fn offer(&self) -> Result<(Vec<Mode>, Vec<String>), String> {
        let (mut modes, mut left_out) = (Vec::new(), Vec::new());
        for stated in self.device.enum_formats().map_err(|error| self.words(&error))? {
            let Some(format) = pixel_format(stated.fourcc) else {
                left_out.push(stated.fourcc.to_string());
                continue;
            };
            // A driver without a list has the mode that it is in.
            let stated = self.device.enum_framesizes(stated.fourcc).unwrap_or_default();
            let stated: Vec<_> = stated.into_iter().map(|size| size.size).collect();
            let mut sizes = sizes(&stated);
            if sizes.is_empty() {
                sizes.extend(self.device.format().ok().map(|now| (now.width, now.height)));
            }
            for (width, height) in sizes {
                let (whole, broken) = self.rates(format, width, height);
                modes.extend(whole.into_iter().map(|fps| Mode { format, width, height, fps }));
                left_out.extend(broken.into_iter().map(|rate| format!("{width}x{height} {format} {rate}/s")));
            }
        }
        // Where two are as good as each other, the one that nokhwa can set.
        modes.sort_by_key(|mode| !is_asked_by_nokhwa(mode.format));
        Ok((modes, left_out))
    }

    fn rates(&self, format: PixelFormat, width: u32, height: u32) -> (Vec<u32>, Vec<String>) {
        let stated = self.device.enum_frameintervals(fourcc(format), width, height).unwrap_or_default();
        if stated.is_empty() {
            let now = self.device.params().ok().and_then(|now| whole_rate(now.interval));
            return (now.into_iter().collect(), Vec::new());
        }
        let stated: Vec<_> = stated.into_iter().map(|interval| interval.interval).collect();
        rates(&stated)
    }
}

/// Sets a mode; answers it as the driver has it now, which may be at another rate, and the bytes from one row to the next.
fn set(device: &Device, index: u32, mode: Mode) -> Result<(Mode, usize), String> {
    let failed = |error: io::Error| why(index, &error);
    let wanted = v4l::Format::new(mode.width, mode.height, fourcc(mode.format));
    let now = device.set_format(&wanted).map_err(failed)?;
    if (now.fourcc, now.width, now.height) != (wanted.fourcc, wanted.width, wanted.height) {
        return Err(format!("the driver makes {}x{} {} of it", now.width, now.height, now.fourcc));
    }
    // A driver with one rate may not let it be set.
    let rate = device.set_params(&Parameters::with_fps(mode.fps)).or_else(|_| device.params());
    let interval = rate.map_err(|_| "its driver does not tell how many pictures a second come".to_owned())?.interval;
    if interval.numerator != 1 || interval.denominator == 0 {
        return Err(format!("the driver makes {} pictures a second of it, no whole number", rate_words(interval)));
    }
    Ok((Mode { fps: interval.denominator, ..mode }, now.stride as usize))
}

/// nokhwa's camera in exactly this mode.
fn camera_in(index: u32, mode: Mode) -> Result<Camera, String> {
    let (exact, wanted) = exact(mode)?;
    let request = RequestedFormat::with_formats(RequestedFormatType::Exact(exact), &wanted);
    Camera::new(CameraIndex::Index(index), request).map_err(|error| stream_words(&error))
}

/// nokhwa's error in words. It keeps a driver's errors as text only.
fn stream_words(error: &NokhwaError) -> String {
    let words = error.to_string();
    if words.contains("(os error 28)") {
        "the USB bus has no room for it beside what else is plugged in; use another socket or a smaller size".to_owned()
    } else {
        words
    }
}

/// The mode in which nokhwa opens the camera: the wanted one, or the one most like it that nokhwa can ask for.
fn door(modes: &[Mode], wanted: Mode) -> Option<Mode> {
    if is_asked_by_nokhwa(wanted.format) {
        return Some(wanted);
    }
    let known = modes.iter().filter(|mode| is_asked_by_nokhwa(mode.format));
    known.copied().min_by_key(|mode| {
        (mode.width.abs_diff(wanted.width), mode.height.abs_diff(wanted.height), mode.fps.abs_diff(wanted.fps))
    })
}

/// The modes that can be had; none: why not.
fn usable(modes: Vec<Mode>, left_out: &[String]) -> Result<Vec<Mode>, String> {
    match modes.first() {
        Some(first) if door(&modes, *first).is_none() => Err(format!(
            "it has no other format than {}, in which nokhwa opens no camera on Linux; choose another camera",
            first.format
        )),
        None if !left_out.is_empty() => {
            let some: Vec<&str> = left_out.iter().take(6).map(String::as_str).collect();
            Err(format!("it has no mode that can be read at a whole number of pictures a second: {}", some.join(", ")))
        }
        _ => Ok(modes),
    }
}

impl Hardware for Native {
    fn modes(&mut self) -> Result<Vec<Mode>, String> {
        let (modes, left_out) = self.offer()?;
        usable(modes, &left_out)
    }

    fn start(&mut self, mode: Mode) -> Result<Mode, String> {
        self.running = None;
        let entry = door(&self.offer()?.0, mode).ok_or("nokhwa opens it in no mode")?;
        let setter = handle(self.index)?;
        let (mut now, mut stride) = set(&setter, self.index, entry)?;
        let mut camera = camera_in(self.index, now)?;
        if entry.format != mode.format {
            (now, stride) = set(&setter, self.index, mode)?;
        }
        // Some drivers let the handle that made the settings alone have the stream.
        drop(setter);
        camera.open_stream().map_err(|error| stream_words(&error))?;
        self.running = Some(Running { camera, mode: now, stride });
        Ok(now)
    }

    fn controls(&mut self) -> Vec<CameraControl> {
        let device = AssertUnwindSafe(&self.device);
        // The library panics on a control of a type that is newer than it; a camera without controls still takes pictures.
        let offered = catch_unwind(|| device.query_controls().unwrap_or_default()).unwrap_or_default();
        offered.iter().filter_map(|control| described(control, &self.device.control(control.id).ok()?.value)).collect()
    }

    fn set(&mut self, id: u32, is_switch: bool, value: i64) -> Result<(), String> {
        let wanted = || if is_switch { Value::Boolean(value != 0) } else { Value::Integer(value) };
        self.device.set_control(Control { id, value: wanted() }).map_err(|error| self.words(&error))?;
        match self.device.control(id).map_err(|error| self.words(&error))?.value {
            now if now == wanted() => Ok(()),
            Value::Integer(now) => Err(format!("the camera made {now} of it")),
            _ => Err("the camera left it as it was".to_owned()),
        }
    }

    fn frame(&mut self, take: &mut dyn FnMut(RawFrame<'_>)) -> Result<(), String> {
        let Running { camera, mode, stride } = self.running.as_mut().ok_or("it was not started")?;
        let bytes = camera.frame_raw().map_err(|error| stream_words(&error))?;
        let (width, height) = (mode.width as usize, mode.height as usize);
        // Some drivers leave the stride out.
        let stride = (*stride).max(mode.format.row_bytes(width));
        take(RawFrame { format: mode.format, bytes: &bytes, width, height, stride });
        Ok(())
    }
}

/// A control of numbers or a switch; others are not used.
fn described(control: &Description, value: &Value) -> Option<CameraControl> {
    if control.flags.contains(Flags::DISABLED) {
        return None;
    }
    let (is_switch, value) = match (control.typ, value) {
        (Type::Integer | Type::Integer64 | Type::Menu, Value::Integer(value)) => (false, *value),
        (Type::Boolean, Value::Boolean(value)) => (true, i64::from(*value)),
        _ => return None,
    };
    Some(CameraControl {
        id: Some(control.id),
        name: control.name.clone(),
        is_switch,
        min: control.minimum,
        max: control.maximum,
        step: i64::try_from(control.step).unwrap_or(i64::MAX),
        default: control.default,
        value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRAY: Mode = Mode { format: PixelFormat::Gray, width: 640, height: 480, fps: 30 };

    #[test]
    fn nokhwa_opens_a_format_of_its_own_and_the_nearest_for_another() {
        let yuyv = Mode { format: PixelFormat::Yuyv, ..GRAY };
        let far = Mode { width: 1_920, height: 1_080, ..yuyv };
        let slow = Mode { fps: 5, ..yuyv };
        assert_eq!(door(&[], far), Some(far));
        assert_eq!(door(&[GRAY, far, slow, yuyv], GRAY), Some(yuyv));
        assert_eq!(door(&[GRAY, Mode { format: PixelFormat::Uyvy, ..GRAY }], GRAY), None);
    }

    #[test]
    fn a_camera_without_a_mode_for_nokhwa_is_refused_in_words() {
        let words = usable(vec![GRAY], &[]).unwrap_err();
        assert!(words.contains("no other format than GRAY"), "{words}");
        let words = usable(Vec::new(), &["H264".to_owned(), "640x480 YUYV 29.97/s".to_owned()]).unwrap_err();
        assert!(words.contains("whole number") && words.contains("29.97/s"), "{words}");
        let modes = vec![GRAY, Mode { format: PixelFormat::Yuyv, ..GRAY }];
        assert_eq!(usable(modes.clone(), &["H264".to_owned()]), Ok(modes));
    }

    #[test]
    fn what_is_no_camera_is_told_by_kind() {
        let told = |flags| match takes_pictures(flags) {
            Ok(()) => String::new(),
            Err(OpenError::NotACamera(words) | OpenError::Failed(words)) => words,
        };
        assert_eq!(told(Capability::VIDEO_CAPTURE | Capability::STREAMING | Capability::READ_WRITE), "");
        assert!(told(Capability::VIDEO_OUTPUT | Capability::STREAMING).contains("no program feeds"));
        assert!(told(Capability::VIDEO_CAPTURE_MPLANE | Capability::STREAMING).contains("planes"));
        assert!(told(Capability::META_CAPTURE | Capability::STREAMING).contains("no camera"));
    }

    #[test]
    fn a_drivers_error_says_what_to_do() {
        let words = |code| why(3, &io::Error::from_raw_os_error(code));
        assert_eq!(words(2), "there is no /dev/video3");
        let full = NokhwaError::ReadFrameError(io::Error::from_raw_os_error(28).to_string());
        assert!(stream_words(&full).contains("USB bus"), "{}", stream_words(&full));
        assert!(words(13).contains("group `video`") && words(16).contains("in use") && words(19).contains("unplugged"));
    }
}
