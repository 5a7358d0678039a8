//! Sealing: to the server's recipient key and nobody else's (age, X25519).

use std::str::FromStr;

use super::CarryError;

/// The server's public key for parcels.
#[derive(Clone)]
pub struct Recipient(age::x25519::Recipient);

/// The text is no such key.
#[derive(Debug, thiserror::Error)]
#[error(
    "`server_recipient` is no age recipient ({0}): it begins with `age1`. `sync-server keys` prints it; copy it whole"
)]
pub struct RecipientError(&'static str);

impl FromStr for Recipient {
    type Err = RecipientError;
    fn from_str(text: &str) -> Result<Self, RecipientError> {
        text.trim().parse().map(Self).map_err(RecipientError)
    }
}

impl std::fmt::Debug for Recipient {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Recipient({})", self.0)
    }
}

impl Recipient {
    /// The bytes as one age file that this recipient alone can open. Its randomness is age's own, from the system.
    pub(super) fn seal(&self, inside: &[u8]) -> Result<Vec<u8>, CarryError> {
        age::encrypt(&self.0, inside).map_err(|error| CarryError::Seal(error.to_string()))
    }
}
