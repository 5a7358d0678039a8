//! What a camera's frame is coded as, and how large it is.

use std::fmt;
use std::str::FromStr;

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;
use v4l::FourCC;

/// JPEG quality of a common webcam's stream.
const JPEG_QUALITY: u8 = 85;

/// How a camera codes its frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Two pixels in four bytes: Y U Y V, BT.601 in video range.
    Yuyv,
    /// Each frame a JPEG picture.
    Mjpeg,
}

/// Width and height in pixels, written `1280x720`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Pixels a row; even.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// Why a format, a size or a frame is refused.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// No such word.
    #[error("`{0}` is no format; write yuyv or mjpeg")]
    Unknown(String),
    /// Not of the form.
    #[error("`{0}` is no size; write an even width and a height, as 1280x720")]
    Size(String),
    /// The picture cannot be coded.
    #[error("a frame cannot be coded as JPEG: {0}")]
    Jpeg(image::ImageError),
}

impl Format {
    /// The four letters by which drivers know the format.
    #[must_use]
    pub fn fourcc(self) -> FourCC {
        match self {
            Self::Yuyv => FourCC::new(b"YUYV"),
            Self::Mjpeg => FourCC::new(b"MJPG"),
        }
    }

    /// A picture of even width as the bytes of one frame.
    pub fn code(self, picture: &RgbImage) -> Result<Vec<u8>, FormatError> {
        match self {
            Self::Yuyv => Ok(yuyv(picture)),
            Self::Mjpeg => {
                let mut bytes = Vec::new();
                let mut encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
                encoder.encode_image(picture).map_err(FormatError::Jpeg)?;
                Ok(bytes)
            }
        }
    }
}

impl FromStr for Format {
    type Err = FormatError;
    fn from_str(text: &str) -> Result<Self, FormatError> {
        match text {
            "yuyv" => Ok(Self::Yuyv),
            "mjpeg" => Ok(Self::Mjpeg),
            _ => Err(FormatError::Unknown(text.to_owned())),
        }
    }
}

impl FromStr for Size {
    type Err = FormatError;
    fn from_str(text: &str) -> Result<Self, FormatError> {
        let refused = || FormatError::Size(text.to_owned());
        let (width, height) = text.split_once('x').ok_or_else(refused)?;
        let side = |digits: &str| digits.parse().ok().filter(|side| (1..=8192).contains(side)).ok_or_else(refused);
        let (width, height): (u32, u32) = (side(width)?, side(height)?);
        if width % 2 == 0 { Ok(Self { width, height }) } else { Err(refused()) }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// Rows of Y U Y V; a pair of pixels shares its colour.
fn yuyv(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(picture.as_raw().len() / 3 * 2);
    for pair in picture.as_raw().chunks_exact(6) {
        let [left, right] = [&pair[..3], &pair[3..]].map(|pixel| [0, 1, 2].map(|channel| i32::from(pixel[channel])));
        let mean = [0, 1, 2].map(|channel| (left[channel] + right[channel]) / 2);
        bytes.extend([weigh(left, LUMA, 16), weigh(mean, BLUE, 128), weigh(right, LUMA, 16), weigh(mean, RED, 128)]);
    }
    bytes
}

/// BT.601 in video range, weights in 1/256.
const LUMA: [i32; 3] = [66, 129, 25];
const BLUE: [i32; 3] = [-38, -74, 112];
const RED: [i32; 3] = [112, -94, -18];

fn weigh(rgb: [i32; 3], weights: [i32; 3], zero: i32) -> u8 {
    let sum: i32 = rgb.iter().zip(weights).map(|(channel, weight)| channel * weight).sum();
    u8::try_from(((sum + 128) >> 8) + zero).expect("video range stays within 16 and 240")
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn yuyv_has_two_bytes_a_pixel_in_video_range() {
        let mut picture = RgbImage::from_pixel(4, 2, Rgb([255; 3]));
        picture.put_pixel(1, 0, Rgb([0; 3]));
        picture.put_pixel(2, 1, Rgb([255, 0, 0]));
        picture.put_pixel(3, 1, Rgb([255, 0, 0]));
        let bytes = Format::Yuyv.code(&picture).unwrap();
        assert_eq!(bytes.len(), 4 * 2 * 2);
        assert_eq!(bytes[..4], [235, 128, 16, 128], "white beside black");
        assert_eq!(bytes[12..], [82, 90, 82, 240], "red");
    }

    #[test]
    fn mjpeg_is_a_jpeg_of_the_same_size() {
        let bytes = Format::Mjpeg.code(&RgbImage::new(64, 32)).unwrap();
        let picture = image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg).unwrap();
        assert_eq!((picture.width(), picture.height()), (64, 32));
    }

    #[test]
    fn words_are_read_or_refused() {
        assert_eq!("mjpeg".parse::<Format>().unwrap().fourcc().repr, *b"MJPG");
        assert_eq!("1280x720".parse::<Size>().unwrap(), Size { width: 1280, height: 720 });
        for wrong in ["1280", "1281x720", "0x720", "99999x2", "x"] {
            assert!(wrong.parse::<Size>().unwrap_err().to_string().contains("1280x720"), "{wrong}");
        }
        assert!("nv12".parse::<Format>().is_err());
    }
}
