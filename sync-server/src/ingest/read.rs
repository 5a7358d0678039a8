//! Bytes of a request to a batch: decompressed under a bound, its form checked.

use std::io::Read;

use shared::wire::{BATCH_BYTES_MAX, Batch, BatchError, WIRE_VERSION};

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
}

/// Reads a compressed batch; memory stays under the bound whatever the bytes expand to.
pub fn read(compressed: &[u8]) -> Result<Batch, ReadError> {
    let decoder = zstd::stream::read::Decoder::with_buffer(compressed).map_err(ReadError::Compression)?;
    let mut bytes = Vec::new();
    let mut bounded = decoder.take(BATCH_BYTES_MAX as u64 + 1);
    bounded.read_to_end(&mut bytes).map_err(ReadError::Compression)?;
    if bytes.len() > BATCH_BYTES_MAX {
        return Err(ReadError::TooLong);
    }
    let batch = Batch::from_ndjson(&bytes)?;
    if batch.header.wire == 0 || batch.header.wire > WIRE_VERSION {
        return Err(ReadError::WireVersion(batch.header.wire));
    }
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
    fn rubbish_is_named() {
        assert!(matches!(read(b"{}"), Err(ReadError::Compression(_))));
        let not_a_batch = zstd::encode_all(&b"hello\nworld\n"[..], 1).unwrap();
        assert!(matches!(read(&not_a_batch), Err(ReadError::Form(BatchError::SignatureLine))));
    }
}
