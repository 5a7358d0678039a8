//! Pictures as the decoders want them: one byte of brightness per pixel.

use std::path::Path;

use image::{DynamicImage, GenericImageView};

use crate::frame::{FILE_BYTES_MAX, PIXELS_MAX, picture};

/// Why a picture could not be used.
#[derive(Debug, thiserror::Error)]
pub enum LumaError {
    /// The file could not be opened or read.
    #[error("cannot read {path}: {source}; check that the file exists and may be read")]
    Io {
        /// The path as it was given.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The content is no picture of a supported format, or a damaged one.
    #[error("{path} is not a picture that can be decoded ({why}); give a PNG, JPEG, GIF, WebP or BMP file")]
    NotAPicture {
        /// The path as it was given.
        path: String,
        /// What the image decoder said.
        why: String,
    },
    /// More pixels than are decoded: its header may claim more than memory holds.
    #[error(
        "{path} is a picture of {width}x{height} pixels, above the limit of {PIXELS_MAX} pixels; cut it or make it smaller"
    )]
    Large {
        /// The path as it was given.
        path: String,
        /// Pixels a row, as its header says.
        width: usize,
        /// Rows, as its header says.
        height: usize,
    },
    /// A longer file than is read.
    #[error(
        "{path} is longer than the {FILE_BYTES_MAX} bytes that a picture file may have; give a PNG, JPEG, GIF, WebP or BMP file"
    )]
    Long {
        /// The path as it was given.
        path: String,
    },
    /// A plane whose buffer is shorter than its stated size, or of no pixels.
    #[error(
        "a {width}x{height} plane of {stride} bytes a row does not fit in {len} bytes; check the frame format of the source"
    )]
    Shape {
        /// Pixels a row.
        width: usize,
        /// Rows.
        height: usize,
        /// Bytes from one row to the next.
        stride: usize,
        /// Bytes that were given.
        len: usize,
    },
}

/// A borrowed plane of 8-bit luma: `height` rows of `width` pixels, row `y` at `data[y * stride..]`.
///
/// NV12 and I420 frames are used as they are: their first plane is luma.
#[derive(Clone, Copy, Debug)]
pub struct LumaView<'a> {
    data: &'a [u8],
    width: usize,
    height: usize,
    stride: usize,
}

impl<'a> LumaView<'a> {
    /// A view of `data`, whose rows start `stride` bytes apart; the last row may end at its last pixel.
    pub fn new(data: &'a [u8], width: usize, height: usize, stride: usize) -> Result<Self, LumaError> {
        let shape = LumaError::Shape { width, height, stride, len: data.len() };
        if width == 0 || height == 0 || stride < width {
            return Err(shape);
        }
        match stride.checked_mul(height - 1).and_then(|before| before.checked_add(width)) {
            Some(needed) if needed <= data.len() => Ok(Self { data, width, height, stride }),
            _ => Err(shape),
        }
    }

    /// Pixels a row, at least 1.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows, at least 1.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// Bytes from one row to the next, at least `width`.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// The bytes below the view, padding included.
    #[must_use]
    pub fn data(&self) -> &'a [u8] {
        self.data
    }

    /// The pixels of row `y`; `y` is clamped to the last row.
    #[inline]
    #[must_use]
    pub fn row(&self, y: usize) -> &'a [u8] {
        let start = y.min(self.height - 1) * self.stride;
        &self.data[start..start + self.width]
    }

    /// The pixel at (`x`, `y`), both clamped to the picture.
    #[inline]
    #[must_use]
    pub fn pixel(&self, x: usize, y: usize) -> u8 {
        self.row(y)[x.min(self.width - 1)]
    }

    /// The bilinear value at a point where whole numbers are pixel centres; clamped to the picture.
    #[inline]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    pub(crate) fn interpolate(&self, x: f32, y: f32) -> f32 {
        // Clamping also turns what is no number into 0.
        let x = x.max(0.0).min((self.width - 1) as f32);
        let y = y.max(0.0).min((self.height - 1) as f32);
        let (left, top) = (x as usize, y as usize);
        let (dx, dy) = (x - left as f32, y - top as f32);
        let (right, below) = (usize::from(left + 1 < self.width), if top + 1 < self.height { self.stride } else { 0 });
        let at = top * self.stride + left;
        let near = &self.data[at..=at + below + right];
        let row = |start: usize| {
            let (a, b) = (f32::from(near[start]), f32::from(near[start + right]));
            a + (b - a) * dx
        };
        let (above, below) = (row(0), row(below));
        above + (below - above) * dy
    }

    /// A part of the view, clamped to it; its size is at least 1x1.
    #[must_use]
    pub fn crop(&self, left: usize, top: usize, width: usize, height: usize) -> Self {
        let (left, top) = (left.min(self.width - 1), top.min(self.height - 1));
        Self {
            data: &self.data[top * self.stride + left..],
            width: width.clamp(1, self.width - left),
            height: height.clamp(1, self.height - top),
            stride: self.stride,
        }
    }

    /// The view at half size, each pixel the mean of four; at least 1x1.
    #[must_use]
    pub fn halved(&self) -> Luma {
        crate::transform::half(self)
    }

    /// An owned copy without padding.
    #[must_use]
    pub fn to_luma(&self) -> Luma {
        let mut data = Vec::with_capacity(self.width * self.height);
        for y in 0..self.height {
            data.extend_from_slice(self.row(y));
        }
        Luma { data, width: self.width, height: self.height }
    }
}

