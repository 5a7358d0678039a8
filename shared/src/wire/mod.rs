//! What goes over the wire: batches up, outcomes and acknowledgements back, changes down (`sync.md`).

mod acknowledgement;
mod attachment;
mod batch;
mod checkpoint;
mod heartbeat;
mod look_up;
mod problem;
mod pull;
mod push;
mod reply;
mod request;
pub mod sealed;
mod signed;
mod strict;
#[cfg(test)]
mod tests;

pub use acknowledgement::{AcknowledgedRange, Acknowledgement};
pub use attachment::{
    ATTACHMENT_BYTES_MAX, ATTACHMENT_CHUNK_BYTES_MAX, AttachmentState, UPLOAD_COMPLETE, UPLOAD_LENGTH, UPLOAD_OFFSET,
};
pub use batch::{Batch, BatchError, BatchHeader, DataAsOf, Offer};
pub use checkpoint::{Checkpoint, LedgerHead, Restored, SignedCheckpoint, SignedRestored};
pub use heartbeat::{Heartbeat, HeartbeatReply};
pub use look_up::{CodeAnswer, CodeProduct, CodeStep};
pub use problem::{Problem, ProblemCode};
pub use pull::{Change, ChangesPage, Manifest, Record, ServerRecord, SignedServer, SiteMismatch};
pub use push::{EventVerdict, GateAnswer, Outcome, OutcomeRange, Settled};
pub use reply::{Answer, PushReply, REPLY_FORM};
pub use request::{REQUEST_HEADER, RequestSignature};
pub use signed::{Signable, Signed};

/// The wire version that this build writes; all before it are read for ever.
///
/// | version | bodies | reply |
/// |---|---|---|
/// | 1 | each carries a random `event_id` | form 1 |
/// | 2 | the id follows from time and identity ([`crate::event::Event::id`]): half the bytes | form 1 |
/// | 3 | as 2; the header says which form of reply its sender reads | form 3: the exact signed text, checkpoints |
pub const WIRE_VERSION: u16 = 3;

/// Events in one batch, at most.
pub const BATCH_EVENTS_MAX: u64 = 8_000;

/// Bytes of one compressed batch, at most.
pub const BATCH_COMPRESSED_BYTES_MAX: usize = 256 * 1024;

/// Bytes of one batch after decompression, at most; enforced while reading.
pub const BATCH_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Bytes of one event body, at most.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
