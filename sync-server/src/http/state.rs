//! What every handler may use.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use shared::time::Clock;

use super::rates::Rates;
use crate::identity::Identity;
use crate::ingest::Intake;
use crate::keys::ServerKeys;
use crate::metrics::Requests;
use crate::people::Hall;
use crate::store::Store;
use crate::store::reference::SharedReferences;
use crate::workflow::Allowances;

/// Shared by all handlers.
#[derive(Clone)]
pub struct AppState {
    /// The database.
    pub store: Store,
    /// References as those who read share them.
    pub references: SharedReferences,
    /// The server's own keys.
    pub keys: Arc<ServerKeys>,
    /// Where batches go in.
    pub intake: Intake,
    /// The CA, and what enrolment and renewal need.
    pub identity: Arc<Identity>,
    /// The server's clock.
    pub clock: Arc<dyn Clock>,
    /// Where people come in.
    pub hall: Hall,
    /// How long mismatches may wait to be settled.
    pub allowances: Allowances,
    /// How often one may ask.
    pub rates: Rates,
    /// What is counted of requests.
    pub metrics: Arc<Requests>,
    /// Whether the server is about to stop.
    pub stopping: Stopping,
    /// Host in the codes that this server issues.
    pub link_host: Arc<str>,
}

/// Set once, when the server was asked to stop: it takes nothing more on, and streams end.
#[derive(Clone, Debug, Default)]
pub struct Stopping(Arc<AtomicBool>);

impl Stopping {
    /// The server was asked to stop.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
