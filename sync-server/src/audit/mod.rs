//! The audit log: who did what, when, on what, why and from where. A row is added in the transaction of the act itself and linked to
//! the one before by hash, so that none can be changed, taken out or slipped in without breaking the chain.

pub mod api;
mod check;
pub mod store;

pub use check::check;
pub use store::{Entry, append, note_identity};

#[cfg(test)]
mod tests;
