//! Pictures as the bytes that a camera sends.

use anyhow::{Context, Result, ensure};
use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;

use crate::Format;

/// JPEG quality of a common webcam's stream.
const JPEG_QUALITY: u8 = 85;

/// A picture of even sides as one frame's bytes.
pub fn code(picture: &RgbImage, format: Format) -> Result<Vec<u8>> {
    match format {
        Format::Yuyv => Ok(yuyv(picture)),
        Format::Nv12 => Ok(nv12(picture)),
        Format::Mjpeg => jpeg(picture),
        Format::MjpegBare => without_tables(&jpeg(picture)?),
    }
}

fn jpeg(picture: &RgbImage) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
    encoder.encode_image(picture).context("a frame cannot be coded as JPEG")?;
    Ok(bytes)
}

/// A JPEG picture less its Huffman tables; right only for the tables of the standard's Annex K, which our encoder uses.
fn without_tables(jpeg: &[u8]) -> Result<Vec<u8>> {
    const START_OF_SCAN: u8 = 0xDA;
    const HUFFMAN_TABLES: u8 = 0xC4;
    let (mut bare, mut rest) = (jpeg[..2].to_vec(), &jpeg[2..]);
    loop {
        let &[0xFF, marker, high, low, ..] = rest else {
            anyhow::bail!("the JPEG encoder wrote something else than segments");
        };
        if marker == START_OF_SCAN {
            bare.extend(rest);
            return Ok(bare);
        }
        let length = 2 + usize::from(u16::from_be_bytes([high, low]));
        ensure!(length <= rest.len(), "the JPEG encoder wrote a segment longer than the picture");
        let (segment, after) = rest.split_at(length);
        if marker != HUFFMAN_TABLES {
            bare.extend(segment);
        }
        rest = after;
    }
}

/// Rows of Y U Y V; a pair of pixels shares its colour.
fn yuyv(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(picture.as_raw().len() / 3 * 2);
    for pair in picture.as_raw().chunks_exact(6) {
        let [left, right] = [&pair[..3], &pair[3..]].map(channels);
        let mean = [0, 1, 2].map(|channel| i32::midpoint(left[channel], right[channel]));
        bytes.extend([weigh(left, LUMA, 16), weigh(mean, BLUE, 128), weigh(right, LUMA, 16), weigh(mean, RED, 128)]);
    }
    bytes
}

/// All rows of Y, then rows of U V, one pair for each two by two pixels: that of the upper left one.
fn nv12(picture: &RgbImage) -> Vec<u8> {
    let pixels = picture.as_raw().chunks_exact(3).map(channels);
    let mut bytes: Vec<u8> = pixels.map(|rgb| weigh(rgb, LUMA, 16)).collect();
    for row in picture.as_raw().chunks_exact(picture.width() as usize * 3).step_by(2) {
        for rgb in row.chunks_exact(3).step_by(2).map(channels) {
            bytes.extend([weigh(rgb, BLUE, 128), weigh(rgb, RED, 128)]);
        }
    }
    bytes
}

/// BT.601 in video range, weights in 1/256.
const LUMA: [i32; 3] = [66, 129, 25];
const BLUE: [i32; 3] = [-38, -74, 112];
const RED: [i32; 3] = [112, -94, -18];

fn channels(pixel: &[u8]) -> [i32; 3] {
    [0, 1, 2].map(|channel| i32::from(pixel[channel]))
}

fn weigh(rgb: [i32; 3], weights: [i32; 3], zero: i32) -> u8 {
    let sum: i32 = rgb.iter().zip(weights).map(|(channel, weight)| channel * weight).sum();
    u8::try_from(((sum + 128) >> 8) + zero).expect("video range stays within 16 and 240")
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    /// White but for a black pixel above and two red ones below.
    fn picture() -> RgbImage {
        let mut picture = RgbImage::from_pixel(4, 2, Rgb([255; 3]));
        picture.put_pixel(1, 0, Rgb([0; 3]));
        picture.put_pixel(2, 1, Rgb([255, 0, 0]));
        picture.put_pixel(3, 1, Rgb([255, 0, 0]));
        picture
    }

    #[test]
    fn yuyv_has_two_bytes_a_pixel_in_video_range() {
        let bytes = code(&picture(), Format::Yuyv).unwrap();
        assert_eq!(bytes.len(), 4 * 2 * 2);
        assert_eq!(bytes[..4], [235, 128, 16, 128], "white beside black");
        assert_eq!(bytes[12..], [82, 90, 82, 240], "red");
    }

    #[test]
    fn nv12_has_its_luma_first() {
        let bytes = code(&picture(), Format::Nv12).unwrap();
        assert_eq!(bytes, [235, 16, 235, 235, 235, 235, 82, 82, 128, 128, 128, 128]);
    }

    #[test]
    fn mjpeg_is_a_jpeg_of_the_same_size() {
        let bytes = code(&RgbImage::new(64, 32), Format::Mjpeg).unwrap();
        let picture = image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg).unwrap();
        assert_eq!((picture.width(), picture.height()), (64, 32));
    }

    #[test]
    fn bare_mjpeg_lacks_the_four_tables_and_nothing_else() {
        let whole = code(&RgbImage::new(64, 32), Format::Mjpeg).unwrap();
        let bare = code(&RgbImage::new(64, 32), Format::MjpegBare).unwrap();
        // Marker, length, class, sixteen counts, and the values of the standard's tables: 12 for DC, 162 for AC, each twice.
        assert_eq!(whole.len() - bare.len(), 2 * (21 + 12) + 2 * (21 + 162));
        let tables = |bytes: &[u8]| bytes.windows(2).filter(|pair| *pair == [0xFF, 0xC4]).count();
        assert_eq!((tables(&whole), tables(&bare)), (4, 0));
        assert!(without_tables(b"no picture").is_err());
    }
}
