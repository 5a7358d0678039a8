//! Photos: in the same file as the events that name them, by SHA-256, durable before the event is confirmed.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};
use rusqlite::{OptionalExtension, params};
use shared::chain::{Hash, sha256};
use shared::time::Timestamp;

use super::{Store, StoreError};

/// Size of a kept photo, at most, in bytes.
pub const PHOTO_BYTES_MAX: usize = 1_000_000;

/// The longer side of a kept photo, at most, in pixels: a label on a damaged case stays readable.
const SIDE_MAX: u32 = 2_560;

/// Memory that decoding may take, in bytes: a picture of a hundred megapixels, not a bomb.
const DECODED_BYTES_MAX: u64 = 400 << 20;

/// A photo that no event names after so long is nobody's, in milliseconds: the report was given up, or the app died before it.
const ORPHAN_MS: i64 = 24 * 3_600_000;

impl Store {
    /// Keeps a photo: turned upright, without what the camera noted about place and owner, as a JPEG of at most 1 MB. Answers the
    /// name that an event gives it, after it is durable. The same photo is kept once. `at` is the time now.
    pub fn keep_photo(&mut self, picture: &[u8], at: Timestamp) -> Result<Hash, StoreError> {
        let body = recompress(picture).map_err(|error| StoreError::Photo(error.to_string()))?;
        let hash = sha256(&[&body]);
        let sql = "insert into attachment (hash, body, kept_at, log_row) \
                   values (?1, ?2, ?3, (select coalesce(max(rowid), 0) from log)) on conflict (hash) do nothing";
        self.conn.execute(sql, params![hash.as_bytes(), body, at.as_ms()])?;
        Ok(hash)
    }

    /// The bytes of a kept photo; none = it is not here.
    pub fn photo(&self, hash: Hash) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "select body from attachment where hash = ?1";
        Ok(self.conn.query_row(sql, [hash.as_bytes()], |row| row.get(0)).optional()?)
    }

    /// How many photos wait for the server.
    pub fn photos_pending(&self) -> Result<u64, StoreError> {
        let sql = "select count(*) from attachment where sent_at is null";
        let count: i64 = self.conn.query_row(sql, [], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// The oldest photo that waits for the server and that an event names: what a report was given up for is nobody's business.
    pub fn next_photo(&self) -> Result<Option<Hash>, StoreError> {
        let sql = "select hash, log_row, named from attachment where sent_at is null order by kept_at";
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let hash = Hash::new(row.get(0)?);
            if row.get::<_, bool>(2)? || self.is_named(hash, row.get(1)?)? {
                return Ok(Some(hash));
            }
        }
        Ok(None)
    }

    /// Whether an event names a photo. Only events beyond it can, and its name is in their bytes.
    fn is_named(&self, hash: Hash, log_row: i64) -> Result<bool, StoreError> {
        let sql = "select exists (select 1 from log where rowid > ?1 and instr(body, cast(?2 as blob)) > 0)";
        Ok(self.conn.prepare_cached(sql)?.query_row(params![log_row, hash.to_string()], |row| row.get(0))?)
    }

    /// The server has it. `at` is the time now.
    pub fn photo_sent(&mut self, hash: Hash, at: Timestamp) -> Result<(), StoreError> {
        let sql = "update attachment set sent_at = ?2 where hash = ?1 and sent_at is null";
        self.conn.execute(sql, params![hash.as_bytes(), at.as_ms()])?;
        Ok(())
    }

    /// Takes photos away that no event names a day after they were kept, and those that the server has had for as long as events
    /// stay. Answers how many. To be called when nothing is to do.
    pub fn clean_photos(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        let old = match self.old_before(now)? {
            Some(before) => self.conn.execute("delete from attachment where sent_at < ?1", [before])?,
            None => 0,
        };
        let unnamed = "select hash, log_row from attachment where named = 0 and kept_at < ?1";
        let mut statement = self.conn.prepare(unnamed)?;
        let before = now.as_ms().saturating_sub(ORPHAN_MS);
        let rows = statement.query_map([before], |row| Ok((row.get(0).map(Hash::new)?, row.get::<_, i64>(1)?)))?;
        let rows: Vec<(Hash, i64)> = rows.collect::<Result<_, _>>()?;
        drop(statement);
        let mut orphans = old as u64;
        for (hash, log_row) in rows {
            let sql = if self.is_named(hash, log_row)? {
                "update attachment set named = 1 where hash = ?1"
            } else {
                orphans += 1;
                "delete from attachment where hash = ?1"
            };
            self.conn.execute(sql, [hash.as_bytes()])?;
        }
        Ok(orphans)
    }
}

/// Decodes and encodes again: what remains is the picture alone.
fn recompress(picture: &[u8]) -> image::ImageResult<Vec<u8>> {
    let mut reader = ImageReader::new(Cursor::new(picture)).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODED_BYTES_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut image = DynamicImage::from_decoder(decoder)?;
    image.apply_orientation(orientation);
    let mut side = SIDE_MAX;
    loop {
        if image.width().max(image.height()) > side {
            image = image.resize(side, side, FilterType::Triangle);
        }
        let rgb = image.to_rgb8();
        for quality in [85, 70, 50] {
            let mut jpeg = Vec::new();
            JpegEncoder::new_with_quality(&mut jpeg, quality).encode_image(&rgb)?;
            if jpeg.len() <= PHOTO_BYTES_MAX {
                return Ok(jpeg);
            }
        }
        side = side * 3 / 4;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(side: u32) -> DynamicImage {
        let pixel = |x: u32, y: u32| {
            let mixed = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)).wrapping_mul(2_246_822_519);
            image::Rgb([mixed.to_be_bytes()[0], mixed.to_be_bytes()[1], mixed.to_be_bytes()[2]])
        };
        DynamicImage::ImageRgb8(image::RgbImage::from_fn(side, side, pixel))
    }

    /// A JPEG with an EXIF part that says "turn by 90 degrees" and holds a word that must not leave the device.
    fn with_exif(image: &DynamicImage) -> Vec<u8> {
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, 90).encode_image(image).unwrap();
        let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x02".to_vec();
        exif.extend_from_slice(&[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]);
        exif.extend_from_slice(&[0x01, 0x0e, 0, 2, 0, 0, 0, 12, 0, 0, 0, 38, 0, 0, 0, 0]);
        exif.extend_from_slice(b"SECRETPLACE\0");
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
    }

    #[test]
    fn a_large_photo_shrinks_below_a_megabyte() {
        let mut png = Vec::new();
        noise(1_000).write_to(&mut Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
        assert!(png.len() > 2_500_000);
        assert!(recompress(&png).unwrap().len() <= PHOTO_BYTES_MAX);
    }

    #[test]
    fn what_the_camera_noted_is_gone_and_the_picture_stands_upright() {
        let wide = noise(64).resize_exact(64, 32, FilterType::Nearest);
        let jpeg = with_exif(&wide);
        assert!(jpeg.windows(6).any(|part| part == b"SECRET"));
        let kept = recompress(&jpeg).unwrap();
        assert!(!kept.windows(6).any(|part| part == b"SECRET") && !kept.windows(4).any(|part| part == b"Exif"));
        let image = image::load_from_memory(&kept).unwrap();
        assert_eq!((image.width(), image.height()), (32, 64));
    }

    #[test]
    fn what_is_no_picture_is_said_to_be_none() {
        assert!(recompress(b"this is no picture").is_err());
    }
}