/// An owned plane of 8-bit luma without padding, at least 1x1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Luma {
    data: Vec<u8>,
    width: usize,
    height: usize,
}

impl Luma {
    /// Takes `data`, rows of `width` bytes without padding.
    pub fn new(data: Vec<u8>, width: usize, height: usize) -> Result<Self, LumaError> {
        LumaView::new(&data, width, height, width)?;
        Ok(Self { data, width, height })
    }

    /// The plane whose pixel (`x`, `y`) is `value(x, y)`; a side of 0 counts as 1.
    pub(crate) fn from_fn(width: usize, height: usize, mut value: impl FnMut(usize, usize) -> u8) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        let mut data = Vec::with_capacity(width * height);
        for y in 0..height {
            data.extend((0..width).map(|x| value(x, y)));
        }
        Self { data, width, height }
    }

    /// Reads a picture file, its format told by its content: on white where it is transparent, in stored
    /// orientation (EXIF rotation is not applied, so corners are those of the stored pixels).
    ///
    /// The first picture of an animated file; 16-bit and paletted ones as 8 bits. JPEG's own luma is taken as it is.
    pub fn open(path: &Path) -> Result<Self, LumaError> {
        picture::open(path)
    }

    /// Reads a picture from the bytes of a file; `name` is how errors call it.
    pub fn from_bytes(bytes: &[u8], name: &str) -> Result<Self, LumaError> {
        picture::read(bytes, name)
    }

    /// As [`Self::from_image`], without a copy where the picture is luma already.
    pub(crate) fn from_owned_image(picture: DynamicImage) -> Result<Self, LumaError> {
        let (width, height) = picture.dimensions();
        match picture {
            DynamicImage::ImageLuma8(plane) => Self::new(plane.into_raw(), width as usize, height as usize),
            other => Self::from_image(&other),
        }
    }

    /// The luma of a picture, on white where it is transparent.
    pub fn from_image(picture: &DynamicImage) -> Result<Self, LumaError> {
        let (width, height) = picture.dimensions();
        let data = if picture.color().has_alpha() { on_white(picture) } else { picture.to_luma8().into_raw() };
        Self::new(data, width as usize, height as usize)
    }

    /// The luma of an RGB frame, by the same weights as files.
    pub fn from_rgb(frame: &image::RgbImage) -> Result<Self, LumaError> {
        let data = frame.pixels().map(|pixel| weigh(pixel.0)).collect();
        Self::new(data, frame.width() as usize, frame.height() as usize)
    }

    /// The pixels of row `y`, to be changed; `y` is clamped to the last row.
    pub(crate) fn row_mut(&mut self, y: usize) -> &mut [u8] {
        let start = y.min(self.height - 1) * self.width;
        &mut self.data[start..start + self.width]
    }

    /// The plane's memory, to be used again.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.data
    }

    /// The whole plane, borrowed.
    #[must_use]
    pub fn view(&self) -> LumaView<'_> {
        LumaView { data: &self.data, width: self.width, height: self.height, stride: self.width }
    }
}

/// Rec. 709 weights, in 1/10 000, as the image crate uses them.
pub(crate) fn weigh([red, green, blue]: [u8; 3]) -> u8 {
    let sum = 2126 * u32::from(red) + 7152 * u32::from(green) + 722 * u32::from(blue);
    u8::try_from(sum / 10_000).unwrap_or(u8::MAX)
}

/// Luma of a picture composited on white: a transparent background is paper, not black.
fn on_white(picture: &DynamicImage) -> Vec<u8> {
    let over = |value: u8, alpha: u32| {
        u8::try_from((u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX)
    };
    let pixels = picture.to_rgba8();
    pixels
        .pixels()
        .map(|pixel| {
            let [red, green, blue, alpha] = pixel.0;
            weigh([red, green, blue].map(|value| over(value, u32::from(alpha))))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_checked_against_its_buffer() {
        assert!(LumaView::new(&[0; 11], 3, 3, 4).is_ok(), "the last row may lack its padding");
        assert!(LumaView::new(&[0; 10], 3, 3, 4).is_err());
        assert!(LumaView::new(&[], 0, 0, 0).is_err());
        assert!(LumaView::new(&[0; 9], 3, 3, 2).is_err());
        assert!(LumaView::new(&[0; 9], usize::MAX, 3, usize::MAX).is_err());
    }

    #[test]
    fn a_crop_is_clamped_and_keeps_the_stride() {
        let data: Vec<u8> = (0..20).collect();
        let view = LumaView::new(&data, 4, 4, 5).unwrap().crop(2, 1, 10, 2);
        assert_eq!((view.width(), view.height()), (2, 2));
        assert_eq!(view.to_luma().view().data(), [7, 8, 12, 13]);
    }

    #[test]
    fn transparent_is_white() {
        let mut picture = image::RgbaImage::from_pixel(2, 1, image::Rgba([0, 0, 0, 0]));
        picture.put_pixel(1, 0, image::Rgba([0, 0, 0, 255]));
        let luma = Luma::from_image(&DynamicImage::ImageRgba8(picture)).unwrap();
        assert_eq!(luma.view().row(0), [255, 0]);
    }

    #[test]
    fn what_is_no_picture_says_so() {
        let error = Luma::from_bytes(b"not a picture at all", "note.txt").unwrap_err().to_string();
        assert!(error.contains("note.txt") && error.contains("PNG"), "{error}");
        let error = Luma::open(Path::new("no-such-file.png")).unwrap_err().to_string();
        assert!(error.contains("no-such-file.png"), "{error}");
    }
}
