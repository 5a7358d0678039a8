//! Which of a camera's modes is taken. Pure, so that every choice is tested without a camera.

use std::fmt;

use serde::{Serialize, Serializer};
use vision::frame::PixelFormat;

use super::wish::CameraWish;

/// A mode that a camera offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Mode {
    /// Pixel format.
    #[serde(serialize_with = "as_name")]
    pub format: PixelFormat,
    /// Pixels a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Pictures a second.
    pub fps: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's form")]
fn as_name<S: Serializer>(format: &PixelFormat, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(format)
}

impl fmt::Display for Mode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}x{} {} {}/s", self.width, self.height, self.format, self.fps)
    }
}

/// Below this a label at arm's length has too few pixels a module.
const GOOD: (u32, u32) = (1_280, 720);

/// Above this a frame takes longer to read than it takes to come.
const FULL_HD_PIXELS: u64 = 1_920 * 1_080;

/// Slower than this, a hand has moved on between two frames.
const GOOD_FPS: u32 = 25;

/// Slower than this, size makes up for nothing.
const BEARABLE_FPS: u32 = 10;

/// What a second of frames holds in most cameras.
const USUAL_FPS: u32 = 30;

/// The modes, best first: what was wished, then at least 1280x720 at 25 a second, then the largest up to full HD, then luma without
/// decoding, then the rate nearest to 30.
pub(super) fn ranked(mut modes: Vec<Mode>, wish: &CameraWish) -> Vec<Mode> {
    modes.retain(|mode| mode.width > 0 && mode.height > 0);
    modes.sort_by_key(|mode| (wished(mode, wish), quality(mode)));
    modes.dedup();
    modes
}

/// How far a mode is from a wish: format, pixels, rate. 0 is nearest.
fn wished(mode: &Mode, wish: &CameraWish) -> (bool, u64, u32) {
    let is_other_format = wish.format.is_some_and(|format| PixelFormat::from(format) != mode.format);
    let off_size = wish
        .size
        .map_or(0, |size| u64::from(mode.width.abs_diff(size.width)) + u64::from(mode.height.abs_diff(size.height)));
    (is_other_format, off_size, wish.fps.map_or(0, |fps| mode.fps.abs_diff(fps)))
}

/// Lower is better.
fn quality(mode: &Mode) -> (bool, bool, bool, u64, u8, u32) {
    let pixels = u64::from(mode.width) * u64::from(mode.height);
    let (long, short) = (mode.width.max(mode.height), mode.width.min(mode.height));
    let is_small = long < GOOD.0 || short < GOOD.1;
    let is_above = pixels > FULL_HD_PIXELS;
    // Up to full HD more is better, above it less is.
    let size = if is_above { pixels } else { FULL_HD_PIXELS - pixels };
    let is_good = !is_small && mode.fps >= GOOD_FPS;
    (!is_good, mode.fps < BEARABLE_FPS, is_above, size, cost(mode.format), mode.fps.abs_diff(USUAL_FPS))
}

