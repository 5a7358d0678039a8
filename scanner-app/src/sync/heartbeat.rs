//! `POST /v1/heartbeat`: this terminal is there, and nothing waits on it.

use shared::wire::{Heartbeat, HeartbeatReply};

use super::sender::Round;
use super::transport::Call;
use super::{SyncError, TransportError};

/// Sends one.
pub(super) async fn send(round: &mut Round<'_>) -> Result<(), SyncError> {
    let heartbeat = Heartbeat {
        pending_after: round.store.pending()?.0,
        last_effective_at: round.store.last_made_at()?,
        data_as_of: round.store.cursor()?.1,
    };
    match round.transport.send::<HeartbeatReply>(Call::post("/v1/heartbeat").json(&heartbeat)?).await {
        // A server of before heartbeats knows no such address: nothing is lost by that.
        Ok(_) | Err(TransportError::Refused(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
