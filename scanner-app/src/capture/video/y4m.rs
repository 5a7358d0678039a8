//! YUV4MPEG2: a line of text, then for each frame a line and its planes, luma first.

use std::io::{BufRead, Read};

use vision::frame::{PIXELS_MAX, PixelFormat};

use super::{FRAME_BYTES_MAX, Frames, VideoError, VideoFrame, fill};
use crate::capture::playback::Rate;

/// Bytes of the longest line.
const LINE_BYTES_MAX: u64 = 1_024;

pub(super) struct Y4m<R> {
    input: R,
    width: usize,
    height: usize,
    rate: Option<Rate>,
    frame_bytes: usize,
}

impl<R: BufRead> Y4m<R> {
    pub(super) fn open(mut input: R) -> Result<Self, VideoError> {
        let head = line(&mut input)?.ok_or(VideoError::Damaged("in its first line"))?;
        let (mut width, mut height, mut rate, mut colours) = (0, 0, None, "420".to_owned());
        for word in head.split(' ').skip(1).filter(|word| word.is_ascii()) {
            match word.split_at_checked(1) {
                Some(("W", number)) => width = number.parse().unwrap_or(0),
                Some(("H", number)) => height = number.parse().unwrap_or(0),
                Some(("F", fraction)) => rate = of_fraction(fraction),
                Some(("C", name)) => name.clone_into(&mut colours),
                _ => {}
            }
        }
        let pixels = usize::checked_mul(width, height).filter(|pixels| (1..=PIXELS_MAX).contains(pixels));
        let pixels = pixels.ok_or_else(|| {
            VideoError::Kind(format!("its frames are {width}x{height}, and 1 to {PIXELS_MAX} pixels are read"))
        })?;
        let chroma = chroma_bytes(&colours, width, height).ok_or_else(|| {
            VideoError::Kind(format!("its colours are {colours}, and 8-bit ones are read (add `-pix_fmt yuv420p`)"))
        })?;
        let frame_bytes = pixels.saturating_add(chroma);
        if frame_bytes > FRAME_BYTES_MAX {
            return Err(VideoError::Kind(format!(
                "its frames have {frame_bytes} bytes, the limit is {FRAME_BYTES_MAX}"
            )));
        }
        Ok(Self { input, width, height, rate, frame_bytes })
    }
}

impl<R: BufRead> Frames for Y4m<R> {
    fn rate(&self) -> Option<Rate> {
        self.rate
    }

    fn next(&mut self, bytes: &mut Vec<u8>) -> Result<Option<VideoFrame>, VideoError> {
        let Some(head) = line(&mut self.input)? else { return Ok(None) };
        if head != "FRAME" && !head.starts_with("FRAME ") {
            return Err(VideoError::Damaged("between two frames"));
        }
        fill(&mut self.input, bytes, self.frame_bytes, "inside a frame")?;
        // Luma comes first, whatever follows.
        Ok(Some(VideoFrame::Bytes { format: PixelFormat::I420, width: self.width, height: self.height }))
    }
}

/// A line without its end; none at the end of the file.
fn line(input: &mut impl BufRead) -> Result<Option<String>, VideoError> {
    let mut line = Vec::new();
    input.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line)?;
    match line.pop() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(String::from_utf8_lossy(&line).into_owned())),
        Some(_) => Err(VideoError::Damaged("in a line before a frame")),
    }
}

/// Bytes of all after luma.
fn chroma_bytes(colours: &str, width: usize, height: usize) -> Option<usize> {
    let halves = (width.div_ceil(2), height.div_ceil(2));
    match colours {
        "mono" => Some(0),
        "420" | "420jpeg" | "420mpeg2" | "420paldv" => halves.0.checked_mul(halves.1)?.checked_mul(2),
        "422" => halves.0.checked_mul(height)?.checked_mul(2),
        "411" => width.div_ceil(4).checked_mul(height)?.checked_mul(2),
        "444" => width.checked_mul(height)?.checked_mul(2),
        "444alpha" => width.checked_mul(height)?.checked_mul(3),
        _ => None,
    }
}

fn of_fraction(text: &str) -> Option<Rate> {
    let (frames, seconds) = text.split_once(':')?;
    Rate::new(frames.parse().ok()?, seconds.parse().ok()?)
}
