//! What is asked of a camera, by `--source` or by the configuration.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use vision::frame::PixelFormat;

use crate::capture::CaptureError;
use crate::capture::options::Options;

/// What `--source` may say of a camera.
pub(in crate::capture) const KNOWN: &str = "size=1920x1080, fps=30, format=yuyv (nv12, gray, mjpeg, uyvy, i420, rgb, bgr), torch=on (off), \
    exposure=auto (or a number of the camera's range), focus=auto (or a number of the camera's range)";

/// What is asked; what is not stated is left to the best choice, and a control to the camera.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CameraWish {
    /// Size of the pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// Pictures a second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fps: Option<u32>,
    /// Pixel format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<WishedFormat>,
    /// Whether the camera's lamp is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub torch: Option<bool>,
    /// Exposure time: by itself, or fixed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exposure: Option<Lever>,
    /// Focus: by itself, or fixed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focus: Option<Lever>,
}

impl CameraWish {
    pub(in crate::capture) fn take(mut options: Options<'_>) -> Result<Self, CaptureError> {
        let wish = Self {
            size: options.take("size")?,
            fps: options.take("fps")?,
            format: options.take("format")?,
            torch: options.take::<Switch>("torch")?.map(|switch| switch.0),
            exposure: options.take("exposure")?,
            focus: options.take("focus")?,
        };
        options.finish()?;
        Ok(wish)
    }

    /// This, and where it says nothing, the other.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Self {
            size: self.size.or(other.size),
            fps: self.fps.or(other.fps),
            format: self.format.or(other.format),
            torch: self.torch.or(other.torch),
            exposure: self.exposure.or(other.exposure),
            focus: self.focus.or(other.focus),
        }
    }
}

/// A size in pixels, written `1920x1080`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Size {
    /// Pixels a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl fmt::Display for Size {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}x{}", self.width, self.height)
    }
}

impl FromStr for Size {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let sides = text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
        match sides {
            Some((width, height)) if width > 0 && height > 0 => Ok(Self { width, height }),
            _ => Err("a size is written like 1920x1080"),
        }
    }
}

/// Pixel formats that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WishedFormat {
    /// Two pixels in four bytes.
    Yuyv,
    /// A plane of luma, then chroma.
    Nv12,
    /// Luma alone.
    Gray,
    /// A JPEG a frame.
    Mjpeg,
    /// Two pixels in four bytes, chroma first.
    Uyvy,
    /// A plane of luma, then two of chroma.
    I420,
    /// Three bytes a pixel, red first.
    Rgb,
    /// Three bytes a pixel, blue first.
    Bgr,
}

impl From<WishedFormat> for PixelFormat {
    fn from(format: WishedFormat) -> Self {
        match format {
            WishedFormat::Yuyv => Self::Yuyv,
            WishedFormat::Nv12 => Self::Nv12,
            WishedFormat::Gray => Self::Gray,
            WishedFormat::Mjpeg => Self::Mjpeg,
            WishedFormat::Uyvy => Self::Uyvy,
            WishedFormat::I420 => Self::I420,
            WishedFormat::Rgb => Self::Rgb,
            WishedFormat::Bgr => Self::Bgr,
        }
    }
}

impl FromStr for WishedFormat {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "yuyv" => Ok(Self::Yuyv),
            "nv12" => Ok(Self::Nv12),
            "gray" => Ok(Self::Gray),
            "mjpeg" => Ok(Self::Mjpeg),
            "uyvy" => Ok(Self::Uyvy),
            "i420" => Ok(Self::I420),
            "rgb" => Ok(Self::Rgb),
            "bgr" => Ok(Self::Bgr),
            _ => Err("a format is yuyv, nv12, gray, mjpeg, uyvy, i420, rgb or bgr"),
        }
    }
}

/// A control that the camera moves by itself, or that stands at a value of its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Lever {
    /// By itself.
    Auto,
    /// Fixed; `scanner-app cameras` shows the range.
    Value(i64),
}

impl FromStr for Lever {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "auto" => Ok(Self::Auto),
            number => number.parse().map(Self::Value).map_err(|_| "`auto` or a number"),
        }
    }
}

impl fmt::Display for Lever {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => out.write_str("auto"),
            Self::Value(value) => value.fmt(out),
        }
    }
}

struct Switch(bool);

impl FromStr for Switch {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "on" => Ok(Self(true)),
            "off" => Ok(Self(false)),
            _ => Err("`on` or `off`"),
        }
    }
}

macro_rules! as_text {
    ($($name:ty),*) => {$(
        impl TryFrom<String> for $name {
            type Error = &'static str;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }
    )*};
}
as_text!(Size, Lever);
