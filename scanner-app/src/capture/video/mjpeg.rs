//! JPEGs one after the other. Segments are stepped over by their stated length, so that a thumbnail's end inside one ends nothing.

use std::io::{BufRead, Read};

use vision::frame::PixelFormat;

use super::{Frames, VideoError, VideoFrame};
use crate::capture::playback::Rate;

/// Bytes of the longest JPEG.
const JPEG_BYTES_MAX: usize = 64 << 20;

const START: u8 = 0xd8;
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;

pub(super) struct Mjpeg<R> {
    input: R,
}

impl<R: BufRead> Mjpeg<R> {
    pub(super) const fn new(input: R) -> Self {
        Self { input }
    }

    /// Takes bytes up to and with the next 0xff, then the byte after it, into `bytes` if given; that byte, or none at the end.
    fn marker(&mut self, mut bytes: Option<&mut Vec<u8>>) -> Result<Option<u8>, VideoError> {
        loop {
            let ahead = self.input.fill_buf()?;
            if ahead.is_empty() {
                return Ok(None);
            }
            let found = ahead.iter().position(|byte| *byte == 0xff);
            let taken = found.map_or(ahead.len(), |place| place + 1);
            if let Some(bytes) = bytes.as_deref_mut() {
                bytes.extend_from_slice(&ahead[..taken]);
                if bytes.len() > JPEG_BYTES_MAX {
                    return Err(VideoError::Damaged("inside a picture that does not end"));
                }
            }
            self.input.consume(taken);
            if found.is_some() {
                let Some(byte) = self.byte()? else { return Ok(None) };
                if let Some(bytes) = bytes {
                    bytes.push(byte);
                }
                return Ok(Some(byte));
            }
        }
    }

    fn byte(&mut self) -> Result<Option<u8>, VideoError> {
        let byte = self.input.fill_buf()?.first().copied();
        self.input.consume(usize::from(byte.is_some()));
        Ok(byte)
    }

    /// Takes a segment of stated length; whether it was whole.
    fn segment(&mut self, bytes: &mut Vec<u8>) -> Result<bool, VideoError> {
        let (Some(high), Some(low)) = (self.byte()?, self.byte()?) else { return Ok(false) };
        bytes.extend([high, low]);
        let len = u64::from(u16::from_be_bytes([high, low])).saturating_sub(2);
        Ok(self.input.by_ref().take(len).read_to_end(bytes)? as u64 == len)
    }
}

impl<R: BufRead> Frames for Mjpeg<R> {
    fn rate(&self) -> Option<Rate> {
        None
    }

    fn next(&mut self, bytes: &mut Vec<u8>) -> Result<Option<VideoFrame>, VideoError> {
        // Whatever stands between two pictures is stepped over.
        loop {
            match self.marker(None)? {
                None => return Ok(None),
                Some(START) => break,
                Some(_) => {}
            }
        }
        bytes.clear();
        bytes.extend([0xff, START]);
        // A file that ends inside a picture gives what there is: a part may hold a label.
        let picture = VideoFrame::Bytes { format: PixelFormat::Mjpeg, width: 0, height: 0 };
        let mut is_in_scan = false;
        while let Some(marker) = self.marker(Some(bytes))? {
            match marker {
                END => break,
                // Stuffing and restarts belong to the scan, and fill bytes to nothing.
                0 | 0xd0..=0xd7 | 0xff => {}
                _ => {
                    if !self.segment(bytes)? {
                        break;
                    }
                    is_in_scan |= marker == SCAN;
                }
            }
            if !is_in_scan && bytes.len() > JPEG_BYTES_MAX {
                return Err(VideoError::Damaged("inside a picture that does not begin"));
            }
        }
        Ok(Some(picture))
    }
}
