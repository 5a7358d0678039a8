//! A camera through nokhwa. Luma is taken from the raw buffer: the detour through RGB costs six times as much.

use std::time::Instant;

use nokhwa::pixel_format::LumaFormat;
use nokhwa::utils::{CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType};
use shared::event::Capture;
use vision::{Luma, Reader};

use super::{CaptureError, Frame, Source, readings};

pub(super) struct Camera {
    device: nokhwa::Camera,
    index: u32,
    reader: Reader,
    started: Instant,
}

impl Camera {
    pub(super) fn open(index: u32) -> Result<Self, CaptureError> {
        let failed = |why: String| CaptureError::Camera { index, why };
        let format = RequestedFormat::new::<LumaFormat>(RequestedFormatType::None);
        let mut device = nokhwa::Camera::new(CameraIndex::Index(index), format).map_err(|e| failed(e.to_string()))?;
        device.open_stream().map_err(|error| failed(error.to_string()))?;
        Ok(Self { device, index, reader: Reader::new(), started: Instant::now() })
    }

    fn luma(&mut self) -> Result<Luma, String> {
        let buffer = self.device.frame().map_err(|error| error.to_string())?;
        let size = buffer.resolution();
        let (width, height) = (size.width() as usize, size.height() as usize);
        let raw = buffer.buffer();
        let luma = match buffer.source_frame_format() {
            FrameFormat::YUYV => Luma::new(raw.iter().step_by(2).copied().collect(), width, height),
            FrameFormat::NV12 | FrameFormat::GRAY => {
                Luma::new(raw.get(..width * height).unwrap_or_default().to_vec(), width, height)
            }
            FrameFormat::MJPEG => Luma::from_bytes(raw, "a camera frame"),
            other => return Err(format!("it sends {other}, which cannot be read")),
        };
        luma.map_err(|error| error.to_string())
    }
}

impl Source for Camera {
    fn next(&mut self) -> Option<Result<Frame, CaptureError>> {
        let picture = match self.luma() {
            Ok(picture) => picture,
            Err(why) => return Some(Err(CaptureError::Camera { index: self.index, why })),
        };
        let at_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let symbols = self.reader.read(&picture.view());
        Some(Ok(Frame { at_ms, readings: readings(&symbols), symbols, picture: Some(picture) }))
    }

    fn how(&self) -> Capture {
        Capture::Camera
    }
}
