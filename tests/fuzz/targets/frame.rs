//! Frames of arbitrary bytes and claimed sizes: luma of the claimed size, or an error; borrowed and owned agree.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vision::frame::{PixelFormat, RawFrame};

const FORMATS: [PixelFormat; 8] = [
    PixelFormat::Gray,
    PixelFormat::Nv12,
    PixelFormat::I420,
    PixelFormat::Yuyv,
    PixelFormat::Uyvy,
    PixelFormat::Rgb,
    PixelFormat::Bgr,
    PixelFormat::Mjpeg,
];

// A format, width, height and stride, two bytes each but the first, then the frame.
// A panic inside a decoder is caught by design, so the hook that ends the process on any panic goes; one of ours still ends it.
fuzz_target!(init: drop(std::panic::take_hook()), |bytes: &[u8]| {
    let Some((&[format, w0, w1, h0, h1, s0, s1], bytes)) = bytes.split_first_chunk::<7>() else { return };
    let format = FORMATS[usize::from(format) % FORMATS.len()];
    let number = |low, high| usize::from(u16::from_le_bytes([low, high]));
    let frame = RawFrame { format, bytes, width: number(w0, w1), height: number(h0, h1), stride: number(s0, s1) };
    let mut buffer = Vec::new();
    let borrowed = frame.luma(&mut buffer).map(|view| view.to_luma());
    assert_eq!(borrowed, frame.to_luma(vec![1; 10]));
    if let (Ok(luma), true) = (borrowed, format != PixelFormat::Mjpeg) {
        assert_eq!((luma.view().width(), luma.view().height()), (frame.width, frame.height));
    }
});
