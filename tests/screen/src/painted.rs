//! The X server's framebuffer.

use std::path::Path;

use anyhow::{Context, Result, ensure};

/// Red, green, blue.
pub type Colour = [u8; 3];

/// Left and top in px.
pub type Point = (usize, usize);

/// Left, top, width, height in px.
pub type Rectangle = (usize, usize, usize, usize);

/// The X server's framebuffer as it keeps it in its file: an X window dump.
#[derive(Debug)]
pub(crate) struct Painted {
    bytes: Vec<u8>,
    start: usize,
    line: usize,
    width: usize,
    height: usize,
}

impl Painted {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let field = |place: usize| -> Result<usize> {
            let word = bytes.get(place * 4..place * 4 + 4).context("a window dump without its header")?;
            Ok(u32::from_be_bytes(word.try_into()?) as usize)
        };
        let (header, width, height) = (field(0)?, field(4)?, field(5)?);
        let (bits, line, colours) = (field(11)?, field(12)?, field(19)?);
        ensure!(bits == 32, "a pixel of {bits} bits instead of 32");
        Ok(Self { start: header + colours * 12, line, width, height, bytes })
    }

    pub(crate) const fn width(&self) -> usize {
        self.width
    }

    pub(crate) const fn height(&self) -> usize {
        self.height
    }

    pub(crate) fn colour(&self, x: usize, y: usize) -> Result<Colour> {
        let at = self.start + y * self.line + x * 4;
        let pixel = self.bytes.get(at..at + 3).with_context(|| format!("nothing is painted at {x}, {y}"))?;
        Ok([pixel[2], pixel[1], pixel[0]])
    }

    /// A sum over the pixels of a rectangle, weighted by their place.
    pub(crate) fn sum(&self, (left, top, width, height): Rectangle) -> Result<u64> {
        let mut sum = 0_u64;
        for y in top..top + height {
            let from = self.start + y * self.line + left * 4;
            let row = self.bytes.get(from..from + width * 4).context("a rectangle beyond the screen")?;
            for byte in row {
                sum = sum.wrapping_mul(31).wrapping_add(u64::from(*byte));
            }
        }
        Ok(sum)
    }
}
