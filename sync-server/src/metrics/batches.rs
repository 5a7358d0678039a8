//! What is counted of batches: what became of their events, what gates were answered, how many wait and how long they take.

use std::fmt::Write;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use shared::event::GateState;
use shared::wire::{Outcome, PushReply};

use super::histogram::Histogram;
use super::render::{gauge, head};
use crate::identity::Credential;

const OUTCOMES: [&str; 4] = ["recorded", "already-recorded", "disputed", "quarantined"];
const CREDENTIALS: [Credential; 2] = [Credential::Own, Credential::Nothing];
const GATES: [&str; 3] = ["held", "waiting", "cleared"];

/// Counts since the start.
#[derive(Debug, Default)]
pub struct Batches {
    outcomes: [AtomicU64; OUTCOMES.len()],
    gates: [AtomicU64; GATES.len()],
    bad_signatures: [AtomicU64; CREDENTIALS.len()],
    waiting: AtomicU64,
    took: Histogram,
}

/// One batch that waits; it waits no more when this is dropped, answered or given up.
struct Waiting<'a>(&'a AtomicU64);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Batches {
    /// Counts one batch while it is taken in, and what it is answered.
    pub async fn count<E>(&self, taken_in: impl Future<Output = Result<PushReply, E>>) -> Result<PushReply, E> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let waiting = Waiting(&self.waiting);
        let begun = Instant::now();
        let reply = taken_in.await;
        drop(waiting);
        self.took.add(begun.elapsed());
        if let Ok(reply) = &reply {
            for run in &reply.outcomes {
                let place = outcome(&run.outcome);
                self.outcomes[place].fetch_add(run.to.saturating_sub(run.from) + 1, Ordering::Relaxed);
            }
            for gate in &reply.gates {
                self.gates[state(gate.state)].fetch_add(1, Ordering::Relaxed);
            }
        }
        reply
    }

    /// Counts a batch whose signature does not hold, by what came beside it.
    pub fn count_bad_signature(&self, credential: Credential) {
        if let Some(place) = CREDENTIALS.iter().position(|one| *one == credential) {
            self.bad_signatures[place].fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn write(&self, out: &mut String) {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        head(out, "tallyman_push_outcomes_total", "counter", "Events of answered batches, by what became of them.");
        for (word, count) in OUTCOMES.iter().zip(&self.outcomes) {
            let _ = writeln!(out, "tallyman_push_outcomes_total{{outcome=\"{word}\"}} {}", of(count));
        }
        head(out, "tallyman_gates_total", "counter", "Answers to gates that were asked, by state.");
        for (word, count) in GATES.iter().zip(&self.gates) {
            let _ = writeln!(out, "tallyman_gates_total{{state=\"{word}\"}} {}", of(count));
        }
        let told = "Batches whose signature does not hold, by what proved their terminal beside it.";
        head(out, "tallyman_bad_signatures_total", "counter", told);
        for (credential, count) in CREDENTIALS.iter().zip(&self.bad_signatures) {
            let word = credential.as_str();
            let _ = writeln!(out, "tallyman_bad_signatures_total{{credential=\"{word}\"}} {}", of(count));
        }
        gauge(
            out,
            "tallyman_inbox_batches",
            "Batches that wait for the writer or are in its hands.",
            of(&self.waiting),
        );
        head(out, "tallyman_batch_seconds", "histogram", "Time from a batch being read until it is answered.");
        self.took.write(out, "tallyman_batch_seconds", "");
    }
}

const fn outcome(outcome: &Outcome) -> usize {
    match outcome {
        Outcome::Recorded => 0,
        Outcome::AlreadyRecorded => 1,
        Outcome::Disputed => 2,
        Outcome::Quarantined(_) => 3,
    }
}

const fn state(state: GateState) -> usize {
    match state {
        GateState::Held => 0,
        GateState::Waiting => 1,
        GateState::Cleared => 2,
    }
}
