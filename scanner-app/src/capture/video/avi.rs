//! Motion JPEG in AVI. The chunks are walked one after the other, as they lie: no index is needed, and files beyond a gigabyte
//! (`OpenDML`) are only more lists.

use std::io::{ErrorKind, Read, Seek};

use vision::frame::PixelFormat;

use super::{Frames, VideoError, VideoFrame, fill};
use crate::capture::playback::Rate;

/// Bytes of the longest JPEG in a chunk.
const JPEG_BYTES_MAX: usize = 64 << 20;

/// Bytes of a stream's header that are looked at.
const HEADER_BYTES: usize = 40;

pub(super) struct Avi<R> {
    input: R,
    rate: Option<Rate>,
    /// Number of the video stream, as its chunks begin: `00`.
    stream: [u8; 2],
}

/// A chunk's name and length; none at the end of the file.
type Chunk = ([u8; 4], usize);

impl<R: Read + Seek> Avi<R> {
    /// Reads to where the frames begin.
    pub(super) fn open(input: R) -> Result<Self, VideoError> {
        let mut avi = Self { input, rate: None, stream: *b"00" };
        let (mut streams, mut is_video, mut codec) = (0, false, None);
        let mut bytes = Vec::new();
        while let Some((name, len)) = avi.chunk()? {
            match &name {
                b"RIFF" | b"LIST" => {
                    fill(&mut avi.input, &mut bytes, 4, "in its header")?;
                    if bytes == b"movi" {
                        return match codec {
                            Some(codec) if is_motion_jpeg(codec) => Ok(avi),
                            Some(codec) => Err(VideoError::Kind(format!(
                                "it is coded as {}, and Motion JPEG is read",
                                String::from_utf8_lossy(&codec).trim()
                            ))),
                            None => Err(VideoError::Kind("it has no video stream".to_owned())),
                        };
                    }
                }
                b"strh" => {
                    avi.header(&mut bytes, len)?;
                    // The first video stream; others are not looked at.
                    is_video = codec.is_none() && bytes.starts_with(b"vids");
                    if is_video {
                        avi.stream = digits(streams);
                        avi.rate =
                            number(&bytes, 24).zip(number(&bytes, 20)).and_then(|(rate, scale)| Rate::new(rate, scale));
                    }
                    streams += 1;
                }
                b"strf" if is_video => {
                    avi.header(&mut bytes, len)?;
                    codec = bytes.get(16..20).and_then(|name| name.try_into().ok());
                    is_video = false;
                }
                _ => avi.skip(len)?,
            }
        }
        Err(VideoError::Damaged("before its first frame"))
    }

    fn chunk(&mut self) -> Result<Option<Chunk>, VideoError> {
        let mut head = [0; 8];
        match self.input.read_exact(&mut head) {
            Ok(()) => {}
            // Recorders that were cut off leave a part of a chunk.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let ([name, len], _) = head.as_chunks::<4>() else { return Ok(None) };
        Ok(Some((*name, u32::from_le_bytes(*len) as usize)))
    }

    /// Reads the beginning of a chunk and steps over the rest.
    fn header(&mut self, bytes: &mut Vec<u8>, len: usize) -> Result<(), VideoError> {
        let looked_at = len.min(HEADER_BYTES);
        fill(&mut self.input, bytes, looked_at, "in its header")?;
        self.step_over(len + (len & 1) - looked_at)
    }

    /// Steps over a whole chunk, which is padded to an even length.
    fn skip(&mut self, len: usize) -> Result<(), VideoError> {
        self.step_over(len + (len & 1))
    }

    fn step_over(&mut self, len: usize) -> Result<(), VideoError> {
        Ok(self.input.seek_relative(i64::try_from(len).unwrap_or(i64::MAX))?)
    }

    /// Whether a chunk holds a frame of the video stream.
    fn is_frame(&self, name: [u8; 4]) -> bool {
        name[..2] == self.stream && matches!(&name[2..], b"dc" | b"db")
    }
}

impl<R: Read + Seek> Frames for Avi<R> {
    fn rate(&self) -> Option<Rate> {
        self.rate
    }

    fn next(&mut self, bytes: &mut Vec<u8>) -> Result<Option<VideoFrame>, VideoError> {
        while let Some((name, len)) = self.chunk()? {
            match &name {
                b"RIFF" | b"LIST" => self.step_over(4)?,
                _ if !self.is_frame(name) => self.skip(len)?,
                _ if len == 0 => return Ok(Some(VideoFrame::Dropped)),
                _ if len > JPEG_BYTES_MAX => return Err(VideoError::Damaged("at a frame of impossible length")),
                _ => {
                    fill(&mut self.input, bytes, len, "inside a frame")?;
                    // The padding may be missing at the very end.
                    self.step_over(len & 1)?;
                    return Ok(Some(VideoFrame::Bytes { format: PixelFormat::Mjpeg, width: 0, height: 0 }));
                }
            }
        }
        Ok(None)
    }
}

fn is_motion_jpeg(codec: [u8; 4]) -> bool {
    matches!(&codec.map(|byte| byte.to_ascii_uppercase()), b"MJPG" | b"AVRN" | b"JPEG" | b"DMB1")
}

/// The number of a stream as chunks write it.
fn digits(stream: u32) -> [u8; 2] {
    let digit = |number: u32| u8::try_from(number % 10).map_or(b'0', |digit| b'0' + digit);
    [digit(stream / 10), digit(stream)]
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map(u32::from_le_bytes)
}
