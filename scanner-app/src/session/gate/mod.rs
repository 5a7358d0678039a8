//! The gate of a task: asked at the close, watched until it is cleared, shown to the driver (`domain.md`, the gate).

pub mod facts;
pub mod watch;

use std::sync::Arc;

use shared::event::{Act, GateState};

use shared::paper::GatePaper;
use shared::rules::gate::{Decision, Known, Question, Standing, decide_among};
use shared::rules::tallies;
use shared::time::Timestamp;
use shared::trail::History;

use super::knowledge::Knowledge;
use super::note::{Loaded, Side};
use super::{Identity, Session};
use crate::device::Device;
use crate::store::{SHUT_GATES, ShutGate, Store, StoreError, Task, remember};
use watch::{Asked, GateStanding, Present, Recorded, kinds, step};

/// How the gate of a side stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Of what.
    pub side: Side,
    /// What holds.
    pub standing: GateStanding,
    /// When it was decided.
    pub at: Timestamp,
    /// How fresh the data was.
    pub data_as_of: Option<Timestamp>,
    /// What is loaded.
    pub loaded: Loaded,
}

impl Session {
    /// How the gate of each side of this task stands, asked for the first time or again where something changed. Only goods that
    /// leave have one: none at arrivals and returns. Call it at the close and after each sync.
    pub fn watch_gates(&mut self) -> Result<Vec<Gate>, StoreError> {
        if !self.task.stage.sends() {
            return Ok(Vec::new());
        }
        let (mut gates, mut shut) = (Vec::new(), Vec::new());
        for side in self.sides()? {
            let gate = self.watch_gate(side)?;
            if gate.standing.state != GateState::Cleared {
                let asked = self.last_of_gate(&gate.side)?.0;
                let side = (gate.side.basis.clone(), gate.side.document.clone());
                shut.extend(asked.map(|asked| ShutGate { side, asked: asked.by }));
            }
            gates.push(gate);
        }
        let shut = (!shut.is_empty()).then_some(&shut);
        self.store.remember(&self.task.task, SHUT_GATES, shut)?;
        Ok(gates)
    }

    fn watch_gate(&mut self, side: Side) -> Result<Gate, StoreError> {
        let at = self.device.now();
        let history = self.history_of(&side.basis)?;
        let loaded = Loaded::of(&history, self.references(), &side, self.store.terminal());
        let (asked, recorded) = self.last_of_gate(&side)?;
        let epoch = self.store.epoch();
        let stored =
            asked.as_ref().is_some_and(|asked| self.store.acknowledged(epoch).is_ok_and(|to| to >= asked.by.seq));
        let answer =
            asked.as_ref().map(|asked| self.store.gate_answer(asked.by.epoch, asked.by.seq)).transpose()?.flatten();
        let references_at = self.store.data_as_of()?;
        let limits = self.references().policy().limits;
        let standing = Standing { stored, is_server: false, references_at };
        let question = Question { basis: side.basis.clone(), document: side.document.clone(), stage: side.stage, at };
        let own = self.decide_alone(&question, &history, standing)?;
        let present = Present {
            digest: loaded.digest(),
            references_at,
            at,
            stale_ms: limits.stale_block_ms,
            own,
            answer: answer.as_ref(),
        };
        let step = step(asked.as_ref(), recorded.as_ref(), &present);
        let mut acts = Vec::new();
        if step.ask {
            acts.push(asking(&side, &loaded, references_at));
        }
        if step.record {
            acts.push(deciding(&side, &step.standing));
        }
        if !acts.is_empty() {
            self.record(acts, |_| Ok(()))?;
        }
        Ok(Gate { side, standing: step.standing, at, data_as_of: references_at, loaded })
    }

    /// What this terminal can decide by itself.
    fn decide_alone(
        &mut self,
        question: &Question,
        history: &History,
        standing: Standing,
    ) -> Result<Decision, StoreError> {
        let judged = self.judged(&question.basis)?;
        let references = self.references();
        let known = Known { history, tallies: &tallies(history, references), references };
        Ok(decide_among(question, &self.identity.member, &judged, &known, standing))
    }

