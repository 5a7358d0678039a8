//! Facts out of events: what the rules reason over. A set, not a state machine, so the order of arrival cannot matter.

mod containment;
mod index;

use std::collections::BTreeMap;

pub use index::{Index, Scan};

use crate::code::format_digital_link;
use crate::event::{Act, Capture, Close, Event, Movement};
use crate::ids::{EventRef, MemberId, TaskId, TerminalId};
use crate::time::Timestamp;
use crate::wire::Manifest;

/// One event as the rules see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Which event.
    pub by: EventRef,
    /// Whose terminal made it; from the enrolment, never from the body.
    pub member: MemberId,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub act: Act,
}

impl Fact {
    /// The fact that an event of a member's terminal states.
    #[must_use]
    pub fn of(event: Event, member: MemberId) -> Self {
        Self { by: event.by(), member, at: event.at, act: event.act }
    }
}

/// What is known of the past: facts in any order, and how far each terminal's log is held without a gap.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The facts.
    pub facts: Vec<Fact>,
    /// Time of the last held event of each terminal.
    pub reached: BTreeMap<TerminalId, Timestamp>,
}

impl History {
    /// Takes in what a consignor is known to have sent, as if its terminal's events were here.
    pub fn add_manifest(&mut self, manifest: &Manifest) {
        let task = TaskId::from("manifest");
        let reference = (manifest.basis.clone(), manifest.document.clone());
        for (code, at, by) in &manifest.sent {
            let movement = Movement {
                task: task.clone(),
                basis: reference.0.clone(),
                document: reference.1.clone(),
                text: format_digital_link("M", code),
                how: Capture::File,
                label: None,
                frame: None,
            };
            let act = Act::scan(manifest.stage, movement);
            self.facts.push(Fact { by: *by, member: manifest.consignor.clone(), at: *at, act });
        }
        let Some((_, at, by)) = manifest.sent.iter().max_by_key(|(_, at, _)| *at).filter(|_| manifest.complete) else {
            return;
        };
        let close = Act::TaskClosed {
            task,
            stage: manifest.stage,
            basis: reference.0,
            document: reference.1,
            close: Close::Final,
            counted: manifest.sent.len() as u64,
        };
        // Number 0 is no event's: this fact stands for a close that the server has seen and this terminal has not.
        let by = EventRef { seq: 0, ..*by };
        self.facts.push(Fact { by, member: manifest.consignor.clone(), at: *at, act: close });
    }
}
