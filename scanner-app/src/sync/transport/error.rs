//! Why a request brought no answer, and whether waiting helps.

use shared::wire::Problem;

/// Why a request brought no answer.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// Nobody answers.
    #[error(
        "the server {server} cannot be reached ({why}). Scanning goes on; what is recorded is sent when it answers"
    )]
    Offline {
        /// Whom.
        server: String,
        /// Why.
        why: String,
    },
    /// Somebody answers who is not the enrolled server.
    #[error(
        "{server} is not the server of the enrolment: its certificate is not from the pinned CA ({why}). Nothing was sent; check `server` and `ca` in the configuration, or tell the supervisor"
    )]
    WrongServer {
        /// Who.
        server: String,
        /// Why.
        why: String,
    },
    /// The configuration cannot be used.
    #[error("{0}")]
    Configuration(String),
    /// The server asks to come back.
    #[error("the server is busy; it is tried again by itself")]
    Busy {
        /// When, in milliseconds.
        retry_after_ms: Option<u64>,
    },
    /// The server refuses.
    #[error("the server refused: {}. Everything stays on this terminal", .0.message)]
    Refused(Box<Problem>),
    /// The answer is of no known form.
    #[error("the server's answer cannot be read: {0}")]
    Answer(String),
}

impl TransportError {
    /// Whether trying again later cannot help without a person.
    #[must_use]
    pub const fn is_permanent(&self) -> bool {
        match self {
            Self::Offline { .. } | Self::Busy { .. } | Self::Answer(_) => false,
            Self::WrongServer { .. } | Self::Configuration(_) | Self::Refused(_) => true,
        }
    }
}

/// The deepest cause of an error: the one that says what happened.
pub(super) fn innermost(error: &dyn std::error::Error) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}
