//! `POST /v1/heartbeat`: this terminal is there, and nothing waits on it.

use shared::wire::{Heartbeat, HeartbeatReply};

use super::SyncError;
use super::sender::Round;
use super::transport::Call;

/// Sends one.
pub(super) async fn send(round: &mut Round<'_>) -> Result<(), SyncError> {
    let heartbeat = Heartbeat {
        pending_after: round.store.pending()?.0,
        last_effective_at: round.store.last_made_at()?,
        data_as_of: round.store.cursor()?.1,
    };
    let _: HeartbeatReply = round.transport.send(Call::post("/v1/heartbeat").json(&heartbeat)?).await?;
    Ok(())
}
