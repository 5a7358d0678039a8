//! A folder of pictures, in the order of their names, as if a camera had taken them at 30 frames a second.

use std::path::{Path, PathBuf};

use shared::event::Capture;
use vision::{Luma, Reader};

use super::{CaptureError, Frame, Source, readings};

/// Time between two frames at 30 a second.
const FRAME_MS: u64 = 33;

pub(super) struct Images {
    left: std::vec::IntoIter<PathBuf>,
    reader: Reader,
    at_ms: u64,
}

impl Images {
    pub(super) fn open(path: &Path) -> Result<Self, CaptureError> {
        let failed = |source| CaptureError::Folder { path: path.display().to_string(), source };
        let mut files = Vec::new();
        if path.is_dir() {
            for entry in std::fs::read_dir(path).map_err(failed)? {
                let file = entry.map_err(failed)?.path();
                if file.is_file() {
                    files.push(file);
                }
            }
            files.sort();
        } else {
            std::fs::metadata(path).map_err(failed)?;
            files.push(path.to_owned());
        }
        Ok(Self { left: files.into_iter(), reader: Reader::new(), at_ms: 0 })
    }
}

impl Source for Images {
    fn next(&mut self) -> Option<Result<Frame, CaptureError>> {
        let path = self.left.next()?;
        self.at_ms += FRAME_MS;
        let picture = match Luma::open(&path) {
            Ok(picture) => picture,
            Err(error) => return Some(Err(CaptureError::Picture(error.to_string()))),
        };
        let symbols = self.reader.read(&picture.view());
        Some(Ok(Frame { at_ms: self.at_ms, readings: readings(&symbols), symbols, picture: Some(picture) }))
    }

    fn how(&self) -> Capture {
        Capture::File
    }
}
