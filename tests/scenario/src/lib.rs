//! The scenario language: one file, one history, and what must be found in it. `tests/fixtures/scenarios/README.md` teaches it.
//!
//! | to find | look in |
//! |---|---|
//! | lines, words, quotes, columns | [`words`] |
//! | days, times, durations | [`calendar`] |
//! | one statement and its options | [`statement`] |
//! | short names and what they stand for | [`names`] |
//! | statements about references | `reference` |
//! | statements about what happened | `happening` |
//! | a terminal's log, made event by event | `terminal` |
//! | a scenario played: everything happens, then it is compared with what the file expects | `play` |
//! | the pure backend | [`pure`] |
//! | the backend `terminal`: real sessions on real stores | [`sessions`] |
//! | the backends `sqlite` and `postgres`: real ledgers | [`ledgers`] |
//! | what records and judges for a terminal | `core` |
//! | what a terminal has heard of the server | `heard` |
//! | whether a session says of a scan what the rules say of the whole history | `agreement` |
//! | expectations and how a run is told | [`outcome`] |
//! | the catalogue of mismatches as a document | [`catalogue`] |

mod agreement;
pub mod calendar;
pub mod catalogue;
mod check;
mod connection;
mod core;
mod happening;
mod heard;
mod knowledge;
#[cfg(feature = "ledgers")]
pub mod ledgers;
pub mod names;
pub mod outcome;
mod parties;
mod play;
mod plot;
pub mod pure;
mod reference;
#[cfg(feature = "terminal")]
pub mod sessions;
pub mod statement;
mod terminal;
mod trade;
mod trouble;
pub mod words;

pub use outcome::Outcome;
pub use statement::ScenarioError;
