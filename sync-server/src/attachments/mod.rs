//! Photos that events name: taken in chunk by chunk after the events, checked by their hash at the end.

pub mod http;
pub mod store;
#[cfg(test)]
mod tests;

use shared::wire::{ATTACHMENT_BYTES_MAX, ATTACHMENT_CHUNK_BYTES_MAX};

use crate::store::StoreError;

/// Bytes that a terminal may have under way, or brought before an event that names them.
pub const PENDING_BYTES_MAX: u64 = 20 * ATTACHMENT_BYTES_MAX;

/// Why a chunk was not taken.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentError {
    /// More than an attachment may hold.
    #[error(
        "an attachment is 1 to {ATTACHMENT_BYTES_MAX} bytes, not {0}; take the photo again, the app makes it smaller"
    )]
    Length(u64),
    /// More than a chunk may hold.
    #[error("a chunk is at most {ATTACHMENT_CHUNK_BYTES_MAX} bytes; send the rest in the next")]
    Chunk,
    /// The chunk reaches beyond the announced length.
    #[error("the chunk reaches beyond the length that was announced; send the attachment again from its beginning")]
    Beyond,
    /// The bytes are not those of the name.
    #[error(
        "the bytes are not those that the name says (SHA-256 {found}); they were thrown away, send them again from the beginning"
    )]
    Mismatch {
        /// What they are.
        found: shared::chain::Hash,
    },
    /// Too much waits for its events.
    #[error("this terminal has brought {PENDING_BYTES_MAX} bytes of photos that no event names; send the events first")]
    Quota,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
