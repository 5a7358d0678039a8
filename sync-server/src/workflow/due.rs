//! Until when a mismatch is to be settled, and when it goes to the regulator: pure functions of the case and the time.

use serde::{Deserialize, Serialize};
use shared::mismatch::{Severity, State};
use shared::time::{HOUR_MS, Timestamp};

use super::stage::Stage;
use super::store::Case;

/// The longest that a member may give itself, from when the mismatch came into its state: 30 days.
pub const DUE_MAX_MS: i64 = 30 * 24 * HOUR_MS;

/// Hours to settle a mismatch before the regulator is told, by severity. What only informs has no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Allowances {
    /// For one that shuts the gate.
    pub block_hours: u32,
    /// For one that sets a package aside.
    pub hold_hours: u32,
    /// For a warning.
    pub warn_hours: u32,
}

impl Default for Allowances {
    fn default() -> Self {
        Self { block_hours: 24, hold_hours: 72, warn_hours: 168 }
    }
}

impl Allowances {
    /// Milliseconds for a severity; none where nothing has to be answered.
    #[must_use]
    pub const fn of_ms(&self, severity: Severity) -> Option<i64> {
        let hours = match severity {
            Severity::Block => self.block_hours,
            Severity::Hold => self.hold_hours,
            Severity::Warn => self.warn_hours,
            Severity::Info => return None,
        };
        Some(hours as i64 * HOUR_MS)
    }
}

/// Until when a case is to be settled: as a person set it, else by its severity.
#[must_use]
pub fn respond_by(case: &Case, allowances: &Allowances) -> Option<Timestamp> {
    let by_severity = || allowances.of_ms(case.found.mismatch.severity).map(|ms| case.opened_at.plus_ms(ms));
    case.respond_by.or_else(by_severity)
}

/// Whether the time ran out on a confirmed case that nobody settled. What may still end by data on its way is not held against anyone.
#[must_use]
pub fn escalates(case: &Case, allowances: &Allowances, now: Timestamp) -> bool {
    case.found.state == State::Confirmed
        && !matches!(case.stage, Stage::Escalated | Stage::Resolved)
        && respond_by(case, allowances).is_some_and(|end| end <= now)
}
