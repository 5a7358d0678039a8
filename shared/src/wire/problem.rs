//! Refusals: what, why, what next.

use serde::{Deserialize, Serialize};

use crate::chain::Hash;
use crate::ids::EpochId;

/// Why a request was refused, in a word that programs decide by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemCode {
    /// The bytes are not what the route takes.
    BadRequest,
    /// The signature does not hold.
    BadSignature,
    /// No such terminal, or not one of this server.
    UnknownTerminal,
    /// The terminal was revoked.
    Revoked,
    /// The certificate's life is over: renew it.
    CertificateExpired,
    /// The terminal holds a certificate and showed none that is known here: renew it.
    CertificateRequired,
    /// The connection's certificate is another terminal's than the one that is spoken for.
    WrongTerminal,
    /// The enrolment's code is unknown, used or too old.
    EnrolmentCode,
    /// The batch starts beyond the head; `head` says where to go on.
    Gap,
    /// A number was used for other content; a new epoch must be started. `head` is the last number that both agree on.
    EpochClosed,
    /// Too long, compressed or not.
    TooLarge,
    /// A wire version that this server does not read.
    WireVersion,
    /// Not now; try again.
    Busy,
    /// Too many tries; come back later.
    TooManyTries,
    /// A fault of the server; try again.
    Internal,
    /// No such thing.
    NotFound,
    /// A word of a later version.
    #[serde(other)]
    Other,
}

/// A refusal: what, why, what next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// For programs.
    pub code: ProblemCode,
    /// For people.
    pub message: String,
    /// The head that the server holds of the epoch: last number and the chain's value there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<(EpochId, u64, Hash)>,
}
