//! How a terminal becomes one of a server's: the one-time invitation, the code that two screens must show alike, and what goes
//! over the wire until a certificate is there (`docs/identity.md`).
//!
//! ```text
//! token hash  = SHA-256("tallyman/invite/1" ‖ token)
//! check code  = SHA-256("tallyman/words/1" ‖ SHA-256(CA) ‖ token ‖ terminal ‖ public key), first 8 bytes mod 10^8
//! proof       = Ed25519("tallyman/enrol/1" ‖ SHA-256(CA) ‖ token ‖ terminal ‖ public key ‖ app)
//! question    = Ed25519("tallyman/enrol-status/1" ‖ token ‖ terminal)
//! renewal     = Ed25519("tallyman/renew/1" ‖ terminal ‖ nonce)
//! ```
//! There is no shared secret: the token only says that somebody with the invitation asks, and it is good for one asking.

mod base32;
mod check_code;
mod invitation;
mod messages;
mod renewal;

pub use check_code::{CheckCode, CheckCodeError};
pub use invitation::{Address, AddressError, CaPin, Invitation, InvitationError, SECRET_BYTES, Token};
pub use messages::{Certificate, EnrolQuestion, EnrolRequest, EnrolState, Enrolled};
pub use renewal::{RenewAnswer, RenewProof, RenewRequest};
