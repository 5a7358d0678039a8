//! A video as a sequence of pictures: Motion JPEG in AVI, JPEGs one after the other, and YUV4MPEG2. Read as a stream, so memory holds
//! one frame whatever the file's length. Other containers are for `ffmpeg`.

mod avi;
mod mjpeg;
#[cfg(test)]
mod tests;
mod y4m;

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use shared::event::Capture;
use vision::frame::{PixelFormat, RawFrame};

use super::playback::{Playback, PlaybackClock, Rate};
use super::{CaptureError, Input, Seen, Source};

/// Bytes of the longest frame: raw 8-bit 4:4:4 at the limit of pixels.
const FRAME_BYTES_MAX: usize = 192 << 20;

/// Why a video gives no frame.
#[derive(Debug, thiserror::Error)]
enum VideoError {
    /// No video of a kind that is read.
    #[error("{0}")]
    Kind(String),
    /// The file ends or breaks inside; nothing after this can be found.
    #[error("it is cut short or damaged {0}")]
    Damaged(&'static str),
    /// The system's word.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// One frame of a video, in the reader's own memory.
enum VideoFrame {
    /// A frame of these bytes.
    Bytes { format: PixelFormat, width: usize, height: usize },
    /// A frame that the recorder dropped: time passes.
    Dropped,
}

/// A container's frames, one after the other.
trait Frames {
    /// The rate that the file states.
    fn rate(&self) -> Option<Rate>;
    /// The next frame into `bytes`; none at the end.
    fn next(&mut self, bytes: &mut Vec<u8>) -> Result<Option<VideoFrame>, VideoError>;
}

/// A video file as a source.
pub(super) struct Video {
    path: PathBuf,
    playback: Playback,
    frames: Box<dyn Frames>,
    bytes: Vec<u8>,
    clock: PlaybackClock,
    rounds: u32,
    seen_in_round: u64,
    has_ended: bool,
}

impl Video {
    pub(super) fn open(path: &Path, playback: Playback) -> Result<Self, CaptureError> {
        let frames = container(path)?;
        let rate = playback.fps.map(Rate::from).or_else(|| frames.rate()).unwrap_or(Rate::THIRTY);
        let clock = PlaybackClock::new(rate, playback.paced);
        Ok(Self {
            path: path.to_owned(),
            playback,
            frames,
            bytes: Vec::new(),
            clock,
            rounds: 1,
            seen_in_round: 0,
            has_ended: false,
        })
    }

    /// The next frame, of the next round if need be.
    fn frame(&mut self) -> Result<Option<VideoFrame>, CaptureError> {
        loop {
            match self.frames.next(&mut self.bytes).map_err(|error| named(&self.path, error))? {
                Some(frame) => {
                    self.seen_in_round += 1;
                    return Ok(Some(frame));
                }
                // A round without frames is not repeated for ever.
                None if self.seen_in_round == 0 || !self.playback.times.goes_on(self.rounds) => return Ok(None),
                None => {
                    self.rounds = self.rounds.saturating_add(1);
                    self.seen_in_round = 0;
                    self.frames = container(&self.path)?;
                }
            }
        }
    }

    fn picture(&self, at_ms: u64, (format, width, height): (PixelFormat, usize, usize)) -> Result<Input, CaptureError> {
        let luma = RawFrame::packed(format, &self.bytes, width, height).to_luma(Vec::new());
        match luma {
            Ok(luma) => Ok(Input { at_ms, seen: Seen::Picture(luma) }),
            Err(error) => {
                Err(CaptureError::Picture(format!("the frame at {at_ms} ms of {}: {error}", self.path.display())))
            }
        }
    }
}

impl Source for Video {
    fn next(&mut self) -> Option<Result<Input, CaptureError>> {
        if self.has_ended {
            return None;
        }
        match self.frame() {
            Ok(Some(frame)) => {
                let at_ms = self.clock.tick();
                Some(match frame {
                    VideoFrame::Bytes { format, width, height } => self.picture(at_ms, (format, width, height)),
                    VideoFrame::Dropped => Ok(Input { at_ms, seen: Seen::Nothing }),
                })
            }
            Ok(None) => {
                self.has_ended = true;
                None
            }
            Err(error) => {
                // After damage nothing is found again: what was read before it counts, and the error is told.
                self.has_ended = true;
                let CaptureError::Video { path, why } = error else { return Some(Err(error)) };
                Some(Err(CaptureError::Picture(format!("{path} ends early: {why}; what came before it was read"))))
            }
        }
    }

    fn how(&self) -> Capture {
        Capture::File
    }
}

/// Opens a file by what it begins with.
fn container(path: &Path) -> Result<Box<dyn Frames>, CaptureError> {
    opened(path).map_err(|error| named(path, error))
}

fn opened(path: &Path) -> Result<Box<dyn Frames>, VideoError> {
    let mut file = File::open(path)?;
    let mut head = Vec::new();
    Read::by_ref(&mut file).take(12).read_to_end(&mut head)?;
    file.rewind()?;
    let input = BufReader::with_capacity(1 << 16, file);
    if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"AVI ") {
        Ok(Box::new(avi::Avi::open(input)?))
    } else if head.starts_with(b"YUV4MPEG2") {
        Ok(Box::new(y4m::Y4m::open(input)?))
    } else if head.starts_with(&[0xff, 0xd8, 0xff]) {
        Ok(Box::new(mjpeg::Mjpeg::new(input)))
    } else {
        Err(VideoError::Kind("it is neither AVI with Motion JPEG, nor JPEGs in a row, nor YUV4MPEG2".to_owned()))
    }
}

fn named(path: &Path, error: VideoError) -> CaptureError {
    let path = path.display().to_string();
    match error {
        VideoError::Io(source) => CaptureError::Folder { path, source },
        other => CaptureError::Video { path, why: other.to_string() },
    }
}

/// Reads exactly `len` bytes into `bytes`, whose memory is used again; `damaged` where the file ends before.
fn fill(input: &mut impl Read, bytes: &mut Vec<u8>, len: usize, damaged: &'static str) -> Result<(), VideoError> {
    bytes.clear();
    // As many as there are, not as many as are claimed.
    let read = input.take(len as u64).read_to_end(bytes)?;
    if read == len { Ok(()) } else { Err(VideoError::Damaged(damaged)) }
}
