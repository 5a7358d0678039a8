//! What goes over the wire: batches up, outcomes and acknowledgements back, changes down (`sync.md`).

mod acknowledgement;
mod attachment;
mod batch;
mod heartbeat;
mod pull;
mod push;
mod request;
#[cfg(test)]
mod tests;

pub use acknowledgement::{AcknowledgedRange, Acknowledgement};
pub use attachment::{
    ATTACHMENT_BYTES_MAX, ATTACHMENT_CHUNK_BYTES_MAX, AttachmentState, UPLOAD_COMPLETE, UPLOAD_LENGTH, UPLOAD_OFFSET,
};
pub use batch::{Batch, BatchError, BatchHeader, DataAsOf, Offer};
pub use heartbeat::{Heartbeat, HeartbeatReply};
pub use pull::{Change, ChangesPage, Manifest, Record, SiteMismatch};
pub use push::{EventVerdict, GateAnswer, Outcome, OutcomeRange, Problem, ProblemCode, PushReply};
pub use request::{REQUEST_HEADER, RequestSignature};

/// The wire version that this build writes.
pub const WIRE_VERSION: u16 = 1;

/// Events in one batch, at most.
pub const BATCH_EVENTS_MAX: u64 = 8_000;

/// Bytes of one compressed batch, at most.
pub const BATCH_COMPRESSED_BYTES_MAX: usize = 256 * 1024;

/// Bytes of one batch after decompression, at most; enforced while reading.
pub const BATCH_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Bytes of one event body, at most.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
