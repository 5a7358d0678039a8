//! Frames as cameras and video files have them, to luma: without a copy where luma is a plane of its own, without a detour through
//! RGB elsewhere.
//!
//! | format | luma | cost |
//! |---|---|---|
//! | GRAY, NV12, I420 | the first plane, borrowed | none |
//! | YUYV, UYVY | every second byte | one pass |
//! | MJPEG | the decoder's grey output, straight into the caller's buffer | the decoder's |
//! | RGB, BGR | weighed | one pass |

mod jpeg;
mod packed;
pub(crate) mod picture;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::{Luma, LumaView};

pub use picture::{FILE_BYTES_MAX, PIXELS_MAX};

/// How the bytes of a frame mean pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PixelFormat {
    /// 8-bit luma alone.
    Gray,
    /// A plane of luma, then one of interleaved chroma.
    Nv12,
    /// A plane of luma, then two of chroma.
    I420,
    /// Two pixels in four bytes, luma first (also called YUY2).
    Yuyv,
    /// Two pixels in four bytes, chroma first.
    Uyvy,
    /// Three bytes a pixel, red first.
    Rgb,
    /// Three bytes a pixel, blue first.
    Bgr,
    /// A JPEG file a frame; it says its own size.
    Mjpeg,
}

impl PixelFormat {
    /// Bytes of a row of `width` pixels without padding, in the plane that holds luma; 0 where rows have no fixed length.
    #[must_use]
    pub const fn row_bytes(self, width: usize) -> usize {
        match self {
            Self::Gray | Self::Nv12 | Self::I420 => width,
            Self::Yuyv | Self::Uyvy => width.div_ceil(2).saturating_mul(4),
            Self::Rgb | Self::Bgr => width.saturating_mul(3),
            Self::Mjpeg => 0,
        }
    }
}

impl fmt::Display for PixelFormat {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Gray => "GRAY",
            Self::Nv12 => "NV12",
            Self::I420 => "I420",
            Self::Yuyv => "YUYV",
            Self::Uyvy => "UYVY",
            Self::Rgb => "RGB",
            Self::Bgr => "BGR",
            Self::Mjpeg => "MJPEG",
        };
        out.write_str(name)
    }
}

/// Why a frame has no luma. Only this frame is lost: the next may be whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Fewer bytes than the size needs, or rows that overlap: a frame cut short, or of another format than stated.
    #[error(
        "a {format} frame of {width}x{height} with {stride} bytes a row needs {needed} bytes, and {len} came: it was cut short or has \
         another format or size; the next frame may be whole, else choose another mode of the camera"
    )]
    Short {
        /// As stated.
        format: PixelFormat,
        /// Pixels a row, as stated.
        width: usize,
        /// Rows, as stated.
        height: usize,
        /// Bytes from one row to the next, as stated.
        stride: usize,
        /// Bytes that this takes.
        needed: usize,
        /// Bytes that came.
        len: usize,
    },
    /// No pixels, or rows longer than their stride.
    #[error(
        "a {format} frame of {width}x{height} with {stride} bytes a row is none: a row of this width takes {row} bytes; check the mode \
         of the camera"
    )]
    Shape {
        /// As stated.
        format: PixelFormat,
        /// Pixels a row, as stated.
        width: usize,
        /// Rows, as stated.
        height: usize,
        /// Bytes from one row to the next, as stated.
        stride: usize,
        /// Bytes of a row of this width.
        row: usize,
    },
    /// More pixels than any frame is read with.
    #[error(
        "a {format} frame of {width}x{height} is above the limit of {PIXELS_MAX} pixels; choose a smaller mode of the camera"
    )]
    Large {
        /// As stated.
        format: PixelFormat,
        /// Pixels a row.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// The bytes of an MJPEG frame are no JPEG that can be decoded.
    #[error(
        "an MJPEG frame of {len} bytes cannot be decoded ({why}); the next frame may be whole, else choose another format of the camera"
    )]
    Jpeg {
        /// Bytes that came.
        len: usize,
        /// What the decoder said.
        why: String,
    },
}

