//! What lens, light, sensor and compression do to a frame.

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;

use super::carton::to_byte;
use super::pixel;
use super::profile::Profile;
use super::random::Random;

/// The frame as the camera hands it over.
pub(crate) fn expose(frame: RgbImage, profile: &Profile, random: &mut Random) -> RgbImage {
    let mut frame = blur(frame, random.between(profile.blur_px.0, profile.blur_px.1));
    light_and_noise(&mut frame, profile, random);
    compress(frame, profile.jpeg_quality)
}

/// How many pixels the blur reaches to each side.
const REACH: usize = 3;

/// Gaussian blur of deviation `sigma_px`, rows then columns, in 1/256.
fn blur(mut frame: RgbImage, sigma_px: f32) -> RgbImage {
    let taps = taps(sigma_px);
    let (row_bytes, height) = (frame.width() as usize * 3, frame.height() as usize);
    for row in frame.chunks_exact_mut(row_bytes) {
        let mut padded = row[..3].repeat(REACH);
        padded.extend_from_slice(row);
        padded.extend_from_slice(&row[row_bytes - 3..].repeat(REACH));
        weigh(row, &taps, |tap| &padded[tap * 3..]);
    }
    let rows = frame.to_vec();
    for (y, row) in frame.chunks_exact_mut(row_bytes).enumerate() {
        weigh(row, &taps, |tap| &rows[(y + tap).saturating_sub(REACH).min(height - 1) * row_bytes..]);
    }
    frame
}

/// Weights that sum to 256.
fn taps(sigma_px: f32) -> [u16; 2 * REACH + 1] {
    let sigma_px = sigma_px.max(0.05);
    let weight = |distance: f32| (-distance * distance / (2.0 * sigma_px * sigma_px)).exp();
    let sides = [1.0, 2.0, 3.0].map(weight);
    let total = 1.0 + 2.0 * sides.iter().sum::<f32>();
    let [one, two, three] = sides.map(|side| u16::from(to_byte(side / total * 256.0)));
    [three, two, one, 256 - 2 * (one + two + three), one, two, three]
}

/// Sets `row` to the weighted sum of the rows that `source` gives for each tap.
fn weigh<'a>(row: &mut [u8], taps: &[u16; 2 * REACH + 1], source: impl Fn(usize) -> &'a [u8]) {
    let mut sums = vec![128_u16; row.len()];
    for (tap, weight) in taps.iter().enumerate() {
        for (sum, part) in sums.iter_mut().zip(source(tap)) {
            // At most 255 * 256 in all, and the half for rounding.
            *sum += weight * u16::from(*part);
        }
    }
    for (part, sum) in row.iter_mut().zip(sums) {
        *part = sum.to_be_bytes()[0];
    }
}

/// Light that falls off across the frame and towards its corners, then the sensor's noise.
fn light_and_noise(frame: &mut RgbImage, profile: &Profile, random: &mut Random) {
    let angle = random.between(0.0, std::f32::consts::TAU);
    let (along_x, along_y) = (angle.cos(), angle.sin());
    let exposure = random.between(0.95, 1.08);
    let (width, height) = (pixel(frame.width()), pixel(frame.height()));
    for (x, y, colour) in frame.enumerate_pixels_mut() {
        let (x, y) = (pixel(x) / width - 0.5, pixel(y) / height - 0.5);
        let slope = (x * along_x + y * along_y + 0.71) / 1.42;
        let vignette = (x * x + y * y) * 2.0;
        let light = exposure * (1.0 - profile.shade * (0.6 * slope + 0.4 * vignette));
        let grain = random.normal() * profile.noise_sigma;
        colour.0 = colour.0.map(|part| to_byte(f32::from(part) * light + grain));
    }
}

/// Through the camera's JPEG and back.
fn compress(frame: RgbImage, quality: u8) -> RgbImage {
    let mut bytes = Vec::new();
    let encoded = JpegEncoder::new_with_quality(&mut bytes, quality.clamp(1, 100)).encode_image(&frame);
    // Writing to memory fails only for sides that JPEG cannot state: such a frame stays as it is.
    let decoded = encoded.and_then(|()| image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg));
    decoded.map_or(frame, image::DynamicImage::into_rgb8)
}
