//! Cameras of this machine through nokhwa. Raw buffers only: its own conversions cost several times what luma costs.
//!
//! | file | what it does |
//! |---|---|
//! | `linux` | a camera of Linux: V4L2 is asked for modes and set to one, nokhwa streams |
//! | `offer` | which modes follow from what a driver of V4L2 states; pure |
//! | `any` | a camera of another system, wholly through nokhwa |

#[cfg(any(not(target_os = "linux"), test))]
#[cfg_attr(target_os = "linux", expect(dead_code, reason = "compiled in tests so that it stays right"))]
mod any;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod offer;

use std::panic::catch_unwind;

use nokhwa::utils::{ApiBackend, CameraFormat, FrameFormat, Resolution};
use vision::frame::PixelFormat;

use super::mode::Mode;

#[cfg(not(target_os = "linux"))]
pub(super) use any::{is_camera, open};
#[cfg(target_os = "linux")]
pub(super) use linux::{is_camera, open};

/// What nokhwa can ask a camera for.
const FORMATS: [FrameFormat; 6] = [
    FrameFormat::MJPEG,
    FrameFormat::YUYV,
    FrameFormat::NV12,
    FrameFormat::GRAY,
    FrameFormat::RAWRGB,
    FrameFormat::RAWBGR,
];

/// Numbers and names of the devices that are listed, in their order; on Linux output nodes among them.
pub(super) fn listed() -> Vec<(u32, String)> {
    // It panics on a device whose name it does not expect.
    let devices = catch_unwind(|| nokhwa::query(ApiBackend::Auto)).ok().and_then(Result::ok).unwrap_or_default();
    let mut listed: Vec<(u32, String)> = devices
        .into_iter()
        .filter_map(|device| Some((device.index().as_index().ok()?, device.human_name().trim().to_owned())))
        .collect();
    listed.sort();
    listed
}

/// A mode in nokhwa's words.
fn exact(mode: Mode) -> Result<(CameraFormat, [FrameFormat; 1]), String> {
    let format = FORMATS.into_iter().find(|native| pixel_format(*native) == mode.format);
    let format = format.ok_or_else(|| format!("{} cannot be asked for", mode.format))?;
    Ok((CameraFormat::new(Resolution::new(mode.width, mode.height), format, mode.fps), [format]))
}

const fn pixel_format(format: FrameFormat) -> PixelFormat {
    match format {
        FrameFormat::MJPEG => PixelFormat::Mjpeg,
        FrameFormat::YUYV => PixelFormat::Yuyv,
        FrameFormat::NV12 => PixelFormat::Nv12,
        FrameFormat::GRAY => PixelFormat::Gray,
        FrameFormat::RAWRGB => PixelFormat::Rgb,
        FrameFormat::RAWBGR => PixelFormat::Bgr,
    }
}
