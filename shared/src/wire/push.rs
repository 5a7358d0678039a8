//! Replies to a push: one outcome per event, verdicts, an acknowledgement.

use serde::{Deserialize, Serialize};

use super::Acknowledgement;
use crate::chain::Hash;
use crate::event::GateState;
use crate::ids::EpochId;
use crate::mismatch::{Kind, State};
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
    /// Ledger position that it was decided at.
    pub position: u64,
}

/// The reply to a stored batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushReply {
    /// One outcome per event of the batch, as runs.
    pub outcomes: Vec<OutcomeRange>,
    /// Verdicts of events that some mismatch rests on; events not named are clean.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<EventVerdict>,
    /// Answers to gates that were asked, in this batch or before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<GateAnswer>,
    /// The signed answer.
    pub acknowledgement: Acknowledgement,
}

/// Why a request was refused, in a word that programs decide by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemCode {
    /// The bytes are not what the route takes.
    BadRequest,
    /// The signature does not hold.
    BadSignature,
    /// No such terminal, or not one of this server.
    UnknownTerminal,
    /// The terminal was revoked.
    Revoked,
    /// The batch starts beyond the head; `head` says where to go on.
    Gap,
    /// A number was used for other content; a new epoch must be started.
    EpochClosed,
    /// Too long, compressed or not.
    TooLarge,
    /// A wire version that this server does not read.
    WireVersion,
    /// Not now; try again.
    Busy,
    /// A fault of the server; try again.
    Internal,
    /// No such thing.
    NotFound,
}

/// A refusal: what, why, what next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// For programs.
    pub code: ProblemCode,
    /// For people.
    pub message: String,
    /// The head that the server holds of the epoch: last number and the chain's value there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<(EpochId, u64, Hash)>,
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
