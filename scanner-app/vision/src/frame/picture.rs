//! Picture files to luma, whatever is in them: bounded in memory, and a decoder's panic is that file's error.

use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use super::jpeg::{self, JpegError};
use crate::{Luma, LumaError};

/// Pixels of the largest picture that is decoded: 8,000 x 8,000. A header may claim more than memory holds.
pub const PIXELS_MAX: usize = 64_000_000;

/// Bytes of the longest picture file that is read.
pub const FILE_BYTES_MAX: u64 = 256 << 20;

/// Memory that a decoder may take for a picture within [`PIXELS_MAX`]: 8 bytes a pixel (16-bit RGBA) and its own tables.
const DECODER_BYTES_MAX: u64 = 768 << 20;

/// What `work` answers; none where it panicked. For decoders of others, whose state is not used again.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// Reads a file; `shown` is how errors call it.
pub(crate) fn open(path: &Path) -> Result<Luma, LumaError> {
    let shown = path.display().to_string();
    let failed = |source| LumaError::Io { path: shown.clone(), source };
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    // Not by its stated length: a device or a pipe has none.
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(LumaError::Long { path: shown });
    }
    read(&bytes, &shown)
}

/// Reads the bytes of a file; `name` is how errors call it.
pub(crate) fn read(bytes: &[u8], name: &str) -> Result<Luma, LumaError> {
    let no_picture = |why: String| LumaError::NotAPicture { path: name.to_owned(), why };
    let format = image::guess_format(bytes).map_err(|error| no_picture(error.to_string()))?;
    if format == ImageFormat::Jpeg {
        let mut buffer = Vec::new();
        return match jpeg::luma_into(bytes, &mut buffer) {
            Ok((width, height)) => Luma::new(buffer, width, height),
            Err(JpegError::Large { width, height }) => Err(LumaError::Large { path: name.to_owned(), width, height }),
            Err(JpegError::Undecodable(why)) => Err(no_picture(why)),
        };
    }
    let decoded = guarded(|| decode(bytes, format, name));
    let picture = decoded.unwrap_or_else(|| Err(no_picture("the decoder stopped on its content".to_owned())))?;
    Luma::from_owned_image(picture)
}

/// The first picture of a file.
fn decode(bytes: &[u8], format: ImageFormat, name: &str) -> Result<DynamicImage, LumaError> {
    let failed = |error: ImageError| LumaError::NotAPicture { path: name.to_owned(), why: error.to_string() };
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODER_BYTES_MAX);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(failed)?;
    let (width, height) = decoder.dimensions();
    let (width, height) = (width as usize, height as usize);
    if width == 0 || height == 0 {
        return Err(LumaError::NotAPicture { path: name.to_owned(), why: "it has no pixels".to_owned() });
    }
    if width.saturating_mul(height) > PIXELS_MAX {
        return Err(LumaError::Large { path: name.to_owned(), width, height });
    }
    decoder.set_limits(limits).map_err(failed)?;
    DynamicImage::from_decoder(decoder).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoders_panic_is_no_panic_of_ours() {
        assert_eq!(guarded(|| 7), Some(7));
        assert_eq!(guarded(|| [1, 2, 3][std::hint::black_box(3)]), None);
    }

    #[test]
    fn an_endless_file_is_read_to_the_limit_only() {
        if cfg!(unix) {
            let error = open(Path::new("/dev/zero")).unwrap_err();
            assert!(matches!(error, LumaError::Long { .. }), "{error}");
        }
    }
}
