//! Bytes of a request to a batch: decompressed under a bound, its form checked.

use std::io::{BufRead, BufReader, Read};

use shared::wire::{BATCH_BYTES_MAX, Batch, BatchError, BatchHeader, WIRE_VERSION};
use zstd::stream::read::Decoder;

/// Why the bytes are not taken for a batch.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Not zstd, or cut off.
    #[error("the body is not zstd-compressed: {0}")]
    Compression(#[source] std::io::Error),
    /// More than a batch may hold once decompressed; reading stopped there.
    #[error("the batch is longer than {BATCH_BYTES_MAX} bytes when decompressed")]
    TooLong,
    /// Not the form of a batch.
    #[error(transparent)]
    Form(#[from] BatchError),
    /// Written in a wire version that this server does not know.
    #[error("the batch is written in wire version {0}; this server reads up to {WIRE_VERSION}")]
    WireVersion(u16),
    /// There is no room for so much at the moment.
    #[error("too many batches wait here already; nothing was taken in, send it again")]
    NoRoom,
}

/// Bytes of a batch's first line, at most.
const HEADER_BYTES_MAX: u64 = 4_096;

/// Bytes that are unfolded before room is asked for again.
const STEP: u64 = 256 * 1_024;

/// What unfolding may look back on, as a power of two: no frame that asks for more than a whole batch is opened.
const WINDOW_LOG_MAX: u32 = BATCH_BYTES_MAX.ilog2();

/// Reads who speaks, and unfolds no more than that of the batch.
pub fn read_header(compressed: &[u8]) -> Result<BatchHeader, ReadError> {
    let mut line = Vec::new();
    let mut bounded = BufReader::new(decoder(compressed)?.take(HEADER_BYTES_MAX));
    bounded.read_until(b'\n', &mut line).map_err(ReadError::Compression)?;
    let header: BatchHeader = serde_json::from_slice(&line).map_err(BatchError::Header)?;
    known_version(header)
}

fn known_version(header: BatchHeader) -> Result<BatchHeader, ReadError> {
    let is_known = (1..=WIRE_VERSION).contains(&header.wire);
    if is_known { Ok(header) } else { Err(ReadError::WireVersion(header.wire)) }
}

fn decoder(compressed: &[u8]) -> Result<Decoder<'_, &[u8]>, ReadError> {
    let mut decoder = Decoder::with_buffer(compressed).map_err(ReadError::Compression)?;
    decoder.window_log_max(WINDOW_LOG_MAX).map_err(ReadError::Compression)?;
    Ok(decoder)
}

/// Reads a compressed batch; memory stays under the bound whatever the bytes expand to.
pub fn read(compressed: &[u8]) -> Result<Batch, ReadError> {
    read_within(compressed, |_| true)
}

/// Reads a compressed batch, asking for room as it unfolds: `may_hold` is told how many bytes there are so far, and may say no.
pub fn read_within(compressed: &[u8], mut may_hold: impl FnMut(usize) -> bool) -> Result<Batch, ReadError> {
    let mut decoder = decoder(compressed)?;
    let mut bytes = Vec::new();
    loop {
        let read = decoder.by_ref().take(STEP).read_to_end(&mut bytes).map_err(ReadError::Compression)?;
        if bytes.len() > BATCH_BYTES_MAX {
            return Err(ReadError::TooLong);
        }
        if !may_hold(bytes.len()) {
            return Err(ReadError::NoRoom);
        }
        if (read as u64) < STEP {
            break;
        }
    }
    let batch = Batch::from_ndjson(&bytes)?;
    known_version(batch.header.clone())?;
    Ok(batch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bomb_stops_at_the_bound() {
        let bomb = zstd::encode_all(&*vec![b'a'; BATCH_BYTES_MAX * 4], 1).unwrap();
        assert!(bomb.len() < 10_000, "the bomb is small on the wire");
        assert!(matches!(read(&bomb), Err(ReadError::TooLong)));
    }

    #[test]
    fn a_bomb_unfolds_no_further_than_there_is_room_and_not_at_all_for_its_header() {
        let bomb = zstd::encode_all(&*vec![b'a'; BATCH_BYTES_MAX], 1).unwrap();
        let mut most = 0;
        let read = read_within(&bomb, |bytes| {
            most = bytes;
            bytes < 1_000_000
        });
        assert!(matches!(read, Err(ReadError::NoRoom)));
        assert!(most < 1_000_000 + usize::try_from(STEP).unwrap(), "{most} bytes were unfolded");
        assert!(matches!(read_header(&bomb), Err(ReadError::Form(BatchError::Header(_)))));
    }

    #[test]
    fn a_frame_that_asks_for_a_large_window_is_not_opened() {
        let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(27).unwrap();
        std::io::Write::write_all(&mut encoder, &[b'a'; 1_000]).unwrap();
        let frame = encoder.finish().unwrap();
        assert!(matches!(read(&frame), Err(ReadError::Compression(_))));
    }

    #[test]
    fn rubbish_is_named() {
        assert!(matches!(read(b"{}"), Err(ReadError::Compression(_))));
        let not_a_batch = zstd::encode_all(&b"hello\nworld\n"[..], 1).unwrap();
        assert!(matches!(read(&not_a_batch), Err(ReadError::Form(BatchError::SignatureLine))));
    }
}
