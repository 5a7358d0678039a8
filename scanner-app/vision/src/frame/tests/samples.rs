//! Files as cameras and programs write them, good and bad.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ExtendedColorType, ImageFormat};

/// A grey ramp that no row or column repeats.
pub fn ramp(width: usize, height: usize) -> Vec<u8> {
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x * 3 + y * 5) % 256));
    pixels.map(|value| u8::try_from(value).unwrap()).collect()
}

/// A colour JPEG whose luma is a ramp.
pub fn jpeg(width: usize, height: usize) -> Vec<u8> {
    let colours: Vec<u8> = ramp(width, height).into_iter().flat_map(|value| [value, value, value]).collect();
    let mut bytes = Vec::new();
    let (width, height) = (u32::try_from(width).unwrap(), u32::try_from(height).unwrap());
    JpegEncoder::new_with_quality(&mut bytes, 90).encode(&colours, width, height, ExtendedColorType::Rgb8).unwrap();
    bytes
}

/// A JPEG without its segments of one marker, as UVC cameras leave out the Huffman tables.
pub fn without(jpeg: &[u8], left_out: u8) -> Vec<u8> {
    let mut kept = jpeg[..2].to_vec();
    let mut at = 2;
    while jpeg[at + 1] != 0xda {
        let end = at + 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        if jpeg[at + 1] != left_out {
            kept.extend_from_slice(&jpeg[at..end]);
        }
        at = end;
    }
    kept.extend_from_slice(&jpeg[at..]);
    kept
}

/// A JPEG whose header claims another size.
pub fn claiming(mut jpeg: Vec<u8>, side: u16) -> Vec<u8> {
    let header = jpeg.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
    let [high, low] = side.to_be_bytes();
    jpeg[header + 5..header + 9].copy_from_slice(&[high, low, high, low]);
    jpeg
}

/// 8x8 pixels of four colours (CMYK as Adobe inverts it), each half: every block is only its end mark.
pub fn cmyk() -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xee, 0, 14];
    bytes.extend_from_slice(b"Adobe\0\x64\0\0\0\0\0");
    bytes.extend_from_slice(&[0xff, 0xdb, 0, 67, 0]);
    bytes.extend_from_slice(&[1; 64]);
    bytes.extend_from_slice(&[0xff, 0xc0, 0, 20, 8, 0, 8, 0, 8, 4]);
    bytes.extend((1..=4).flat_map(|component| [component, 0x11, 0]));
    bytes.extend_from_slice(&[0xff, 0xda, 0, 14, 4]);
    bytes.extend((1..=4).flat_map(|component| [component, 0]));
    bytes.extend_from_slice(&[0, 63, 0, 0x28, 0xa2, 0x8a, 0xff, 0xd9]);
    bytes
}

/// Any picture in any format of the image crate.
pub fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A PNG of given header and chunks, with right check sums.
pub fn png(width: u32, height: u32, depth: u8, colour: u8, chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, colour, 0, 0, 0]].concat();
    chunk(&mut bytes, *b"IHDR", &header);
    for (name, content) in chunks {
        chunk(&mut bytes, **name, content);
    }
    chunk(&mut bytes, *b"IEND", &[]);
    bytes
}

/// Bytes in a zlib stream that compresses nothing.
pub fn stored(content: &[u8]) -> Vec<u8> {
    let len = u16::try_from(content.len()).unwrap();
    let (a, b) = content.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    let sum = (b << 16 | a).to_be_bytes();
    [&[0x78, 1, 1][..], &len.to_le_bytes(), &(!len).to_le_bytes(), content, &sum].concat()
}

fn chunk(bytes: &mut Vec<u8>, name: [u8; 4], content: &[u8]) {
    bytes.extend_from_slice(&u32::try_from(content.len()).unwrap().to_be_bytes());
    let start = bytes.len();
    bytes.extend_from_slice(&name);
    bytes.extend_from_slice(content);
    let sum = !bytes[start..].iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 })
    });
    bytes.extend_from_slice(&sum.to_be_bytes());
}
