//! J(events, references, now): the same function on the terminal with what it knows and on the server with everything.
//!
//! For any order, split and repetition of the facts the answer is the same: rules are predicates over the set of facts.

mod arrival;
mod line;
mod progress;
mod registry;
mod scan;
mod sending;
#[cfg(test)]
mod tests;
mod units;
mod verdict;

use crate::mismatch::Mismatch;
use crate::reference::References;
use crate::time::{HOUR_MS, Timestamp};
use crate::trail::{History, Index};

pub use progress::{Progress, progress};

/// Thresholds that are not law but agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long a missing counterpart may stay provisional, in milliseconds.
    pub grace_ms: i64,
}

impl Default for Policy {
    /// A day of grace.
    fn default() -> Self {
        Self { grace_ms: 24 * HOUR_MS }
    }
}

/// All live mismatches, sorted; one for each (kind, subject, scope).
#[must_use]
pub fn judge(history: &History, references: &References, policy: &Policy, now: Timestamp) -> Vec<Mismatch> {
    let index = Index::new(history, references);
    let mut verdict = verdict::Verdict::new(&index, references, *policy, now);
    scan::judge(&mut verdict);
    registry::judge(&mut verdict);
    sending::judge(&mut verdict);
    arrival::judge(&mut verdict);
    line::judge(&mut verdict);
    verdict.into_mismatches()
}
