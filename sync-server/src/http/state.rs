//! What every handler may use.

use std::sync::Arc;

use shared::time::Clock;

use crate::identity::Identity;
use crate::ingest::Intake;
use crate::keys::ServerKeys;
use crate::store::Store;

/// Shared by all handlers.
#[derive(Clone)]
pub struct AppState {
    /// The database.
    pub store: Store,
    /// The server's own keys.
    pub keys: Arc<ServerKeys>,
    /// Where batches go in.
    pub intake: Intake,
    /// The CA, and what enrolment and renewal need.
    pub identity: Arc<Identity>,
    /// The server's clock.
    pub clock: Arc<dyn Clock>,
    /// Host in the codes that this server issues.
    pub link_host: Arc<str>,
}
