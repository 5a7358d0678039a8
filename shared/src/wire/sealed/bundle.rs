//! What lies sealed in a parcel: compressed batches, exactly as `POST /v1/batches` takes them, each after its length.

use crate::wire::BATCH_COMPRESSED_BYTES_MAX;

const MAGIC: &[u8] = b"tallyman-batches/1\n";

/// Batches in one parcel, at most.
pub const BUNDLE_BATCHES_MAX: usize = 128;

/// Why unsealed bytes are not batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Another beginning.
    #[error("what was sealed does not begin with `tallyman-batches/1`")]
    Magic,
    /// None, or too many.
    #[error("a parcel holds 1 to {BUNDLE_BATCHES_MAX} batches")]
    Count,
    /// A batch is empty or beyond the bound of a batch.
    #[error("batch {0} of the parcel is empty or longer than {BATCH_COMPRESSED_BYTES_MAX} bytes")]
    Length(usize),
    /// It ends within a batch.
    #[error("the parcel's inside is cut off")]
    CutOff,
}

/// Puts batches one behind the other: a length of four bytes, most significant first, then the batch.
pub fn write_bundle<B: AsRef<[u8]>>(batches: &[B]) -> Result<Vec<u8>, BundleError> {
    if batches.is_empty() || batches.len() > BUNDLE_BATCHES_MAX {
        return Err(BundleError::Count);
    }
    let mut out = MAGIC.to_vec();
    for (place, batch) in batches.iter().enumerate() {
        let batch = batch.as_ref();
        let length = u32::try_from(batch.len()).ok().filter(|_| is_sized(batch.len()));
        out.extend_from_slice(&length.ok_or(BundleError::Length(place + 1))?.to_be_bytes());
        out.extend_from_slice(batch);
    }
    Ok(out)
}

/// Takes them apart again; copies nothing.
pub fn read_bundle(bytes: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let mut rest = bytes.strip_prefix(MAGIC).ok_or(BundleError::Magic)?;
    let mut batches = Vec::new();
    while !rest.is_empty() {
        if batches.len() == BUNDLE_BATCHES_MAX {
            return Err(BundleError::Count);
        }
        let (length, after) = rest.split_first_chunk::<4>().ok_or(BundleError::CutOff)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        if !is_sized(length) {
            return Err(BundleError::Length(batches.len() + 1));
        }
        let (batch, after) = after.split_at_checked(length).ok_or(BundleError::CutOff)?;
        batches.push(batch);
        rest = after;
    }
    if batches.is_empty() { Err(BundleError::Count) } else { Ok(batches) }
}

fn is_sized(length: usize) -> bool {
    (1..=BATCH_COMPRESSED_BYTES_MAX).contains(&length)
}
