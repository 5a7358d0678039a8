//! Picture files: an error for that file or the right picture, never a panic and never more memory than the limit.

use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, GrayImage, ImageBuffer, ImageFormat, Luma as Grey, Rgba, RgbaImage};

use super::samples::{claiming, cmyk, file, jpeg, png, ramp, stored};
use crate::frame::PIXELS_MAX;
use crate::{Luma, LumaError};

const FORMATS: [ImageFormat; 5] =
    [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP, ImageFormat::Bmp];

fn read(bytes: &[u8]) -> Result<Luma, LumaError> {
    Luma::from_bytes(bytes, "a.file")
}

fn picture(width: u32, height: u32) -> DynamicImage {
    let grey = GrayImage::from_vec(width, height, ramp(width as usize, height as usize)).unwrap();
    DynamicImage::ImageRgb8(DynamicImage::ImageLuma8(grey).to_rgb8())
}

#[test]
fn one_pixel_is_a_picture_in_every_format() {
    let white = DynamicImage::ImageRgb8(image::RgbImage::from_pixel(1, 1, image::Rgb([255; 3])));
    for format in FORMATS {
        let luma = read(&file(&white, format)).unwrap();
        assert_eq!((luma.view().width(), luma.view().height()), (1, 1), "{format:?}");
        assert!(luma.view().pixel(0, 0) > 250, "{format:?}");
    }
}

#[test]
fn truncated_and_corrupt_files_never_panic() {
    for format in FORMATS {
        let whole = file(&picture(40, 30), format);
        assert!(read(&whole).is_ok(), "{format:?}");
        let mut read_ok = 0;
        for len in 0..whole.len() {
            read_ok += usize::from(read(&whole[..len]).is_ok());
        }
        assert!(read_ok < whole.len(), "{format:?}: a file of nothing is no picture");
        for at in 0..whole.len() {
            for flip in [0xff, 0x01] {
                let mut corrupt = whole.clone();
                corrupt[at] ^= flip;
                if let Ok(luma) = read(&corrupt) {
                    assert!(luma.view().width() * luma.view().height() <= PIXELS_MAX);
                }
            }
        }
    }
}

#[test]
fn a_header_that_claims_huge_sides_is_refused_by_name() {
    let empty = png(20_000, 20_000, 8, 6, &[(b"IDAT", stored(&[]))]);
    let mut bmp = file(&picture(2, 2), ImageFormat::Bmp);
    bmp[18..22].copy_from_slice(&20_000_u32.to_le_bytes());
    bmp[22..26].copy_from_slice(&20_000_u32.to_le_bytes());
    let mut gif = file(&picture(2, 2), ImageFormat::Gif);
    gif[6..10].copy_from_slice(&[0x20, 0x4e, 0x20, 0x4e]);
    for (what, bytes) in [("png", empty), ("jpeg", claiming(jpeg(16, 16), 20_000)), ("bmp", bmp), ("gif", gif)] {
        let error = read(&bytes).unwrap_err();
        assert!(matches!(error, LumaError::Large { width: 20_000, height: 20_000, .. }), "{what}: {error}");
        let words = error.to_string();
        assert!(words.contains("20000x20000") && words.contains(&PIXELS_MAX.to_string()), "{words}");
    }
}

#[test]
fn a_picture_without_pixels_is_none_and_named() {
    let mut gif = file(&picture(2, 2), ImageFormat::Gif);
    gif[6..8].copy_from_slice(&[0, 0]);
    let error = read(&gif).unwrap_err().to_string();
    assert!(error.contains("a.file") && error.contains("no pixels"), "{error}");
}

#[test]
fn a_long_thin_picture_within_the_limit_is_read() {
    let thin = read(&file(&picture(20_000, 3), ImageFormat::Png)).unwrap();
    assert_eq!((thin.view().width(), thin.view().height()), (20_000, 3));
    assert_eq!(read(&jpeg(20_000, 8)).unwrap().view().width(), 20_000);
}

#[test]
fn sixteen_bits_and_palettes_become_eight_bits() {
    let deep: ImageBuffer<Grey<u16>, Vec<u16>> =
        ImageBuffer::from_fn(2, 1, |x, _| Grey([if x == 0 { 0 } else { 0xffff }]));
    assert_eq!(read(&file(&DynamicImage::ImageLuma16(deep), ImageFormat::Png)).unwrap().view().row(0), [0, 255]);
    // One row of two pixels at two bits: places 1 and 2 of the palette.
    let palette = vec![9, 9, 9, 255, 255, 255, 0, 0, 0];
    let bytes = png(2, 1, 2, 3, &[(b"PLTE", palette), (b"IDAT", stored(&[0, 0b0110_0000]))]);
    assert_eq!(read(&bytes).unwrap().view().row(0), [255, 0]);
    let one_bit = png(3, 1, 1, 0, &[(b"IDAT", stored(&[0, 0b1010_0000]))]);
    assert_eq!(read(&one_bit).unwrap().view().row(0), [255, 0, 255]);
}

#[test]
fn the_first_picture_of_an_animation() {
    let mut bytes = Vec::new();
    {
        let mut encoder = GifEncoder::new(&mut bytes);
        for shade in [0, 255] {
            let frame = RgbaImage::from_pixel(4, 4, Rgba([shade, shade, shade, 255]));
            encoder.encode_frame(Frame::new(frame)).unwrap();
        }
    }
    assert!(read(&bytes).unwrap().view().data().iter().all(|value| *value < 10));
}

#[test]
fn four_colours_are_read_as_ink() {
    let luma = read(&cmyk()).unwrap();
    assert_eq!((luma.view().width(), luma.view().height()), (8, 8));
    assert!(luma.view().data().iter().all(|value| (60..=68).contains(value)), "{:?}", luma.view().data());
}

#[test]
fn a_jpegs_own_luma_is_taken() {
    let luma = read(&jpeg(33, 20)).unwrap();
    let meant = ramp(33, 20);
    assert_eq!((luma.view().width(), luma.view().height()), (33, 20));
    let near = luma.view().data().iter().zip(&meant).filter(|(seen, meant)| seen.abs_diff(**meant) <= 24);
    assert!(near.count() * 20 > meant.len() * 19);
}
