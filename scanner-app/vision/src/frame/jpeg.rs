//! JPEG to luma: the decoder's own grey output, without colour.

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::picture::{PIXELS_MAX, guarded};
use crate::luma::weigh;

/// Why a JPEG has no luma.
#[derive(Debug)]
pub(super) enum JpegError {
    /// Above [`PIXELS_MAX`].
    Large { width: usize, height: usize },
    /// The decoder's words.
    Undecodable(String),
}

/// Many UVC cameras leave out the Huffman tables, which are always the same. This segment (APP0, `AVI1`) tells the decoder so.
const TABLES_LEFT_OUT: [u8; 12] = [0xff, 0xe0, 0, 10, b'A', b'V', b'I', b'1', 0, 0, 0, 0];

/// Decodes into `buffer`, which is made as long as the picture; answers width and height.
///
/// A picture that ends early has grey where its pixels are missing: what came may hold a whole label.
pub(super) fn luma_into(bytes: &[u8], buffer: &mut Vec<u8>) -> Result<(usize, usize), JpegError> {
    let spliced;
    let bytes = if lacks_tables(bytes) {
        spliced = [&bytes[..2], &TABLES_LEFT_OUT, &bytes[2..]].concat();
        &spliced
    } else {
        bytes
    };
    let decoded = guarded(|| decode(bytes, buffer));
    decoded.unwrap_or_else(|| Err(JpegError::Undecodable("the decoder stopped on its content".to_owned())))
}

fn decode(bytes: &[u8], buffer: &mut Vec<u8>) -> Result<(usize, usize), JpegError> {
    let failed = |error: zune_jpeg::errors::DecodeErrors| JpegError::Undecodable(error.to_string());
    let mut decoder = decoder(bytes, ColorSpace::Luma);
    decoder.decode_headers().map_err(failed)?;
    let (width, height) = decoder.dimensions().unwrap_or_default();
    if width.saturating_mul(height) > PIXELS_MAX {
        return Err(JpegError::Large { width, height });
    }
    if matches!(decoder.input_colorspace(), Some(ColorSpace::YCbCr | ColorSpace::Luma)) {
        buffer.resize(width * height, 0);
        decoder.decode_into(buffer).map_err(failed)?;
    } else {
        // RGB, CMYK and YCCK have no plane of luma.
        let colours = self::decoder(bytes, ColorSpace::RGB).decode().map_err(failed)?;
        buffer.clear();
        buffer.extend(colours.as_chunks::<3>().0.iter().map(|pixel| weigh(*pixel)));
    }
    if buffer.len() == width * height {
        Ok((width, height))
    } else {
        Err(JpegError::Undecodable("its components do not make a picture".to_owned()))
    }
}

fn decoder(bytes: &[u8], colours: ColorSpace) -> JpegDecoder<ZCursor<&[u8]>> {
    let options = DecoderOptions::default().set_strict_mode(false).jpeg_set_out_colorspace(colours);
    // The sides are bounded by their product, above.
    let options = options.set_max_width(usize::from(u16::MAX)).set_max_height(usize::from(u16::MAX));
    JpegDecoder::new_with_options(ZCursor::new(bytes), options)
}

/// Whether the pixels begin before any Huffman table was given.
fn lacks_tables(bytes: &[u8]) -> bool {
    const HUFFMAN: u8 = 0xc4;
    const SCAN: u8 = 0xda;
    if !bytes.starts_with(&[0xff, 0xd8]) {
        return false;
    }
    let mut at = 2;
    while let Some(&[0xff, marker, high, low]) = bytes.get(at..at + 4) {
        match marker {
            HUFFMAN => return false,
            SCAN => return true,
            // Fill bytes before a marker.
            0xff => at += 1,
            _ => at += 2 + usize::from(u16::from_be_bytes([high, low])),
        }
    }
    false
}
