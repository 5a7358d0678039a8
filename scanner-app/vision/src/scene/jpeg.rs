//! What JPEG loses: 8x8 blocks through the cosine transform, rounded to the steps of a quality, and back.
//!
//! Done here and not by an encoder and a decoder: quicker without the entropy coding, which loses nothing, and the same
//! on every machine, which decoders with several inner loops are not.

use super::exact::cos;
use super::plane::Plane;

type Block = [[f32; 8]; 8];

/// Steps for luma at quality 50 (ITU-T T.81, table K.1).
const LUMA: [u8; 64] = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
    87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
];

/// Steps for colour at quality 50 (ITU-T T.81, table K.2): its upper left corner, the rest are 99.
const CHROMA: [[u8; 4]; 4] = [[17, 18, 24, 47], [18, 21, 26, 66], [24, 26, 56, 99], [47, 66, 99, 99]];

/// Rounds a luma plane (0 to 255) as JPEG of a quality of 1 to 100 does.
pub(crate) fn luma(plane: &mut Plane, quality: u8) {
    compress(plane, &steps(quality, |row, column| LUMA[row * 8 + column]), 128.0);
}

/// Rounds a plane of colour differences (around 0) likewise.
pub(crate) fn chroma(plane: &mut Plane, quality: u8) {
    let step = |row: usize, column: usize| if row < 4 && column < 4 { CHROMA[row][column] } else { 99 };
    compress(plane, &steps(quality, step), 0.0);
}

/// The usual scaling of the tables: 50 as they are, 100 all ones.
fn steps(quality: u8, base: impl Fn(usize, usize) -> u8) -> Block {
    let quality = u32::from(quality.clamp(1, 100));
    let percent = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
    std::array::from_fn(|row| {
        std::array::from_fn(|column| ((u32::from(base(row, column)) * percent + 50) / 100).clamp(1, 255) as f32)
    })
}

fn compress(plane: &mut Plane, steps: &Block, middle: f32) {
    let forward: Block = std::array::from_fn(|row| {
        let scale = if row == 0 { 0.353_553_4 } else { 0.5 };
        std::array::from_fn(|column| scale * cos((2 * column + 1) as f32 * row as f32 * (std::f32::consts::PI / 16.0)))
    });
    let back: Block = std::array::from_fn(|row| std::array::from_fn(|column| forward[column][row]));
    let (width, height) = (plane.width(), plane.height());
    for top in (0..height).step_by(8) {
        for left in (0..width).step_by(8) {
            let mut block = [[0.0; 8]; 8];
            for (row, values) in block.iter_mut().enumerate() {
                // A block over the edge repeats the last pixels.
                let line = plane.row(top + row);
                for (column, value) in values.iter_mut().enumerate() {
                    *value = line[(left + column).min(width - 1)].clamp(middle - 128.0, middle + 127.0) - middle;
                }
            }
            let mut waves = product(&product(&forward, &block), &back);
            for (waves, steps) in waves.iter_mut().zip(steps) {
                for (wave, step) in waves.iter_mut().zip(steps) {
                    *wave = round(*wave / step) * step;
                }
            }
            let block = product(&product(&back, &waves), &forward);
            for (row, values) in block.iter().enumerate().take(height - top) {
                for (pixel, value) in plane.row_mut(top + row)[left..].iter_mut().zip(values) {
                    *pixel = (value + middle).clamp(middle - 128.0, middle + 127.0);
                }
            }
        }
    }
}

fn product(a: &Block, b: &Block) -> Block {
    let mut out = [[0.0; 8]; 8];
    for (out, a) in out.iter_mut().zip(a) {
        for (weight, b) in a.iter().zip(b) {
            for (sum, value) in out.iter_mut().zip(b) {
                *sum += weight * value;
            }
        }
    }
    out
}

/// To the nearest whole number: adding this much leaves no bits for the fraction.
fn round(value: f32) -> f32 {
    const NO_FRACTION: f32 = 12_582_912.0;
    (value + NO_FRACTION) - NO_FRACTION
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripes() -> Plane {
        let mut plane = Plane::new(45, 30, 40.0);
        for row in plane.rows_mut() {
            for (x, value) in row.iter_mut().enumerate() {
                *value = if x / 3 % 2 == 0 { 40.0 } else { 200.0 };
            }
        }
        plane
    }

    fn loss(quality: u8) -> f32 {
        let (before, mut after) = (stripes(), stripes());
        luma(&mut after, quality);
        let squares = before.values().iter().zip(after.values()).map(|(a, b)| (a - b) * (a - b)).sum::<f32>();
        (squares / before.values().len() as f32).sqrt()
    }

    #[test]
    fn less_quality_loses_more() {
        let losses = [100, 90, 70, 40, 10].map(loss);
        assert!(losses[0] < 0.5, "{losses:?}");
        assert!(losses.windows(2).all(|pair| pair[1] > pair[0]), "{losses:?}");
    }

    /// The same stripes through a real encoder and decoder.
    #[test]
    fn it_loses_what_an_encoder_loses() {
        use image::codecs::jpeg::JpegEncoder;
        let picture = image::GrayImage::from_fn(48, 32, |x, _| image::Luma([if x / 3 % 2 == 0 { 40 } else { 200 }]));
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, 40).encode_image(&picture).unwrap();
        let real = image::load_from_memory(&bytes).unwrap().to_luma8();
        let mut ours = Plane::new(48, 32, 0.0);
        for (y, row) in (0_u32..).zip(ours.rows_mut()) {
            for (x, value) in (0_u32..).zip(row) {
                *value = f32::from(picture.get_pixel(x, y).0[0]);
            }
        }
        luma(&mut ours, 40);
        let most = real.pixels().zip(ours.values()).map(|(a, b)| (f32::from(a.0[0]) - b).abs()).fold(0.0, f32::max);
        assert!(most < 4.0, "{most}");
    }

    #[test]
    fn colour_is_rounded_more_than_luma() {
        let contrast = |plane: &Plane| {
            let values = plane.values().iter();
            let (low, high) = values.fold((f32::MAX, f32::MIN), |(low, high), at| (low.min(*at), high.max(*at)));
            high - low
        };
        let mut grey = stripes();
        for value in grey.values_mut() {
            *value = (*value - 120.0) / 13.0;
        }
        let mut colour = grey.clone();
        for value in grey.values_mut() {
            *value += 128.0;
        }
        luma(&mut grey, 10);
        chroma(&mut colour, 10);
        assert!(contrast(&grey) > 5.0 && contrast(&colour) < 2.0, "{} {}", contrast(&grey), contrast(&colour));
    }
}
