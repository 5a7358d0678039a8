//! Two terminals on one local network: one calls and hands its parcels over, the other listens and keeps them. What is handed over is
//! sealed and signed; a code of six digits on the listener's screen keeps strangers from filling its disk.

mod call;
mod link;
mod listen;

use std::time::Duration;

pub use call::{Called, call};
pub use listen::{Event, Listener, pairing_code};

use crate::carry::CarryError;

/// How long either waits for the other's next frame.
const PATIENCE: Duration = Duration::from_secs(15);

/// Why two terminals could not hand anything over. What was kept stays kept; calling again goes on where it ended.
#[derive(Debug, thiserror::Error)]
pub enum LanFault {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}. Name another with --address, such as 0.0.0.0:7700")]
    Listen {
        /// Which.
        address: String,
        /// Why.
        source: std::io::Error,
    },
    /// Nobody answers there.
    #[error(
        "nobody answers at {address} ({source}). Are both terminals on one network, and does the other run `scanner-app carry listen`?"
    )]
    Connect {
        /// Where.
        address: String,
        /// Why.
        source: std::io::Error,
    },
    /// The connection broke.
    #[error("the connection to the other terminal broke ({0}). Try again: it goes on where it ended")]
    Broken(#[from] std::io::Error),
    /// The other side is silent.
    #[error("the other terminal has not answered for {} seconds. Try again: it goes on where it ended", PATIENCE.as_secs())]
    Silent,
    /// Another protocol.
    #[error("the other side is no Tallyman terminal, or one of another version: {0}")]
    Strange(String),
    /// The other side says no.
    #[error("the other terminal refused: {0}")]
    Refused(String),
    /// The pairing code was wrong too often.
    #[error("the code was typed wrong {0} times; listening has ended. Start it again: it shows a new code")]
    Guessed(u32),
    /// Parcels or the store.
    #[error(transparent)]
    Carry(#[from] CarryError),
}

impl From<shared::wire::sealed::LanError> for LanFault {
    fn from(error: shared::wire::sealed::LanError) -> Self {
        Self::Strange(error.to_string())
    }
}

impl From<crate::store::StoreError> for LanFault {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Carry(error.into())
    }
}