/// What a frame costs before it is luma.
const fn cost(format: PixelFormat) -> u8 {
    match format {
        PixelFormat::Gray | PixelFormat::Nv12 | PixelFormat::I420 => 0,
        PixelFormat::Yuyv | PixelFormat::Uyvy => 1,
        PixelFormat::Mjpeg => 2,
        PixelFormat::Rgb | PixelFormat::Bgr => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::super::wish::{Size, WishedFormat};
    use super::*;

    fn mode(format: PixelFormat, width: u32, height: u32, fps: u32) -> Mode {
        Mode { format, width, height, fps }
    }

    use PixelFormat::{Mjpeg, Nv12, Rgb, Yuyv};

    /// What webcams commonly offer.
    fn webcam() -> Vec<Mode> {
        vec![
            mode(Yuyv, 640, 480, 30),
            mode(Yuyv, 1280, 720, 10),
            mode(Yuyv, 1920, 1080, 5),
            mode(Mjpeg, 640, 480, 30),
            mode(Mjpeg, 1280, 720, 30),
            mode(Mjpeg, 1280, 720, 60),
            mode(Mjpeg, 1920, 1080, 30),
            mode(Mjpeg, 3840, 2160, 30),
        ]
    }

    fn best(modes: Vec<Mode>, wish: CameraWish) -> Mode {
        ranked(modes, &wish)[0]
    }

    #[test]
    fn full_hd_is_taken_even_as_mjpeg() {
        assert_eq!(best(webcam(), CameraWish::default()), mode(Mjpeg, 1920, 1080, 30));
    }

    #[test]
    fn luma_without_decoding_goes_first_at_equal_size() {
        let mut modes = webcam();
        modes.extend([mode(Rgb, 1920, 1080, 30), mode(Yuyv, 1920, 1080, 25)]);
        assert_eq!(best(modes.clone(), CameraWish::default()), mode(Yuyv, 1920, 1080, 25));
        modes.push(mode(Nv12, 1920, 1080, 60));
        assert_eq!(best(modes, CameraWish::default()), mode(Nv12, 1920, 1080, 60));
    }

    #[test]
    fn without_a_good_mode_a_bearable_rate_goes_before_size() {
        let modes = vec![mode(Yuyv, 1920, 1080, 5), mode(Yuyv, 1280, 720, 10), mode(Yuyv, 640, 480, 30)];
        assert_eq!(best(modes, CameraWish::default()), mode(Yuyv, 1280, 720, 10));
        let slow = vec![mode(Yuyv, 320, 240, 5), mode(Yuyv, 1920, 1080, 5)];
        assert_eq!(best(slow, CameraWish::default()), mode(Yuyv, 1920, 1080, 5));
    }

    #[test]
    fn above_full_hd_the_smallest_is_taken() {
        let modes = vec![mode(Mjpeg, 3840, 2160, 30), mode(Mjpeg, 2592, 1944, 30), mode(Mjpeg, 640, 480, 30)];
        assert_eq!(best(modes, CameraWish::default()), mode(Mjpeg, 2592, 1944, 30));
    }

    #[test]
    fn a_camera_on_its_side_is_as_good() {
        let modes = vec![mode(Mjpeg, 1080, 1920, 30), mode(Yuyv, 640, 480, 30)];
        assert_eq!(best(modes, CameraWish::default()), mode(Mjpeg, 1080, 1920, 30));
    }

    #[test]
    fn wishes_come_first_and_what_is_not_offered_gives_the_nearest() {
        let wish = |size: Option<(u32, u32)>, fps, format| CameraWish {
            size: size.map(|(width, height)| Size { width, height }),
            fps,
            format,
            ..CameraWish::default()
        };
        assert_eq!(best(webcam(), wish(Some((640, 480)), None, None)), mode(Yuyv, 640, 480, 30));
        assert_eq!(best(webcam(), wish(Some((1280, 720)), Some(60), None)), mode(Mjpeg, 1280, 720, 60));
        assert_eq!(best(webcam(), wish(None, None, Some(WishedFormat::Yuyv))), mode(Yuyv, 1280, 720, 10));
        assert_eq!(best(webcam(), wish(Some((3840, 2160)), None, None)), mode(Mjpeg, 3840, 2160, 30));
        assert_eq!(best(webcam(), wish(Some((1900, 1000)), None, None)), mode(Mjpeg, 1920, 1080, 30));
        assert_eq!(best(webcam(), wish(None, None, Some(WishedFormat::Gray))), mode(Mjpeg, 1920, 1080, 30));
    }

    #[test]
    fn every_mode_stays_as_a_second_choice_and_impossible_ones_go() {
        let mut modes = webcam();
        modes.extend([mode(Yuyv, 0, 480, 30), mode(Yuyv, 640, 480, 30)]);
        assert_eq!(ranked(modes, &CameraWish::default()).len(), webcam().len());
        assert!(ranked(Vec::new(), &CameraWish::default()).is_empty());
    }
}
