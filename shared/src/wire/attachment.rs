//! `HEAD` and `PUT /v1/attachments/{sha256}`: photos that events name, in chunks, after the events.

use serde::{Deserialize, Serialize};

/// Bytes of one attachment, at most.
pub const ATTACHMENT_BYTES_MAX: u64 = 1_000_000;

/// Bytes of one chunk, at most.
pub const ATTACHMENT_CHUNK_BYTES_MAX: usize = 64 * 1024;

/// Where a chunk starts, in a request; how many bytes the server holds, in an answer.
pub const UPLOAD_OFFSET: &str = "upload-offset";

/// Bytes of the whole attachment, in a request.
pub const UPLOAD_LENGTH: &str = "upload-length";

/// `?1` in an answer: the server holds the whole, and its hash is its name; `?0`: more is to come.
pub const UPLOAD_COMPLETE: &str = "upload-complete";

/// The answer to a chunk. A chunk that starts elsewhere than at the server's offset changes nothing and is answered the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentState {
    /// Bytes that the server holds: the next chunk starts there.
    pub offset: u64,
    /// Whether it holds the whole.
    pub complete: bool,
}
