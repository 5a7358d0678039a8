//! A camera of a system other than Linux: modes, settings and frames are nokhwa's.

use nokhwa::utils::{
    CameraControl as NativeControl, CameraFormat, CameraIndex, ControlValueDescription, ControlValueSetter,
    KnownCameraControl, RequestedFormat, RequestedFormatType, Resolution,
};
use nokhwa::{Camera, NokhwaError};
use vision::frame::RawFrame;

use super::{FORMATS, exact, pixel_format};
use crate::capture::camera::control::CameraControl;
use crate::capture::camera::hardware::{Hardware, OpenError};
use crate::capture::camera::mode::Mode;

/// An opened camera.
pub(in crate::capture::camera) struct Native {
    camera: Camera,
    mode: Mode,
}

/// Opens the device of a number.
pub(in crate::capture::camera) fn open(index: u32) -> Result<Native, OpenError> {
    let any = RequestedFormat::with_formats(RequestedFormatType::None, &FORMATS);
    let camera = Camera::new(CameraIndex::Index(index), any).map_err(open_error)?;
    let mode = mode(camera.camera_format());
    Ok(Native { camera, mode })
}

/// Whether a listed device takes pictures; here only such are listed.
pub(in crate::capture::camera) const fn is_camera(_: u32) -> bool {
    true
}

fn open_error(error: NokhwaError) -> OpenError {
    let words = error.to_string();
    match error {
        // It opened, but has no format for pictures.
        NokhwaError::GetPropertyError { property, .. } if property == "FrameFormat" || property == "CameraFormat" => {
            OpenError::NotACamera(words)
        }
        _ => OpenError::Failed(words),
    }
}

fn mode(format: CameraFormat) -> Mode {
    Mode {
        format: pixel_format(format.format()),
        width: format.width(),
        height: format.height(),
        fps: format.frame_rate(),
    }
}

impl Hardware for Native {
    fn modes(&mut self) -> Result<Vec<Mode>, String> {
        // One format that cannot be listed does not hide the others.
        let mut modes = Vec::new();
        for format in self.camera.compatible_fourcc().map_err(|error| error.to_string())? {
            let sizes = self.camera.compatible_list_by_resolution(format).unwrap_or_default();
            let of_size = |(size, rates): (Resolution, Vec<u32>)| {
                rates.into_iter().map(move |fps| mode(CameraFormat::new(size, format, fps)))
            };
            modes.extend(sizes.into_iter().flat_map(of_size));
        }
        // What runs now is a mode, listed or not.
        modes.push(self.mode);
        Ok(modes)
    }

    fn start(&mut self, mode: Mode) -> Result<Mode, String> {
        if mode != self.mode {
            let (exact, wanted) = exact(mode)?;
            let exact = RequestedFormat::with_formats(RequestedFormatType::Exact(exact), &wanted);
            let set = self.camera.set_camera_requset(exact);
            // A driver that refuses may have changed something all the same.
            self.mode = self::mode(self.camera.camera_format());
            set.map_err(|error| error.to_string())?;
        }
        self.camera.open_stream().map_err(|error| error.to_string())?;
        Ok(self.mode)
    }

    fn controls(&mut self) -> Vec<CameraControl> {
        self.camera.camera_controls().unwrap_or_default().iter().filter_map(control).collect()
    }

    fn set(&mut self, id: u32, is_switch: bool, value: i64) -> Result<(), String> {
        let value =
            if is_switch { ControlValueSetter::Boolean(value != 0) } else { ControlValueSetter::Integer(value) };
        let id = KnownCameraControl::Other(u128::from(id));
        self.camera.set_camera_control(id, value).map_err(|error| error.to_string())
    }

    fn frame(&mut self, take: &mut dyn FnMut(RawFrame<'_>)) -> Result<(), String> {
        let bytes = self.camera.frame_raw().map_err(|error| error.to_string())?;
        let (width, height) = (self.mode.width as usize, self.mode.height as usize);
        take(RawFrame::packed(self.mode.format, &bytes, width, height));
        Ok(())
    }
}

/// A control of numbers or a switch; others are not used.
fn control(native: &NativeControl) -> Option<CameraControl> {
    let id = match native.control() {
        KnownCameraControl::Other(id) => u32::try_from(id).ok(),
        _ => None,
    };
    let (is_switch, (min, max), step, default, value) = match *native.description() {
        ControlValueDescription::IntegerRange { min, max, value, step, default } => {
            (false, (min, max), step, default, value)
        }
        ControlValueDescription::Boolean { value, default } => (true, (0, 1), 1, i64::from(default), i64::from(value)),
        _ => return None,
    };
    Some(CameraControl { id, name: native.name().to_owned(), is_switch, min, max, step, default, value })
}
