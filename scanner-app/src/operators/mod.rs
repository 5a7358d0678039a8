//! Operators: who signs in on a terminal that has no network, and who is on duty (`sync.md`, operators; `screens.md`, S2, S18).
//!
//! | to find | look in |
//! |---|---|
//! | one try with badge or number and PIN | [`Desk::sign_in`], answered by [`Answer`] |
//! | how wrong tries lock | [`Tries`] |
//! | the idle lock | [`IdleLock`] |
//! | what a person may do | [`Rights`] |
//! | who is on duty after a restart of the app | [`on_duty`] |
//!
//! A sign-in writes no event by itself: the session does (`Session::sign_in`, `record_at_desk`).

mod age;
mod answer;
mod desk;
mod idle;
mod moment;
mod rights;
#[cfg(test)]
mod tests;
mod tries;

pub use answer::Answer;
pub use desk::{Claim, Desk, count_age, keep_active, last_on_duty, on_duty, sign_out, touched_ms};
pub use idle::{Cover, IdleLock, Stir};
pub use moment::Moment;
pub use rights::{OperatorSettings, Place, Rights};
pub use tries::{TRIES_FREE, Tries};
