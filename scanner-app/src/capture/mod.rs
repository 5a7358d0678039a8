//! Where readings come from: pictures, a camera, a keyboard-wedge scanner. One trait, so that the session cannot tell.

#[cfg(feature = "camera")]
mod camera;
mod images;
mod wedge;

use std::path::PathBuf;
use std::str::FromStr;

use shared::event::{Capture, LabelMetadata};
use vision::{Luma, Symbol};

use crate::session::Reading;

/// One picture or one line, with what was read in it.
#[derive(Debug)]
pub struct Frame {
    /// When it was taken, on the source's own clock, in milliseconds.
    pub at_ms: u64,
    /// What was read.
    pub readings: Vec<Reading>,
    /// The symbols behind the readings, with their places.
    pub symbols: Vec<Symbol>,
    /// The picture, for the viewfinder.
    pub picture: Option<Luma>,
}

/// A source of frames. Opened and used on one thread: a camera's handle cannot move.
pub trait Source {
    /// The next frame; none when the source has ended.
    fn next(&mut self) -> Option<Result<Frame, CaptureError>>;
    /// How its codes come in.
    fn how(&self) -> Capture;
}

/// Why a source gives no frame.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// The word after `--source` is of no known form.
    #[error("`{0}` is no source; write images:FOLDER, camera:N or wedge:-")]
    Unknown(String),
    /// The folder or file cannot be read.
    #[error("the pictures in {path} cannot be read: {source}")]
    Folder {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// One picture cannot be read; the next may.
    #[error("{0}")]
    Picture(String),
    /// No camera, or none that gives pictures.
    #[error(
        "camera {index} gives no picture: {why}. Plug it in or name another with --source camera:N; a hand scanner (wedge:-) works without"
    )]
    Camera {
        /// Which.
        index: u32,
        /// Why.
        why: String,
    },
    /// This build has no camera.
    #[error("this build has no camera support; use a hand scanner (wedge:-) or pictures (images:FOLDER)")]
    NoCameraSupport,
    /// The scanner's line cannot be read.
    #[error("the scanner's input ended: {0}")]
    Wedge(std::io::Error),
}

/// What `--source` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceName {
    /// A folder of pictures, or one.
    Images(PathBuf),
    /// A camera.
    Camera(u32),
    /// Lines on standard input, as a keyboard-wedge scanner sends them.
    Wedge,
}

impl FromStr for SourceName {
    type Err = CaptureError;
    fn from_str(text: &str) -> Result<Self, CaptureError> {
        let unknown = || CaptureError::Unknown(text.to_owned());
        match text.split_once(':').ok_or_else(unknown)? {
            ("images", folder) if !folder.is_empty() => Ok(Self::Images(PathBuf::from(folder))),
            ("camera", index) => index.parse().map(Self::Camera).map_err(|_| unknown()),
            ("wedge", "-") => Ok(Self::Wedge),
            _ => Err(unknown()),
        }
    }
}

impl SourceName {
    /// Opens the source.
    pub fn open(&self) -> Result<Box<dyn Source>, CaptureError> {
        match self {
            Self::Images(path) => Ok(Box::new(images::Images::open(path)?)),
            #[cfg(feature = "camera")]
            Self::Camera(index) => Ok(Box::new(camera::Camera::open(*index)?)),
            #[cfg(not(feature = "camera"))]
            Self::Camera(_) => Err(CaptureError::NoCameraSupport),
            Self::Wedge => Ok(Box::new(wedge::Wedge::default())),
        }
    }
}

/// Symbols as readings.
fn readings(symbols: &[Symbol]) -> Vec<Reading> {
    let reading = |symbol: &Symbol| Reading {
        text: symbol.text.clone(),
        agree: symbol.agree,
        label: Some(LabelMetadata {
            version: symbol.version,
            ec_level: symbol.ec_level.and_then(word),
            mode: symbol.mode.and_then(word),
        }),
    };
    symbols.iter().map(reading).collect()
}

/// The word that an enumeration has in JSON.
fn word(value: impl serde::Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_named_or_refused() {
        assert_eq!("camera:2".parse::<SourceName>().unwrap(), SourceName::Camera(2));
        assert_eq!("wedge:-".parse::<SourceName>().unwrap(), SourceName::Wedge);
        for wrong in ["camera", "camera:x", "images:", "tcp:1"] {
            assert!(wrong.parse::<SourceName>().unwrap_err().to_string().contains("images:FOLDER"), "{wrong}");
        }
    }
}
