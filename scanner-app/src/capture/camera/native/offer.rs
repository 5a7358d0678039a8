//! Which modes follow from what a driver of V4L2 states: formats by their four letters, sizes one by one or as a range, times between
//! two frames as fractions of a second.
//!
//! nokhwa opens a camera at whole rates only (1/n s), and its own list takes 2/25 s (12.5 pictures a second) for 25 a second.

use v4l::FourCC;
use v4l::fraction::Fraction;
use v4l::frameinterval::FrameIntervalEnum;
use v4l::framesize::FrameSizeEnum;
use vision::frame::PixelFormat;

/// Formats that are read, by the driver's letters.
const FORMATS: [(&[u8; 4], PixelFormat); 8] = [
    (b"NV12", PixelFormat::Nv12),
    (b"YUYV", PixelFormat::Yuyv),
    (b"MJPG", PixelFormat::Mjpeg),
    (b"GREY", PixelFormat::Gray),
    (b"UYVY", PixelFormat::Uyvy),
    (b"YU12", PixelFormat::I420),
    (b"RGB3", PixelFormat::Rgb),
    (b"BGR3", PixelFormat::Bgr),
];

/// Sizes taken of a camera that states a range.
const SIZES: [(u32, u32); 8] = [
    (640, 480),
    (800, 600),
    (1_280, 720),
    (1_280, 960),
    (1_600, 1_200),
    (1_920, 1_080),
    (2_592, 1_944),
    (3_840, 2_160),
];

/// Rates taken of a camera that states a range.
const RATES: [u32; 10] = [1, 5, 10, 15, 20, 25, 30, 50, 60, 120];

/// The format of these letters, where it is read.
pub(super) fn pixel_format(fourcc: FourCC) -> Option<PixelFormat> {
    FORMATS.into_iter().find(|(letters, _)| fourcc.repr == **letters).map(|(_, format)| format)
}

/// The letters of a format.
pub(super) fn fourcc(format: PixelFormat) -> FourCC {
    let letters = FORMATS.into_iter().find(|(_, known)| *known == format).map(|(letters, _)| letters);
    FourCC::new(letters.expect("every format has its letters"))
}

/// Whether nokhwa can ask for it: it knows GREY by wrong letters, and the planes and the order of others not at all.
pub(super) const fn is_asked_by_nokhwa(format: PixelFormat) -> bool {
    !matches!(format, PixelFormat::Gray | PixelFormat::Uyvy | PixelFormat::I420)
}

/// Pictures a second, where they are a whole number.
pub(super) const fn whole_rate(interval: Fraction) -> Option<u32> {
    let Fraction { numerator, denominator } = interval;
    if numerator > 0 && denominator > 0 && denominator.is_multiple_of(numerator) {
        Some(denominator / numerator)
    } else {
        None
    }
}

