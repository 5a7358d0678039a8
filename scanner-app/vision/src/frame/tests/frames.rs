//! Frames of cameras: each format, padding, odd sizes, cut short.

use super::samples::{claiming, cmyk, jpeg, ramp, without};
use crate::frame::{FrameError, PIXELS_MAX, PixelFormat, RawFrame};

fn luma(frame: RawFrame<'_>) -> Vec<u8> {
    let mut buffer = vec![9; 3];
    let view = frame.luma(&mut buffer).unwrap();
    let seen = view.to_luma();
    assert_eq!(frame.to_luma(vec![7; 5]).unwrap(), seen, "borrowed and owned are the same");
    seen.into_bytes()
}

/// Rows of `row` bytes, each followed by `padding` bytes of noise.
fn padded(bytes: &[u8], row: usize, padding: usize) -> Vec<u8> {
    bytes.chunks(row).flat_map(|row| [row, &vec![0xee; padding]].concat()).collect()
}

#[test]
fn every_format_gives_the_luma_that_it_carries() {
    for width in [1, 2, 5, 16, 33] {
        let (height, plane) = (3, ramp(width, 3));
        let pairs: Vec<Vec<u8>> = plane.chunks(width).map(<[u8]>::to_vec).collect();
        let packed = |luma_first: bool| -> Vec<u8> {
            let pixel = |value: u8| if luma_first { [value, 128] } else { [128, value] };
            let rows = pairs.iter().map(|row| {
                let mut bytes: Vec<u8> = row.iter().flat_map(|value| pixel(*value)).collect();
                bytes.resize(width.div_ceil(2) * 4, 128);
                bytes
            });
            rows.collect::<Vec<_>>().concat()
        };
        let grey: Vec<u8> = plane.iter().flat_map(|value| [*value; 3]).collect();
        for (format, bytes) in [
            (PixelFormat::Gray, plane.clone()),
            (PixelFormat::Nv12, [&plane[..], &vec![128; width.div_ceil(2) * 2 * 2]].concat()),
            (PixelFormat::I420, [&plane[..], &vec![128; width.div_ceil(2) * 2 * 2]].concat()),
            (PixelFormat::Yuyv, packed(true)),
            (PixelFormat::Uyvy, packed(false)),
            (PixelFormat::Rgb, grey.clone()),
            (PixelFormat::Bgr, grey),
        ] {
            assert_eq!(luma(RawFrame::packed(format, &bytes, width, height)), plane, "{format}, {width} wide");
            let stride = format.row_bytes(width) + 5;
            let bytes = padded(&bytes[..format.row_bytes(width) * height], format.row_bytes(width), 5);
            assert_eq!(luma(RawFrame { format, bytes: &bytes, width, height, stride }), plane, "{format} with padding");
        }
    }
}

#[test]
fn colours_are_weighed_in_their_own_order() {
    let green_dominates = luma(RawFrame::packed(PixelFormat::Rgb, &[0, 200, 0], 1, 1))[0];
    let red = luma(RawFrame::packed(PixelFormat::Rgb, &[200, 0, 0], 1, 1))[0];
    let blue = luma(RawFrame::packed(PixelFormat::Bgr, &[200, 0, 0], 1, 1))[0];
    assert!(green_dominates > red && red > blue, "{green_dominates} {red} {blue}");
}

#[test]
fn planes_are_borrowed_and_buffers_used_again() {
    let plane = ramp(64, 48);
    let mut buffer = Vec::new();
    let view = RawFrame::packed(PixelFormat::Nv12, &plane, 64, 48).luma(&mut buffer).unwrap();
    assert_eq!(view.data().as_ptr(), plane.as_ptr());
    let mut buffer = vec![0; 64 * 48];
    let memory = buffer.as_ptr();
    let yuyv = vec![3; 64 * 48 * 2];
    let view = RawFrame::packed(PixelFormat::Yuyv, &yuyv, 64, 48).luma(&mut buffer).unwrap();
    assert_eq!(view.data().as_ptr(), memory);
    let file = jpeg(64, 48);
    let view = RawFrame::packed(PixelFormat::Mjpeg, &file, 0, 0).luma(&mut buffer).unwrap();
    assert_eq!(view.data().as_ptr(), memory);
}

