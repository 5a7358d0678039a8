//! Cameras. All decisions are pure or behind [`Hardware`], and tested without a camera; `native` alone knows nokhwa.

mod control;
#[cfg_attr(not(feature = "camera"), allow(dead_code))]
mod hardware;
#[cfg_attr(not(feature = "camera"), allow(dead_code))]
mod link;
#[cfg_attr(not(feature = "camera"), allow(dead_code))]
mod listing;
mod mode;
#[cfg(feature = "camera")]
mod native;
#[cfg_attr(not(feature = "camera"), allow(dead_code))]
mod source;
#[cfg(test)]
mod tests;
#[cfg_attr(not(feature = "camera"), allow(dead_code))]
mod tries;
mod wish;
#[cfg_attr(not(feature = "camera"), allow(dead_code))]
mod worker;

use super::{CaptureError, Source};

pub use control::CameraControl;
pub use listing::CameraInfo;
pub use mode::Mode;
pub use wish::{CameraWish, Lever, Size, WishedFormat};

pub(super) use wish::KNOWN;

/// Opens the camera of a number, and no other.
#[cfg(feature = "camera")]
pub(super) fn open(index: u32, wish: CameraWish) -> Result<Box<dyn Source>, CaptureError> {
    let opener: worker::Opener = std::sync::Arc::new(move || match native::open(index) {
        Ok(camera) => Ok(Box::new(camera)),
        Err(error) => {
            let mut others = native::listed();
            others.retain(|(other, _)| *other != index && native::is_camera(*other));
            Err(hardware::refusal(error, &others))
        }
    });
    Ok(Box::new(source::CameraSource::open(index, wish, opener, link::Timing::FIELD)?))
}

/// Opens no camera.
#[cfg(not(feature = "camera"))]
pub(super) fn open(_: u32, _: CameraWish) -> Result<Box<dyn Source>, CaptureError> {
    Err(CaptureError::NoCameraSupport)
}

/// The cameras of this machine, with their modes and controls.
#[cfg(feature = "camera")]
pub fn cameras() -> Result<Vec<CameraInfo>, CaptureError> {
    let open = |index| native::open(index).map(|camera| Box::new(camera) as Box<dyn hardware::Hardware>);
    Ok(listing::look(native::listed(), open))
}

/// This build has none.
#[cfg(not(feature = "camera"))]
pub fn cameras() -> Result<Vec<CameraInfo>, CaptureError> {
    Err(CaptureError::NoCameraSupport)
}
