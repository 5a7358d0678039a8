//! What people do about mismatches: who has one, until when, how it was settled, and every step of it.
//!
//! The rules decide whether a mismatch stands (`State`); people decide what is done about it ([`Stage`]). Resolving withdraws it from
//! the gate and from terminals' lists at their next sync; evidence that changes afterwards opens it again.

pub mod act;
pub mod against;
pub mod api;
pub mod credit;
pub mod due;
pub mod export;
pub mod filter;
pub mod id;
pub mod list;
pub mod news;
pub mod place;
pub mod stage;
pub mod store;
pub mod stream;
pub mod take;

pub use act::{Act, ActKind};
pub use due::Allowances;
pub use id::MismatchId;
pub use stage::{Reason, Stage};
pub use store::Case;

#[cfg(test)]
mod tests;
