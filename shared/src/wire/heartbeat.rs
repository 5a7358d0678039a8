//! `POST /v1/heartbeat`: an idle terminal says that nothing waits on it, so that its silence is not taken for absence.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// What an idle terminal says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// Events that wait on the terminal.
    pub pending_after: u64,
    /// When its last event was made, by its own clock; none = it has none. Never used to judge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_effective_at: Option<Timestamp>,
    /// Ledger position of the references that it works with.
    pub data_as_of: u64,
}

/// What the server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeartbeatReply {
    /// When it heard, by its own clock.
    pub received_at: Timestamp,
}
