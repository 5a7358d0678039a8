//! The way between a terminal and the server, and what can befall it.
//!
//! | part | what it is |
//! |---|---|
//! | [`Cable`] | bytes: cut, delayed, throttled, dropped in silence, one at a time, cut after so many |
//! | [`Relay`] | requests: doubled, delivered without their answer, delivered late, refused, answered with rubbish |

mod cable;
mod fault;
mod pipe;
mod relay;

pub use cable::Cable;
pub use fault::{Faults, Way};
pub use relay::{Mischief, Relay};
