//! What is said of the events of a push: outcomes, verdicts, answers to gates.

use serde::{Deserialize, Serialize};

use crate::event::GateState;
use crate::mismatch::{Kind, State, Subject};
use crate::rules::gate::Reason;

/// What became of one event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Now in the ledger.
    Recorded,
    /// Same number, same bytes as before: success.
    AlreadyRecorded,
    /// Offered again after a fork: kept whole for a person.
    Disputed,
    /// Kept whole on the server for a person, for this reason; leaves the queue.
    Quarantined(String),
}

/// The outcome of a run of events, so that a thousand clean events cost one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeRange {
    /// First number of the run.
    pub from: u64,
    /// Last number of the run.
    pub to: u64,
    /// What became of each.
    pub outcome: Outcome,
}

impl OutcomeRange {
    /// Joins single outcomes, in order of their numbers, to runs.
    #[must_use]
    pub fn join(outcomes: impl IntoIterator<Item = (u64, Outcome)>) -> Vec<Self> {
        let mut runs: Vec<Self> = Vec::new();
        for (seq, outcome) in outcomes {
            match runs.last_mut() {
                Some(run) if run.to + 1 == seq && run.outcome == outcome => run.to = seq,
                _ => runs.push(Self { from: seq, to: seq, outcome }),
            }
        }
        runs
    }
}

/// What the rules say of one event, where they say anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventVerdict {
    /// The event's number in the batch's epoch.
    pub seq: u64,
    /// Which kinds rest on it, each with its state.
    pub kinds: Vec<(Kind, State)>,
}

/// The server's answer to one `gate_asked`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateAnswer {
    /// The event that asked, by its number in the batch's epoch. A later reply may answer an earlier question again.
    pub seq: u64,
    /// The decision.
    pub state: GateState,
    /// Why the goods are held; empty otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// What would hold the goods if a person had not settled it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settled: Vec<Settled>,
    /// Ledger position that it was decided at.
    pub position: u64,
}

/// A mismatch that a person resolved, as a gate's answer quotes it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Settled {
    /// Which kind.
    pub kind: Kind,
    /// About what.
    pub subject: Subject,
    /// The name of who settled it.
    pub by: String,
    /// How it came about, a word, and what was said to it.
    pub why: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_runs_and_keeps_breaks() {
        let quarantined = || Outcome::Quarantined("not JSON".into());
        let runs = OutcomeRange::join([
            (5, Outcome::Recorded),
            (6, Outcome::Recorded),
            (7, quarantined()),
            (8, Outcome::Recorded),
        ]);
        let spans: Vec<_> = runs.iter().map(|run| (run.from, run.to)).collect();
        assert_eq!(spans, [(5, 6), (7, 7), (8, 8)]);
    }
}
