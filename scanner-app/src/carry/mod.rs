//! No network at all: batches leave sealed, by file, by a local network, by a moving QR code or with another terminal, and the
//! server's answers come back the same way (`docs/carry.md`).
//!
//! | part | its job |
//! |---|---|
//! | [`pack()`] | what waits, as sealed parcels; nothing leaves the outbox by it |
//! | [`settle()`] | answers that came back: checked as a live reply is, and only then do rows leave the outbox |
//! | [`Recipient`] | the server's public key for parcels |
//! | [`fountain`] | bytes to frames of a moving QR code, and back from any of them |
//! | [`picture`] | such a frame as a QR symbol |
//! | [`lan`] | two terminals on one local network |
//! | [`mod@file`] | parcels and answers as files |

pub mod file;
pub mod fountain;
pub mod lan;
mod pack;
pub mod picture;
mod seal;
mod settle;

pub use pack::pack;
pub use seal::{Recipient, RecipientError};
pub use settle::{Settled, settle};

use crate::store::StoreError;
use crate::sync::SyncError;

/// Why carrying did not work. Nothing leaves the outbox by a failure.
#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    /// The configuration names no key to seal for.
    #[error(
        "this terminal does not know the server's key for sealed parcels. Put `server_recipient = \"age1…\"` into the configuration (`sync-server keys` prints it), or enrol the terminal again"
    )]
    NoRecipient,
    /// The key to seal for is none.
    #[error(transparent)]
    Recipient(#[from] RecipientError),
    /// The own store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A batch cannot be made.
    #[error(transparent)]
    Batch(#[from] SyncError),
    /// A parcel's form.
    #[error(transparent)]
    Parcel(#[from] shared::wire::sealed::ParcelError),
    /// Answers' form.
    #[error(transparent)]
    Answers(#[from] shared::wire::sealed::AnswersError),
    /// The inside of a parcel cannot be put together.
    #[error("the parcel could not be made: {0}")]
    Bundle(#[from] shared::wire::sealed::BundleError),
    /// Sealing failed.
    #[error("the parcel could not be sealed: {0}")]
    Seal(String),
    /// A file.
    #[error("{path}: {source}. Check the path, and the stick or disk")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A file beyond the bound.
    #[error("{path} is longer than any parcel or file of answers may be; was another file meant?")]
    TooLong {
        /// Which.
        path: String,
    },
    /// No room for others' parcels.
    #[error(
        "there is no room for more parcels of other terminals: {used} of {most} bytes are in use. Bring this terminal to a network and sync, hand the answers on with `carry give`, then take the parcel again"
    )]
    Full {
        /// Bytes in use.
        used: u64,
        /// The bound.
        most: u64,
    },
    /// A terminal was to carry its own parcel.
    #[error("this parcel is this terminal's own; it is sent by itself when there is a network")]
    Own,
}