#[test]
fn a_frame_cut_short_is_an_error_that_names_its_format_and_sizes() {
    let bytes = vec![0; 640 * 480 * 2 - 1];
    let mut buffer = Vec::new();
    let error = RawFrame::packed(PixelFormat::Yuyv, &bytes, 640, 480).luma(&mut buffer).unwrap_err();
    assert!(matches!(error, FrameError::Short { needed: 614_400, len: 614_399, .. }), "{error:?}");
    let words = error.to_string();
    assert!(words.contains("YUYV") && words.contains("640x480") && words.contains("614400"), "{words}");
}

#[test]
fn impossible_sizes_are_errors() {
    let bytes = [0; 64];
    let mut buffer = Vec::new();
    let huge = usize::MAX;
    for format in [PixelFormat::Gray, PixelFormat::Nv12, PixelFormat::Yuyv, PixelFormat::Uyvy, PixelFormat::Rgb] {
        for (width, height, stride) in
            [(0, 1, 1), (1, 0, 4), (8, 8, 4), (huge, huge, huge), (8, huge, 32), (huge, 1, huge)]
        {
            let frame = RawFrame { format, bytes: &bytes, width, height, stride };
            assert!(frame.luma(&mut buffer).is_err(), "{format} {width}x{height} {stride}");
        }
        let error = RawFrame::packed(format, &bytes, 20_000, 20_000).luma(&mut buffer).unwrap_err();
        assert!(error.to_string().contains(&PIXELS_MAX.to_string()), "{error}");
    }
    assert!(buffer.capacity() < 1_000, "nothing was allocated for what cannot be");
}

#[test]
fn mjpeg_is_the_decoders_grey_in_the_size_that_it_says_itself() {
    let mut buffer = Vec::new();
    for (width, height) in [(64, 48), (33, 17), (8, 120)] {
        let file = jpeg(width, height);
        let view = RawFrame::packed(PixelFormat::Mjpeg, &file, 1, 1).luma(&mut buffer).unwrap();
        assert_eq!((view.width(), view.height()), (width, height));
        let far = view.data().iter().zip(ramp(width, height)).filter(|(seen, meant)| seen.abs_diff(*meant) > 24);
        let share = far.count() * 20 / (width * height);
        assert_eq!(share, 0, "{width}x{height} is no ramp");
    }
}

#[test]
fn mjpeg_without_huffman_tables_is_the_same_picture() {
    let whole = jpeg(64, 48);
    let bare = without(&whole, 0xc4);
    assert!(bare.len() + 400 < whole.len(), "tables were there");
    let of = |bytes: &[u8]| luma(RawFrame::packed(PixelFormat::Mjpeg, bytes, 64, 48));
    assert_eq!(of(&bare), of(&whole));
}

#[test]
fn mjpeg_cut_anywhere_or_padded_never_panics() {
    let whole = jpeg(40, 40);
    let mut buffer = Vec::new();
    for len in 0..whole.len() {
        if let Ok(view) = RawFrame::packed(PixelFormat::Mjpeg, &whole[..len], 40, 40).luma(&mut buffer) {
            assert_eq!((view.width(), view.height()), (40, 40), "cut at {len}");
        }
    }
    let error = RawFrame::packed(PixelFormat::Mjpeg, &whole[..20], 40, 40).luma(&mut buffer).unwrap_err().to_string();
    assert!(error.contains("MJPEG") && error.contains("20 bytes"), "{error}");
    let padded = [&whole[..], &[0; 900]].concat();
    assert_eq!(
        luma(RawFrame::packed(PixelFormat::Mjpeg, &padded, 40, 40)),
        luma(RawFrame::packed(PixelFormat::Mjpeg, &whole, 40, 40))
    );
}

#[test]
fn mjpeg_of_a_claimed_size_or_other_colours() {
    let mut buffer = Vec::new();
    let claims = claiming(jpeg(16, 16), 20_000);
    let error = RawFrame::packed(PixelFormat::Mjpeg, &claims, 16, 16).luma(&mut buffer).unwrap_err();
    assert!(matches!(error, FrameError::Large { width: 20_000, .. }), "{error:?}");
    assert!(buffer.capacity() < 1_000_000);
    let four = luma(RawFrame::packed(PixelFormat::Mjpeg, &cmyk(), 8, 8));
    assert!(four.iter().all(|value| (60..=68).contains(value)), "half ink under half black: {four:?}");
}
