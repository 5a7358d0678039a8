//! When a gate is asked again, and what then holds: a pure step, taken at the close, after each sync, and when a person asks.
//!
//! The question is an event; the server answers it in the reply to a push. While the gate stays shut the sender offers the same event
//! again (`sync`), and the server answers it as things stand then. Asking again by itself must not feed itself (an event wakes the
//! sender, whose sync would ask again), so an event is made only where something changed: another question when other packages are
//! loaded or stale data has become fresh, another answer when the decision is another (`settled.md` 7).

use std::collections::BTreeSet;

use shared::chain::Hash;
use shared::event::GateState;
use shared::ids::EventRef;
use shared::mismatch::Kind;
use shared::rules::gate::{ClearedBy, Decision, Reason, Wait};
use shared::time::Timestamp;
use shared::wire::{GateAnswer, Settled};

/// The question that was asked last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The event that asked.
    pub by: EventRef,
    /// Digest of what was loaded then.
    pub digest: Hash,
    /// How fresh the references were then.
    pub references_at: Option<Timestamp>,
    /// When.
    pub at: Timestamp,
}

/// The decision that was recorded last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The state.
    pub state: GateState,
    /// What spoke against clearing.
    pub reasons: Vec<Kind>,
}

/// What is known now.
#[derive(Clone, Debug)]
pub struct Present<'a> {
    /// Digest of what is loaded.
    pub digest: Hash,
    /// How fresh the references are.
    pub references_at: Option<Timestamp>,
    /// The time.
    pub at: Timestamp,
    /// Age of references with which nothing is cleared, in milliseconds.
    pub stale_ms: i64,
    /// What this terminal decides by itself.
    pub own: Decision,
    /// The server's newest answer to the question that was asked last.
    pub answer: Option<&'a GateAnswer>,
}

/// What holds, and what is to be recorded of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Whether the question is asked anew, as an event.
    pub ask: bool,
    /// Whether the decision is recorded, as an event.
    pub record: bool,
    /// What holds.
    pub standing: GateStanding,
}

/// What holds of a gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateStanding {
    /// Held, waiting or cleared.
    pub state: GateState,
    /// Why held.
    pub reasons: BTreeSet<Reason>,
    /// What is waited for; empty while waiting means for the server's answer alone.
    pub waits: BTreeSet<Wait>,
    /// Who cleared.
    pub by: Option<ClearedBy>,
    /// Ledger position of the server's decision.
    pub position: Option<u64>,
    /// What would hold the goods if nobody had settled it, as the server says.
    pub settled: Vec<Settled>,
}

/// Takes the step.
#[must_use]
pub fn step(asked: Option<&Asked>, recorded: Option<&Recorded>, now: &Present<'_>) -> Step {
    let ask = asked.is_none_or(|asked| {
        let was_stale = is_stale(asked.references_at, asked.at, now.stale_ms);
        asked.digest != now.digest || (was_stale && !is_stale(now.references_at, now.at, now.stale_ms))
    });
    // An answer is about what was loaded when it was asked for.
    let answered = now.answer.filter(|answer| !ask && asked.is_some_and(|asked| asked.by.seq == answer.seq));
    let standing = answered.map_or_else(|| of_own(&now.own), of_answer);
    let record = recorded.is_none_or(|before| {
        before.state != standing.state
            || before.reasons.iter().collect::<BTreeSet<_>>() != kinds(&standing).iter().collect()
    });
    Step { ask, record, standing }
}

/// The kinds that an event names of the reasons of a gate.
#[must_use]
pub fn kinds(standing: &GateStanding) -> Vec<Kind> {
    let kinds: BTreeSet<Kind> = standing.reasons.iter().map(kind).collect();
    kinds.into_iter().collect()
}

/// The kind that a reason is named by.
#[must_use]
pub const fn kind(reason: &Reason) -> Kind {
    match reason {
        Reason::Mismatch { kind, .. } => *kind,
        Reason::NoBasis => Kind::NoBasis,
        Reason::NoDocument => Kind::DocumentMissing,
        Reason::DocumentBeyondBasis { .. } => Kind::DocumentsExceedBasis,
        Reason::SetDiffers { document_units, scanned_units, .. } if *scanned_units > *document_units => {
            Kind::OverQuantity
        }
        Reason::SetDiffers { .. } => Kind::ShortQuantity,
    }
}

fn is_stale(references_at: Option<Timestamp>, at: Timestamp, stale_ms: i64) -> bool {
    references_at.is_some_and(|known| at.as_ms().saturating_sub(known.as_ms()) > stale_ms)
}

fn of_own(decision: &Decision) -> GateStanding {
    let mut standing = GateStanding {
        state: GateState::Waiting,
        reasons: BTreeSet::new(),
        waits: BTreeSet::new(),
        by: None,
        position: None,
        settled: Vec::new(),
    };
    match decision {
        Decision::Held { reasons } => {
            standing.state = GateState::Held;
            standing.reasons.clone_from(reasons);
        }
        Decision::Waiting { waits } => standing.waits.clone_from(waits),
        Decision::Cleared { by } => {
            standing.state = GateState::Cleared;
            standing.by = Some(*by);
        }
    }
    standing
}

fn of_answer(answer: &GateAnswer) -> GateStanding {
    GateStanding {
        state: answer.state,
        reasons: answer.reasons.iter().cloned().collect(),
        waits: BTreeSet::new(),
        by: (answer.state == GateState::Cleared).then_some(ClearedBy::Server),
        position: Some(answer.position),
        settled: answer.settled.clone(),
    }
}