    fn last_of_gate(&mut self, side: &Side) -> Result<(Option<Asked>, Option<Recorded>), StoreError> {
        let (mut asked, mut recorded) = (None, None);
        for fact in self.own_facts(&side.basis)? {
            match &fact.act {
                Act::GateAsked { stage, basis, document, digest, references_at }
                    if (*stage, basis, document) == (side.stage, &side.basis, &side.document) =>
                {
                    asked = Some(Asked { by: fact.by, digest: *digest, references_at: *references_at, at: fact.at });
                }
                Act::Gate { stage, basis, document, state, reasons, .. }
                    if (*stage, basis, document) == (side.stage, &side.basis, &side.document) =>
                {
                    recorded = Some(Recorded { state: *state, reasons: reasons.clone() });
                }
                _ => {}
            }
        }
        Ok((asked, recorded))
    }

    /// What the driver shows: of a cleared gate only. Sign it with the terminal's key before it is shown.
    #[must_use]
    pub fn gate_paper(&self, gate: &Gate) -> Option<GatePaper> {
        (gate.standing.state == GateState::Cleared).then(|| GatePaper {
            document: gate.side.document.clone(),
            basis: gate.side.basis.clone(),
            stage: gate.side.stage,
            packages: gate.loaded.codes.len() as u64,
            units: gate.loaded.units(),
            digest: gate.loaded.digest(),
            at: gate.at,
            position: gate.standing.position,
            data_as_of: gate.data_as_of,
            terminal: self.store.terminal(),
            signature: None,
        })
    }

    /// The closed tasks whose gate is still shut, so that each is watched on after a restart.
    pub fn shut_gates(store: &Store) -> Result<Vec<Task>, StoreError> {
        let named = store.tasks_remembering(SHUT_GATES)?;
        Ok(store.closed_final()?.into_iter().filter(|task| named.contains(&task.task)).collect())
    }

    /// Goes back to a closed task, to watch its gate; opens nothing and records nothing.
    pub fn revisit(store: Store, device: Arc<dyn Device>, identity: Identity, task: Task) -> Result<Self, StoreError> {
        let knowledge = Knowledge::load(&store, &identity.member)?;
        let mut session = Self::of(store, device, identity, knowledge, task);
        session.recall()?;
        Ok(session)
    }
}

/// Shut gates looked at after a sync, at most: the newest.
const WATCHED_MAX: usize = 20;

/// After a sync: asks again for the gates that are still shut. A decision that changed is recorded; nothing is otherwise. Answers
/// how they stand, and gives the store back.
pub fn watch_shut_gates(
    mut store: Store,
    device: &Arc<dyn Device>,
    identity: &Identity,
) -> Result<(Store, Vec<Gate>), StoreError> {
    let mut gates = Vec::new();
    for task in Session::shut_gates(&store)?.into_iter().rev().take(WATCHED_MAX) {
        let mut session = Session::revisit(store, Arc::clone(device), identity.clone(), task)?;
        gates.extend(session.watch_gates()?);
        store = session.into_store();
    }
    Ok((store, gates))
}

fn asking(side: &Side, loaded: &Loaded, references_at: Option<Timestamp>) -> Act {
    Act::GateAsked {
        stage: side.stage,
        basis: side.basis.clone(),
        document: side.document.clone(),
        digest: loaded.digest(),
        references_at,
    }
}

fn deciding(side: &Side, standing: &GateStanding) -> Act {
    Act::Gate {
        stage: side.stage,
        basis: side.basis.clone(),
        document: side.document.clone(),
        state: standing.state,
        reasons: kinds(standing),
        overridden: None,
    }
}

/// Remembers, in the transaction of the close, that the gate of a task is still to be asked: a kill before the question is asked
/// does not lose it.
pub(super) fn to_be_asked(conn: &rusqlite::Connection, task: &Task) -> Result<(), StoreError> {
    if task.stage.sends() { remember(conn, &task.task, SHUT_GATES, Some("[]")) } else { Ok(()) }
}