/// Pictures a second as people write them: `12.5`; at most two decimals.
pub(super) fn rate_words(interval: Fraction) -> String {
    let rate = format!("{:.2}", f64::from(interval.denominator) / f64::from(interval.numerator.max(1)));
    rate.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The whole rates among the times between two frames, and the words of the others.
pub(super) fn rates(stated: &[FrameIntervalEnum]) -> (Vec<u32>, Vec<String>) {
    let (mut whole, mut broken) = (Vec::new(), Vec::new());
    for interval in stated {
        match interval {
            FrameIntervalEnum::Discrete(interval) => match whole_rate(*interval) {
                Some(rate) => whole.push(rate),
                None => broken.push(rate_words(*interval)),
            },
            FrameIntervalEnum::Stepwise(range) => {
                // The longest time is the slowest rate. A rate between two steps is set to the nearest by the driver, which is seen then.
                let is_within = |rate: &u32| !is_longer(range.min, *rate) && !is_shorter(range.max, *rate);
                whole.extend(RATES.into_iter().filter(is_within));
            }
        }
    }
    (whole, broken)
}

/// Whether a time is longer than 1/rate s.
fn is_longer(time: Fraction, rate: u32) -> bool {
    u64::from(time.numerator) * u64::from(rate) > u64::from(time.denominator)
}

/// Whether a time is shorter than 1/rate s.
fn is_shorter(time: Fraction, rate: u32) -> bool {
    u64::from(time.numerator) * u64::from(rate) < u64::from(time.denominator)
}

/// Width and height: those stated, and of a range the usual ones and the largest.
pub(super) fn sizes(stated: &[FrameSizeEnum]) -> Vec<(u32, u32)> {
    let mut sizes = Vec::new();
    for size in stated {
        match size {
            FrameSizeEnum::Discrete(size) => sizes.push((size.width, size.height)),
            FrameSizeEnum::Stepwise(range) => {
                let widths = |width| is_step(width, range.min_width, range.max_width, range.step_width);
                let heights = |height| is_step(height, range.min_height, range.max_height, range.step_height);
                sizes.extend(SIZES.into_iter().filter(|(width, height)| widths(*width) && heights(*height)));
                sizes.push((range.max_width, range.max_height));
            }
        }
    }
    sizes
}

/// Whether a side is one that a range has.
const fn is_step(side: u32, min: u32, max: u32, step: u32) -> bool {
    min <= side && side <= max && (step == 0 || (side - min).is_multiple_of(step))
}

#[cfg(test)]
mod tests {
    use v4l::{frameinterval, framesize};

    use super::*;

    fn each(numerator: u32, denominator: u32) -> FrameIntervalEnum {
        FrameIntervalEnum::Discrete(Fraction { numerator, denominator })
    }

    #[test]
    fn a_broken_rate_is_no_mode_and_is_named() {
        let stated = [each(1, 30), each(2, 25), each(2, 15), each(1_001, 30_000), each(2, 50), each(0, 30), each(1, 0)];
        let (whole, broken) = rates(&stated);
        assert_eq!(whole, [30, 25]);
        assert_eq!(broken, ["12.5", "7.5", "29.97", "30", "0"]);
    }

    #[test]
    fn of_a_range_of_rates_the_usual_ones_within_it_are_taken() {
        let range = |min: (u32, u32), max: (u32, u32)| {
            FrameIntervalEnum::Stepwise(frameinterval::Stepwise {
                min: Fraction::new(min.0, min.1),
                max: Fraction::new(max.0, max.1),
                step: Fraction::new(0, 1),
            })
        };
        assert_eq!(rates(&[range((1, 30), (1, 5))]).0, [5, 10, 15, 20, 25, 30]);
        assert_eq!(rates(&[range((1_001, 30_000), (2, 25))]).0, [15, 20, 25], "29.97 down to 12.5");
        assert_eq!(rates(&[range((1, u32::MAX), (u32::MAX, 1))]).0, RATES);
    }

    #[test]
    fn of_a_range_of_sizes_the_usual_ones_and_the_largest_are_taken() {
        let range = |max: (u32, u32), step| {
            FrameSizeEnum::Stepwise(framesize::Stepwise {
                min_width: 16,
                max_width: max.0,
                step_width: step,
                min_height: 16,
                max_height: max.1,
                step_height: step,
            })
        };
        assert_eq!(sizes(&[range((1_300, 800), 16)]), [(640, 480), (1_280, 720), (1_300, 800)]);
        assert_eq!(sizes(&[range((640, 480), 0)]), [(640, 480), (640, 480)], "a step of 0 is any");
        let one = FrameSizeEnum::Discrete(framesize::Discrete { width: 752, height: 480 });
        assert_eq!(sizes(&[one]), [(752, 480)]);
    }

    #[test]
    fn formats_have_the_drivers_letters() {
        for (letters, format) in FORMATS {
            assert_eq!(pixel_format(FourCC::new(letters)), Some(format));
            assert_eq!(fourcc(format).repr, *letters);
        }
        assert_eq!(fourcc(PixelFormat::Gray).repr, *b"GREY");
        assert_eq!(pixel_format(FourCC::new(b"H264")), None);
        assert!(!is_asked_by_nokhwa(PixelFormat::Gray) && is_asked_by_nokhwa(PixelFormat::Nv12));
    }
}