/// A frame as it came, borrowed.
#[derive(Clone, Copy, Debug)]
pub struct RawFrame<'a> {
    /// What the bytes mean.
    pub format: PixelFormat,
    /// The bytes; more than needed is allowed, as drivers hand out whole buffers.
    pub bytes: &'a [u8],
    /// Pixels a row; not used for MJPEG.
    pub width: usize,
    /// Rows; not used for MJPEG.
    pub height: usize,
    /// Bytes from one row to the next in the plane that holds luma; not used for MJPEG.
    pub stride: usize,
}

impl<'a> RawFrame<'a> {
    /// A frame whose rows follow each other without padding.
    #[must_use]
    pub const fn packed(format: PixelFormat, bytes: &'a [u8], width: usize, height: usize) -> Self {
        Self { format, bytes, width, height, stride: format.row_bytes(width) }
    }

    /// The luma: borrowed from the frame where it is a plane of its own, else written to `buffer`, whose memory is used again.
    pub fn luma<'b>(&self, buffer: &'b mut Vec<u8>) -> Result<LumaView<'b>, FrameError>
    where
        'a: 'b,
    {
        if self.format == PixelFormat::Mjpeg {
            let (width, height) = self.decoded(buffer)?;
            return LumaView::new(buffer, width, height, width).map_err(|error| self.undecodable(error.to_string()));
        }
        self.check()?;
        let (width, height) = (self.width, self.height);
        match self.format {
            PixelFormat::Gray | PixelFormat::Nv12 | PixelFormat::I420 => {
                return LumaView::new(self.bytes, width, height, self.stride).map_err(|_| self.short());
            }
            PixelFormat::Yuyv => packed::every_second::<0>(self, buffer),
            PixelFormat::Uyvy => packed::every_second::<1>(self, buffer),
            PixelFormat::Rgb => packed::weighed(self, buffer, |[red, green, blue]| [red, green, blue]),
            PixelFormat::Bgr | PixelFormat::Mjpeg => {
                packed::weighed(self, buffer, |[blue, green, red]| [red, green, blue]);
            }
        }
        LumaView::new(buffer, width, height, width).map_err(|_| self.short())
    }

    /// The luma as a plane of its own, in the memory of `spare`.
    pub fn to_luma(&self, mut spare: Vec<u8>) -> Result<Luma, FrameError> {
        let is_plane = matches!(self.format, PixelFormat::Gray | PixelFormat::Nv12 | PixelFormat::I420);
        let (width, height) = {
            let view = self.luma(&mut spare)?;
            (view.width(), view.height())
        };
        if is_plane {
            spare.clear();
            for row in self.bytes.chunks(self.stride).take(height) {
                spare.extend_from_slice(&row[..width]);
            }
        }
        Luma::new(spare, width, height).map_err(|_| self.short())
    }

    fn decoded(&self, buffer: &mut Vec<u8>) -> Result<(usize, usize), FrameError> {
        jpeg::luma_into(self.bytes, buffer).map_err(|error| match error {
            jpeg::JpegError::Large { width, height } => FrameError::Large { format: self.format, width, height },
            jpeg::JpegError::Undecodable(why) => self.undecodable(why),
        })
    }

    fn check(&self) -> Result<(), FrameError> {
        let Self { format, width, height, stride, .. } = *self;
        let row = format.row_bytes(width);
        if width == 0 || height == 0 || stride < row {
            return Err(FrameError::Shape { format, width, height, stride, row });
        }
        if width.checked_mul(height).is_none_or(|pixels| pixels > PIXELS_MAX) {
            return Err(FrameError::Large { format, width, height });
        }
        if self.bytes.len() < self.needed() { Err(self.short()) } else { Ok(()) }
    }

    /// Bytes to the end of the last row of luma.
    fn needed(&self) -> usize {
        let before = self.stride.saturating_mul(self.height.saturating_sub(1));
        before.saturating_add(self.format.row_bytes(self.width))
    }

    fn short(&self) -> FrameError {
        let Self { format, width, height, stride, .. } = *self;
        FrameError::Short { format, width, height, stride, needed: self.needed(), len: self.bytes.len() }
    }

    fn undecodable(&self, why: String) -> FrameError {
        FrameError::Jpeg { len: self.bytes.len(), why }
    }
}
