//! Webhooks: changes of mismatches, told to addresses of other systems. What is to be told waits in the database until the receiver
//! took it; each message is signed, so that the receiver knows who speaks and that nothing was replayed.

pub mod address;
mod deliver;
mod sign;
pub mod store;

pub use deliver::{Delivering, run_for_ever};
pub use sign::{SIGNATURE, signature};

#[cfg(test)]
mod tests;
