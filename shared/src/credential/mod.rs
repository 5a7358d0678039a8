//! What proves a person on a terminal that has no network: a badge and a PIN, as records carry them (`sync.md`, operators).
//!
//! Three forms, each worth less to a thief than the one before:
//!
//! | who has it | what | what a copy allows |
//! |---|---|---|
//! | the person | the badge's text, the PIN | signing in |
//! | the server, import files | [`PinVerifier`]: argon2id of the PIN; [`BadgeMark`]: SHA-256 of the badge's random text | guessing the PIN offline, slowly |
//! | a terminal's store | both *sealed*: HMAC of those with a key that is not in the store | nothing without that terminal's key |
//!
//! Nothing here draws randomness: salts and badge texts are arguments.

mod badge;
mod cost;
mod pin;
mod seal;
#[cfg(test)]
mod tests;

pub use badge::{BADGE_PREFIX, BadgeMark, badge_text};
pub use cost::PinCost;
pub use pin::{PIN_DIGITS_MAX, PIN_DIGITS_MIN, Pin, PinFormError, PinVerifier, SALT_LEN};
pub use seal::{SealedElsewhere, SealingKey};

/// The text is no credential in any known form.
#[derive(Debug, thiserror::Error)]
#[error("{what}; the server makes them: `sync-server operators set-pin` and `sync-server operators badge`")]
pub struct CredentialError {
    /// What is wrong with it.
    pub(crate) what: &'static str,
}
