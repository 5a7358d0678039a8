//! Closing a task: never refused. The note is made where its number was reserved, and the gate is asked.

use shared::event::{Act, Close, VoidReason};
use shared::ids::EventRef;
use shared::reference::ShippingDocument;
use shared::trail::Fact;

use super::gate::{self, Gate};
use super::note::{self, Loaded, Side};
use super::{Closed, Session};
use crate::store::StoreError;

/// How a task is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// Partial or final.
    pub close: Close,
    /// Who takes the goods away, where goods leave and it was asked for.
    pub carrier: Option<String>,
}

/// What a close answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    /// Counts of this terminal.
    pub closed: Closed,
    /// The notes that were made, each with what was loaded.
    pub notes: Vec<(ShippingDocument, Loaded)>,
    /// How each gate stands; none after a partial close, and where nothing leaves.
    pub gates: Vec<Gate>,
}

impl Session {
    /// Closes the task. What was loaded under a reserved number becomes its note at the final close, in the same commit; an
    /// earlier draft of it (the goods were held, and scanned on) is voided. Then each gate is asked.
    pub fn conclude(&mut self, closing: &Closing) -> Result<Departure, StoreError> {
        let mut acts = Vec::new();
        let mut notes = Vec::new();
        let mut closed = Closed { scanned: 0, set_aside: 0 };
        let is_final = closing.close == Close::Final;
        for side in self.sides()? {
            let history = self.history_of(&side.basis)?;
            let loaded = Loaded::of(&history, self.references(), &side, self.store.terminal());
            closed.scanned += loaded.own;
            let progress =
                shared::rules::progress(&history, self.references(), &side.basis, &side.document, side.stage);
            closed.set_aside += progress.set_aside;
            let is_own = note::is_own_number(&self.identity.site, self.store.terminal(), &side.document);
            if is_final && is_own {
                let member = &self.identity.member;
                let note = note::draft(&loaded, self.references(), &side, member, closing.carrier.as_deref());
                acts.extend(
                    self.earlier_draft(&side)?.map(|voids| Act::Void { voids, reason: VoidReason::IncorrectData }),
                );
                acts.push(Act::DocumentDrafted { note: Box::new(note.clone()) });
                notes.push((note, loaded.clone()));
            }
            acts.push(self.closing_act(&side, closing, loaded.own));
        }
        let task = self.task.clone();
        self.record(acts, move |conn| if is_final { gate::to_be_asked(conn, &task) } else { Ok(()) })?;
        let gates = if is_final { self.watch_gates()? } else { Vec::new() };
        Ok(Departure { closed, notes, gates })
    }

    fn closing_act(&self, side: &Side, closing: &Closing, counted: u64) -> Act {
        Act::TaskClosed {
            task: self.task.task.clone(),
            stage: side.stage,
            basis: side.basis.clone(),
            document: side.document.clone(),
            close: closing.close,
            counted,
            carrier: closing.carrier.clone().filter(|carrier| !carrier.trim().is_empty()),
        }
    }

    /// The draft of this number that still holds.
    fn earlier_draft(&mut self, side: &Side) -> Result<Option<EventRef>, StoreError> {
        let own = self.own_facts(&side.basis)?;
        let of_note = |fact: &&Fact| match &fact.act {
            Act::DocumentDrafted { note } => note.document == side.document,
            _ => false,
        };
        Ok(own.iter().rev().find(of_note).map(|fact| fact.by))
    }
}
