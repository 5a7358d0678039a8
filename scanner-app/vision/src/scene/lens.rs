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

/// Gaussian blur of deviation `sigma_px`, rows then columns, 7 taps.
fn blur(frame: RgbImage, sigma_px: f32) -> RgbImage {
    if sigma_px < 0.1 {
        return frame;
    }
    let mut taps = [0.0_f32; 4];
    for (tap, distance) in taps.iter_mut().zip([0.0_f32, 1.0, 2.0, 3.0]) {
        *tap = (-distance * distance / (2.0 * sigma_px * sigma_px)).exp();
    }
    let total = taps[0] + 2.0 * (taps[1] + taps[2] + taps[3]);
    let taps = taps.map(|tap| tap / total);
    let rows = along(&frame, taps, |x, y, offset| (shifted(x, offset), y));
    along(&rows, taps, |x, y, offset| (x, shifted(y, offset)))
}

fn shifted(at: u32, offset: i32) -> u32 {
    at.saturating_add_signed(offset)
}

fn along(frame: &RgbImage, taps: [f32; 4], neighbour: impl Fn(u32, u32, i32) -> (u32, u32)) -> RgbImage {
    let (right, bottom) = (frame.width() - 1, frame.height() - 1);
    RgbImage::from_fn(frame.width(), frame.height(), |x, y| {
        let mut sum = [0.0; 3];
        for offset in -3_i32..=3 {
            let (x, y) = neighbour(x, y, offset);
            let colour = frame.get_pixel(x.min(right), y.min(bottom)).0;
            let tap = taps[offset.unsigned_abs() as usize];
            for (total, part) in sum.iter_mut().zip(colour) {
                *total += f32::from(part) * tap;
            }
        }
        image::Rgb(sum.map(to_byte))
    })
}

/// Light that falls off across the frame and towards its corners, then the sensor's noise.
fn light_and_noise(frame: &mut RgbImage, profile: &Profile, random: &mut Random) {
    let angle = random.between(0.0, std::f32::consts::TAU);
    let (along_x, along_y) = (angle.cos(), angle.sin());
    let gain = random.between(0.95, 1.08);
    let (width, height) = (pixel(frame.width()), pixel(frame.height()));
    for (x, y, colour) in frame.enumerate_pixels_mut() {
        let (x, y) = (pixel(x) / width - 0.5, pixel(y) / height - 0.5);
        let slope = (x * along_x + y * along_y + 0.71) / 1.42;
        let vignette = (x * x + y * y) * 2.0;
        let light = gain * (1.0 - profile.shade * (0.6 * slope + 0.4 * vignette));
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
