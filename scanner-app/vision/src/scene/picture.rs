//! The frame while it is made: luma in full, colour at half its sides, as cameras keep it.

use image::{Rgb, RgbImage};

use super::FrameSize;
use super::plane::Plane;
use crate::luma::Luma;

/// Luma and, where it is wanted, the two colour differences (JPEG's Cb and Cr, -128 to 127) at half the sides.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    pub(crate) luma: Plane,
    pub(crate) chroma: Option<[Plane; 2]>,
}

impl Picture {
    pub(crate) fn new(size: FrameSize, coloured: bool) -> Self {
        let (width, height) = (size.width as usize, size.height as usize);
        let half = || Plane::new(width.div_ceil(2), height.div_ceil(2), 0.0);
        Self { luma: Plane::new(width, height, 0.0), chroma: coloured.then(|| [half(), half()]) }
    }

    /// The luma plane as a camera hands it over.
    pub(crate) fn to_luma(&self) -> Luma {
        let mut values = self.luma.values().iter();
        Luma::from_fn(self.luma.width(), self.luma.height(), |_, _| values.next().map_or(0, |value| to_byte(*value)))
    }

    /// The frame in colour; grey where no colour was kept.
    pub(crate) fn to_rgb(&self) -> RgbImage {
        let mut frame = RgbImage::new(self.luma.width() as u32, self.luma.height() as u32);
        for (y, row) in frame.enumerate_rows_mut() {
            let luma = self.luma.row(y as usize);
            let chroma = self.chroma.as_ref().map(|planes| planes.each_ref().map(|plane| plane.row(y as usize / 2)));
            for ((x, _, pixel), luma) in row.zip(luma) {
                let [blue, red] = chroma.map_or([0.0; 2], |rows| rows.map(|row| row[x as usize / 2]));
                // ITU-R BT.601, full range, as JFIF has it.
                let colour = [luma + 1.402 * red, luma - 0.344_14 * blue - 0.714_14 * red, luma + 1.772 * blue];
                *pixel = Rgb(colour.map(to_byte));
            }
        }
        frame
    }
}

/// A value as a byte, rounded and clamped: the cast saturates.
pub(crate) fn to_byte(value: f32) -> u8 {
    (value + 0.5) as u8
}
