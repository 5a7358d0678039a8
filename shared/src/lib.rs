//! The pure domain of Tallyman.
//!
//! Nothing here reads a clock, a database or a network: time, randomness and ids are arguments. Terminal and server ask the same
//! functions and differ only in what they know.
//!
//! | to find | look in |
//! |---|---|
//! | what a package's code is | [`code`] |
//! | contracts, orders, documents, products, packs | [`mod@reference`] |
//! | what a terminal records | [`event`], chained and signed by [`chain`] |
//! | how events become legs and trails | [`trail`] |
//! | what is wrong, and why | [`rules`], in the words of [`mismatch`] and [`citation`] |
//! | what proves a person without a network | [`credential`] |
//! | how a terminal becomes one of a server's | [`enrolment`] |
//! | what travels | [`wire`]; on paper, as QR codes: [`paper`] |
//!
//! One word, one meaning: a *receipt* is always a goods receipt (the server's answer is an *acknowledgement*), a *seq* is an
//! event's number (an *order* is a retail order), a *task* is a clerk's work.

pub mod chain;
pub mod citation;
pub mod code;
pub mod credential;
pub mod enrolment;
pub mod event;
pub mod ids;
pub mod mismatch;
pub mod paper;
pub mod reference;
pub mod rules;
pub mod time;
pub mod trail;
pub mod wire;
