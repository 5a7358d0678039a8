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
//! | the pure backend | [`pure`] |
//! | expectations and how a run is told | [`outcome`] |
//! | the catalogue of mismatches as a document | [`catalogue`] |

pub mod calendar;
pub mod catalogue;
mod check;
mod connection;
mod happening;
mod knowledge;
pub mod names;
pub mod outcome;
mod parties;
mod plot;
pub mod pure;
mod reference;
pub mod statement;
mod terminal;
mod trade;
mod trouble;
pub mod words;

pub use outcome::Outcome;
pub use statement::ScenarioError;
