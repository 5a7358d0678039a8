//! What travels where there is no network (`docs/carry.md`): sealed parcels of signed batches, the answers that come back, frames of a
//! moving QR code, and messages between two terminals on one local network.
//!
//! Everything here is form and bounds; sealing and unsealing (age, X25519) is done by the programs.

mod answers;
mod bundle;
mod frame;
mod lan;
mod parcel;
#[cfg(test)]
mod tests;

pub use answers::{Answers, AnswersError, ParcelAnswer, is_answers, read_answers, write_answers};
pub use bundle::{BUNDLE_BATCHES_MAX, BundleError, read_bundle, write_bundle};
pub use frame::{
    FRAME_BYTES_MAX, FRAME_OVERHEAD_BYTES, Frame, FrameError, Load, MOVING_BYTES_MAX, MovingCode,
    SYMBOL_ALIGNMENT_BYTES,
};
pub use lan::{
    LAN_CHUNK_BYTES_MAX, LAN_CODE_DIGITS, LAN_PROTOCOL, LAN_WORDS_BYTES_MAX, LanError, LanFrame, LanWord, lan_proof,
};
pub use parcel::{
    PARCEL_BYTES_MAX, PARCEL_HEADER_BYTES_MAX, PARCEL_SPANS_MAX, Parcel, ParcelError, ParcelHeader, Span,
};
