//! A batch from the wire to the ledger: one transaction takes it in, judges what it touches and signs the answer.

pub mod http;
mod read;
mod take_in;

pub use read::{ReadError, read};
pub use take_in::{PushError, push};
