//! The word after `--source`, and opening what it names.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::camera::{self, CameraWish};
use super::options::Options;
use super::playback::{self, Playback};
use super::{CaptureError, CaptureSettings, Source, images, lines, video};

/// What `--source` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceName {
    /// A folder of pictures, or one: `images:FOLDER?fps=10`.
    Images {
        /// Which.
        path: PathBuf,
        /// How they are played.
        playback: Playback,
    },
    /// A video: `video:FILE`.
    Video {
        /// Which.
        path: PathBuf,
        /// How it is played.
        playback: Playback,
    },
    /// A camera: `camera:0?size=1920x1080&fps=30`.
    Camera {
        /// Its number, the N of `/dev/videoN`.
        index: u32,
        /// What is asked of it.
        wish: CameraWish,
    },
    /// Lines on standard input, as a hand scanner behind a pipe sends them: `wedge:-`.
    Wedge,
    /// A hand scanner's own device: `wedge:/dev/input/eventN`.
    Scanner(PathBuf),
}

impl FromStr for SourceName {
    type Err = CaptureError;
    fn from_str(text: &str) -> Result<Self, CaptureError> {
        let unknown = || CaptureError::Unknown(text.to_owned());
        match text.split_once(':').ok_or_else(unknown)? {
            ("images", rest) => {
                let (path, playback) = recorded("images", rest).ok_or_else(unknown)??;
                Ok(Self::Images { path, playback })
            }
            ("video", rest) => {
                let (path, playback) = recorded("video", rest).ok_or_else(unknown)??;
                Ok(Self::Video { path, playback })
            }
            ("camera", rest) => {
                let (index, options) = Options::split("camera", camera::KNOWN, rest);
                let index = index.parse().map_err(|_| unknown())?;
                Ok(Self::Camera { index, wish: CameraWish::take(options)? })
            }
            ("wedge", "-") => Ok(Self::Wedge),
            ("wedge", device) if device.starts_with('/') => Ok(Self::Scanner(PathBuf::from(device))),
            _ => Err(unknown()),
        }
    }
}

/// A path with its options; none without a path.
fn recorded(kind: &'static str, text: &str) -> Option<Result<(PathBuf, Playback), CaptureError>> {
    let (path, options) = Options::split(kind, playback::KNOWN, text);
    (!path.is_empty()).then(|| Ok((PathBuf::from(path), Playback::take(options)?)))
}

impl SourceName {
    /// The same, but recorded pictures keep their pace, as in front of a person.
    #[must_use]
    pub fn paced(mut self) -> Self {
        if let Self::Images { playback, .. } | Self::Video { playback, .. } = &mut self {
            playback.paced = true;
        }
        self
    }

    /// Opens the source.
    pub fn open(&self, settings: &CaptureSettings) -> Result<Box<dyn Source>, CaptureError> {
        match self {
            Self::Images { path, playback } => Ok(Box::new(images::Images::open(path, *playback)?)),
            Self::Video { path, playback } => Ok(Box::new(video::Video::open(path, *playback)?)),
            Self::Camera { index, wish } => camera::open(*index, wish.or(&settings.camera)),
            Self::Wedge => Ok(Box::new(lines::open_stdin(settings.keys.clone()))),
            Self::Scanner(path) => scanner(path, settings),
        }
    }
}

#[cfg(target_os = "linux")]
fn scanner(path: &Path, settings: &CaptureSettings) -> Result<Box<dyn Source>, CaptureError> {
    Ok(Box::new(lines::open_device(path, settings.keys.clone())?))
}

#[cfg(not(target_os = "linux"))]
fn scanner(_: &Path, _: &CaptureSettings) -> Result<Box<dyn Source>, CaptureError> {
    Err(CaptureError::NoScannerSupport)
}

#[cfg(test)]
mod tests {
    use super::super::camera::{Lever, Size, WishedFormat};
    use super::*;

    fn parse(text: &str) -> SourceName {
        text.parse().unwrap()
    }

    #[test]
    fn sources_are_named_or_refused() {
        assert_eq!(parse("camera:2"), SourceName::Camera { index: 2, wish: CameraWish::default() });
        assert_eq!(parse("wedge:-"), SourceName::Wedge);
        assert_eq!(parse("wedge:/dev/input/event3"), SourceName::Scanner("/dev/input/event3".into()));
        for wrong in ["camera", "camera:x", "camera:", "images:", "video:", "tcp:1", "wedge:", "wedge:com1"] {
            let words = wrong.parse::<SourceName>().unwrap_err().to_string();
            assert!(words.contains("images:FOLDER") && words.contains(wrong), "{wrong}: {words}");
        }
    }

    #[test]
    fn options_are_taken_or_named() {
        let wish = CameraWish {
            size: Some(Size { width: 1920, height: 1080 }),
            fps: Some(30),
            format: Some(WishedFormat::Mjpeg),
            torch: Some(true),
            exposure: Some(Lever::Value(250)),
            focus: Some(Lever::Auto),
        };
        let text = "camera:1?size=1920x1080&fps=30&format=mjpeg&torch=on&exposure=250&focus=auto";
        assert_eq!(parse(text), SourceName::Camera { index: 1, wish });
        let SourceName::Images { path, playback } = parse("images:a folder?fps=10&loop=2&pace=real") else { panic!() };
        assert_eq!((path, playback.fps.unwrap().get(), playback.paced), ("a folder".into(), 10, true));
        for (wrong, part) in [
            ("camera:0?size=big", "size=big"),
            ("camera:0?zoom=3", "zoom=3"),
            ("camera:0?fps=30&fps=10", "fps=10"),
            ("images:x?fps=0", "fps=0"),
            ("video:x?loop=often", "loop=often"),
        ] {
            let words = wrong.parse::<SourceName>().unwrap_err().to_string();
            assert!(words.contains(part) && words.contains("known are"), "{wrong}: {words}");
        }
    }

    #[test]
    fn a_question_mark_in_a_name_is_a_part_of_it() {
        let SourceName::Video { path, .. } = parse("video:what?.avi") else { panic!() };
        assert_eq!(path, PathBuf::from("what?.avi"));
    }

    #[test]
    fn recorded_pictures_can_be_paced() {
        let SourceName::Images { playback, .. } = parse("images:x").paced() else { panic!() };
        assert!(playback.paced);
        assert_eq!(parse("wedge:-").paced(), SourceName::Wedge);
    }
}
