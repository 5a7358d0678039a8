//! What a camera's frames are coded as, and how large they are.

use std::fmt;
use std::str::FromStr;

use v4l::FourCC;

/// How a camera codes its frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Two pixels in four bytes: Y U Y V, BT.601 in video range.
    Yuyv,
    /// A plane of Y, then one of U V for each two by two pixels.
    Nv12,
    /// Each frame a JPEG picture.
    Mjpeg,
    /// The same without Huffman tables, which USB cameras may leave out (the class's own specification has the tables fixed).
    MjpegBare,
}

/// Width and height in pixels, both even, written `1280x720`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Pixels a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// Why a format or a size is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// No such word.
    #[error("`{0}` is no format; write yuyv, nv12, mjpeg or mjpeg-bare")]
    Unknown(String),
    /// Not of the form.
    #[error("`{0}` is no size; write an even width and an even height, as 1280x720")]
    Size(String),
}

impl Format {
    /// The four letters by which drivers know the format.
    #[must_use]
    pub fn fourcc(self) -> FourCC {
        match self {
            Self::Yuyv => FourCC::new(b"YUYV"),
            Self::Nv12 => FourCC::new(b"NV12"),
            Self::Mjpeg | Self::MjpegBare => FourCC::new(b"MJPG"),
        }
    }
}

impl FromStr for Format {
    type Err = FormatError;
    fn from_str(text: &str) -> Result<Self, FormatError> {
        match text {
            "yuyv" => Ok(Self::Yuyv),
            "nv12" => Ok(Self::Nv12),
            "mjpeg" => Ok(Self::Mjpeg),
            "mjpeg-bare" => Ok(Self::MjpegBare),
            _ => Err(FormatError::Unknown(text.to_owned())),
        }
    }
}

impl FromStr for Size {
    type Err = FormatError;
    fn from_str(text: &str) -> Result<Self, FormatError> {
        let refused = || FormatError::Size(text.to_owned());
        let (width, height) = text.split_once('x').ok_or_else(refused)?;
        let side = |digits: &str| {
            digits
                .parse()
                .ok()
                .filter(|side: &u32| (2..=8192).contains(side) && side.is_multiple_of(2))
                .ok_or_else(refused)
        };
        Ok(Self { width: side(width)?, height: side(height)? })
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_or_refused() {
        assert_eq!("mjpeg".parse::<Format>().unwrap().fourcc().repr, *b"MJPG");
        assert_eq!("1280x720".parse::<Size>().unwrap(), Size { width: 1280, height: 720 });
        for wrong in ["1280", "1281x720", "1280x721", "0x720", "99999x2", "x"] {
            assert!(wrong.parse::<Size>().unwrap_err().to_string().contains("1280x720"), "{wrong}");
        }
        assert!("NV12".parse::<Format>().is_err());
    }
}
